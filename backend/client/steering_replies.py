"""What a run asked of people and what became of what they did, as the backend answers it."""

from typing import Literal

from backend.client.replies import Reply
from backend.protocol.inputs import InputAnswer
from backend.protocol.run_view import Activity, InputView


class AskedInput(InputView):
    """A request, and the milliseconds until it expires; None if it never does, or is not open."""

    remaining_ms: float | None = None


class AskedInputs(Reply):
    """What a run asked of people, in order. ``elapsed_ms`` is the run's clock now, None once it has ended."""

    run_id: str
    activity: Activity = "running"
    elapsed_ms: float | None = None
    inputs: tuple[AskedInput, ...] = ()


class AnsweredInput(Reply):
    """An answer as the log has it, at ``cursor`` at the latest."""

    run_id: str
    input_id: str
    answer: InputAnswer
    cursor: str = ""


class SteeredRunState(Reply):
    """What a run does now. ``mode`` is how its agent pauses: ``exact``, ``step``, ``hold`` or ``none``."""

    run_id: str
    activity: Activity = "running"
    mode: str = "none"
    cursor: str = ""


class SteeredMessage(Reply):
    """A message to a run and what became of it: it is ``waiting``, ``delivered`` (to a step, or to the run that it
    began), ``withdrawn`` or ``returned``."""

    run_id: str
    message_id: str
    text: str = ""
    mode: Literal["steer", "queue"] = "steer"
    state: str = "waiting"
    delivered_to: str | None = None
    cursor: str = ""
