"""What the calls take and give by which people steer a run."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.api.resources import RunLinks
from backend.protocol.inputs import GivenPerson, InputAnswer
from backend.protocol.run_view import Activity, InputView
from backend.protocol.sendable import Text
from backend.runs.steering.messages import MessageMode, MessageState

MessageId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class InputNow(InputView):
    """A request, and how long it is still open."""

    remaining_ms: float | None = Field(description="Until it expires; null if it never does, or is not open.")


class RunInputs(BaseModel):
    """What a run asked of people, in order. ``elapsed_ms`` is the run's clock now; null once the run has ended."""

    run_id: str
    activity: Activity
    elapsed_ms: float | None
    inputs: list[InputNow]


class RecordedAnswer(BaseModel):
    """The answer as the log has it. Following the events from before ``cursor`` shows it."""

    run_id: str
    input_id: str
    answer: InputAnswer
    cursor: str = Field(examples=["1-42"])


class Acting(BaseModel):
    """Who does it. A field that is not listed here is refused."""

    model_config = ConfigDict(extra="forbid")

    by: GivenPerson | None = None


class RunActivity(BaseModel):
    """What the run does now. ``mode`` is how its agent pauses."""

    run_id: str
    activity: Activity
    mode: Literal["exact", "step", "hold", "none"]
    cursor: str = Field(examples=["1-42"])


class NewMessage(Acting):
    """A message to a run. ``message_id`` is the sender's: the same one again is one message."""

    message_id: MessageId = Field(examples=["msg_8YvBtm3zQd2l5dYw0u1P4A"])
    text: Text = Field(description="At most 16,384 bytes of UTF-8, without NUL.")
    mode: MessageMode = Field(
        default="steer",
        description="`steer`: the agent reads it between two steps. `queue`: it is the conversation's next question.",
    )


class MessageReply(BaseModel):
    """A message and what became of it. ``delivered_to`` is the step that read it, or the run that it began."""

    run_id: str
    message_id: str
    text: str
    mode: MessageMode
    state: MessageState
    delivered_to: str | None
    cursor: str = Field(examples=["1-42"])


class QueuedQuestion(BaseModel):
    """A question that was sent to the conversation's active run instead of starting one."""

    run_id: str = Field(description="The active run.")
    session_id: str
    message_id: str
    mode: MessageMode
    links: RunLinks
