"""What a client may send over the control channel: one JSON object for each command, with its ``op``."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter

from backend.api.resources import NewRun
from backend.protocol.inputs import GivenAnswer, GivenPerson
from backend.protocol.sendable import Text
from backend.rooms.people import COLOURS, Activity
from backend.rooms.presented import PresentedView
from backend.runs.review import Preferred
from backend.runs.steering.messages import MessageMode

MAX_MESSAGE_BYTES = 64 * 1024
"""The largest message that a client may send."""

CommandId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
RunName = Annotated[Text, Field(max_length=200)]
ParticipantName = Annotated[Text, Field(min_length=1, max_length=100)]


class Command(BaseModel):
    """Something that a client wants. ``id`` is its idempotency key: sent again, also over another connection of the
    conversation, it is the same command. A field that is not listed is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: CommandId


class HelloCommand(Command):
    """The first command of a connection: who the person is, as they say. ``tab`` distinguishes their pages; with it,
    the others of the conversation see them. On a server with tokens ``token`` proves what they may do, unless the
    handshake did; ``share`` names the share that the connection is for."""

    op: Literal["hello"]
    token: Annotated[SecretStr, Field(max_length=200)] | None = None
    share: Annotated[Text, Field(max_length=200)] | None = None
    participant: GivenPerson | None = None
    tab: ParticipantName | None = None
    colour: Annotated[int, Field(ge=0, lt=COLOURS)] = 0


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


class PresenceCommand(Command):
    """What the person does, whom they follow, and the run they look at. Sent again every 10 s, it keeps them there."""

    op: Literal["presence"]
    activity: Activity = "watching"
    follows: ParticipantName | None = None
    run: RunName | None = None


class ShownView(BaseModel):
    """What a presenter looks at. ``at_ms`` is None for the live edge; ``sent_at`` is the server's clock, as the latest
    acknowledgement gave it, in milliseconds; ``rev`` grows with every view of a page."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    run_id: RunName | None = None
    second_run_id: RunName | None = None
    at_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    playing: bool = False
    speed: Annotated[float, Field(gt=0, le=100)] = 1.0
    page: Annotated[Text, Field(max_length=40)] = ""
    section: Annotated[Text, Field(max_length=100)] = ""
    rev: Annotated[int, Field(ge=0, le=2**53)]
    sent_at: Annotated[float, Field(allow_inf_nan=False)] = 0.0

    def presented(self) -> PresentedView:
        """The view as a room keeps it."""
        fields = self.model_dump()
        return PresentedView(sent_at_ms=fields.pop("sent_at"), **fields)


class PlayheadCommand(Command):
    """Show the others where one is; without a view, no longer."""

    op: Literal["playhead"]
    view: ShownView | None = None


class CommentCommand(Command):
    """Say something about a run, or about a moment of it, or answer what somebody said."""

    op: Literal["comment"]
    run: RunName
    text: Text
    at_ms: Annotated[float, Field(allow_inf_nan=False)] | None = None
    reply_to: Annotated[Text, Field(max_length=100)] | None = None


class VoteCommand(Command):
    """Say which of two runs is better: how ``run`` compares with ``other``."""

    op: Literal["vote"]
    run: RunName
    other: RunName
    verdict: Preferred


class RevealCommand(Command):
    """Show everybody which agents the two runs of a blind comparison are of, and the votes."""

    op: Literal["reveal"]
    run: RunName
    other: RunName


class CommentsCommand(Command):
    """List what was said about a run."""

    op: Literal["comments"]
    run: RunName


RunCommand = CancelCommand | PauseCommand | ResumeCommand | InputCommand | MessageCommand | WithdrawCommand
"""A command that changes a run."""

AnyCommand = Annotated[
    HelloCommand
    | FollowCommand
    | UnfollowCommand
    | StartCommand
    | RunCommand
    | PresenceCommand
    | PlayheadCommand
    | CommentCommand
    | CommentsCommand
    | VoteCommand
    | RevealCommand,
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
