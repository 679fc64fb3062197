"""The two runs that a tab compares: where each came from, and what is known of it."""

from dataclasses import dataclass
from typing import Literal

from backend.client.errors import BackendGone, ClientError
from backend.client.run_client import RunClient
from backend.present import words_ask, words_compare
from backend.present.comparison import Compared
from backend.protocol.events import DoneEvent
from backend.protocol.recordings import Recording, RecordingError, parse_recording
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from ui_gradio.problems import Problem, problem_of

Which = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. ``run_id`` is the run's or a share's id, empty for one from a file."""

    recording: Recording
    run_id: str = ""

    @property
    def running(self) -> bool:
        """Whether more of it is to come."""
        events = self.recording.events
        return bool(self.run_id) and not (events and isinstance(events[-1], DoneEvent))

    @property
    def view(self) -> RunView:
        """All of it that is known, folded."""
        return fold(RunView.start(self.recording.header.question), self.recording.events)


@dataclass(slots=True)
class Pair:
    """What is on the table of this tab; a side may be missing. ``serial`` tells one pair from the next: whoever draws
    stops once it has moved on."""

    first: Side | None = None
    second: Side | None = None
    serial: int = 0

    @property
    def sides(self) -> tuple[Side, ...]:
        """Those that are there."""
        return tuple(side for side in (self.first, self.second) if side is not None)

    @property
    def complete(self) -> bool:
        """Whether there are two."""
        return self.first is not None and self.second is not None

    @property
    def running(self) -> bool:
        """Whether more of one of them is to come."""
        return any(side.running for side in self.sides)

    @property
    def run_ids(self) -> tuple[str, str]:
        """The ids for the page's address; empty for a run from a file, which is in this tab only."""
        return self.first.run_id if self.first else "", self.second.run_id if self.second else ""

    def put(self, which: Which, side: Side) -> None:
        """Set one side, where it is another run than before."""
        setattr(self, which, side)
        self.serial += 1

    def put_both(self, first: Side, second: Side) -> None:
        """Set both."""
        self.first, self.second, self.serial = first, second, self.serial + 1

    def compared(self) -> tuple[Compared, Compared]:
        """Both under the names they have on the page. Raises ``ValueError`` where one is missing."""
        if self.first is None or self.second is None:
            raise ValueError("There are not two runs to compare.")
        names = _names(self.first.recording, self.second.recording)
        first, second = (
            Compared(name, side.recording.events, side.recording.header.question)
            for name, side in zip(names, (self.first, self.second), strict=True)
        )
        return first, second


async def side_of_run(client: RunClient, run_id: str) -> Side | Problem:
    """What the backend keeps of a run so far. Raises ``BackendGone`` where nobody answers."""
    try:
        return Side(parse_recording(await client.recording(run_id)), run_id)
    except BackendGone:
        raise
    except ClientError as error:
        problem = problem_of(error)
        if problem.notice == "run_not_found" and run_id.startswith("share_"):
            return Problem("run_not_found", words_ask.SHARE_NOT_FOUND)
        return problem
    except RecordingError as error:
        return Problem("refused", str(error))


def side_of_file(data: bytes) -> Side | Problem:
    """A run from a recording file; it stays in this tab."""
    try:
        return Side(parse_recording(data))
    except RecordingError as error:
        return Problem("invalid_recording", str(error))


def _names(first: Recording, second: Recording) -> tuple[str, str]:
    """What tells the two apart: with or without status, else the agent, else which came first."""
    statuses = first.header.options.status_events, second.header.options.status_events
    if statuses[0] != statuses[1]:
        with_status, without = words_compare.WITH_STATUS, words_compare.WITHOUT_STATUS
        return (with_status, without) if statuses[0] else (without, with_status)
    agents = first.header.agent, second.header.agent
    if all(agents) and agents[0] != agents[1]:
        return agents
    return words_compare.FIRST_RUN, words_compare.SECOND_RUN
