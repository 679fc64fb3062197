"""What a client may send over the control channel: one JSON object for each command, with its ``op``."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from backend.api.resources import NewRun, Text
from backend.protocol.inputs import GivenAnswer, GivenPerson
from backend.runs.steering.messages import MessageMode

MAX_MESSAGE_BYTES = 64 * 1024
"""The largest message that a client may send."""

CommandId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
RunName = Annotated[Text, Field(max_length=200)]


class Command(BaseModel):
    """Something that a client wants. ``id`` is its idempotency key: sent again, also over another connection of the
    conversation, it is the same command. A field that is not listed is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: CommandId


class HelloCommand(Command):
    """The first command of a connection: who the person is, as they say."""

    op: Literal["hello"]
    participant: GivenPerson | None = None


class FollowCommand(Command):
    """Send the events of a run after a cursor, and then live."""

    op: Literal["follow"]
    run: RunName
    after: Annotated[Text, Field(max_length=64)] = ""


class UnfollowCommand(Command):
    """Send no more events of a run."""

    op: Literal["unfollow"]
    run: RunName


class StartCommand(Command):
    """Ask a question in this conversation: what ``POST /v1/runs`` takes, without the conversation's id."""

    op: Literal["start"]
    new_run: NewRun


class CancelCommand(Command):
    """Stop a run; its answer so far is kept."""

    op: Literal["cancel"]
    run: RunName


class PauseCommand(Command):
    """Pause a run, as its agent can."""

    op: Literal["pause"]
    run: RunName


class ResumeCommand(Command):
    """Continue a paused run."""

    op: Literal["resume"]
    run: RunName


class InputCommand(Command):
    """Answer what a run asks; without ``input_id`` the only request that is open."""

    op: Literal["input"]
    run: RunName
    input_id: Annotated[Text, Field(max_length=200)] | None = None
    answer: GivenAnswer


class MessageCommand(Command):
    """Send a message to a run. The command's ``id`` is the message's."""

    op: Literal["message"]
    run: RunName
    text: Text
    mode: MessageMode = "steer"


class WithdrawCommand(Command):
    """Take a message back that was not delivered yet."""

    op: Literal["withdraw"]
    run: RunName
    message_id: CommandId


class NotOffered(BaseModel):
    """A command of the design that this server does not offer. Its fields are not looked at."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: CommandId
    op: Literal["presence", "playhead", "comment"]


RunCommand = CancelCommand | PauseCommand | ResumeCommand | InputCommand | MessageCommand | WithdrawCommand
"""A command that changes a run."""

AnyCommand = Annotated[
    HelloCommand | FollowCommand | UnfollowCommand | StartCommand | RunCommand | NotOffered,
    Field(discriminator="op"),
]

_COMMANDS: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


def read_command(text: str) -> AnyCommand:
    """The command in a message. Raises ``ValidationError``."""
    return _COMMANDS.validate_json(text)


def id_in(fields: Any) -> str | None:
    """The id of a command that cannot be read, if it has one: the refusal names it."""
    found = fields.get("id") if isinstance(fields, dict) else None
    return found if isinstance(found, str) and 0 < len(found) <= 64 else None
