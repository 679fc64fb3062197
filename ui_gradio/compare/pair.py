"""The two runs that a tab compares, and what draws them."""

from dataclasses import dataclass, field

from backend.client.errors import BackendGone, ClientError
from backend.client.run_client import RunClient
from backend.present.pages.pair import Pair, Side, Which, side_of
from backend.present.pages.problem import Problem, problem_of, recording_of_backend
from ui_gradio.drawing import Drawing


@dataclass(slots=True)
class DrawnPair(Pair):
    """One object for as long as the page is open. ``choosing``: whether the ways to get two runs are on the page."""

    drawings: dict[Which, Drawing] = field(default_factory=dict)
    choosing: bool = True


async def side_of_run(client: RunClient, run_id: str) -> Side | Problem:
    """What the backend keeps of a run so far. Raises ``BackendGone`` where nobody answers."""
    try:
        return side_of(recording_of_backend(await client.recording(run_id)), run_id)
    except BackendGone:
        raise
    except ClientError as error:
        return problem_of(error, run_id)
