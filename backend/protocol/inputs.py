"""What a run asks of a person, and what the person answers.

A step that waits carries an ``InputRequest``; that step's next status carries the ``InputAnswer``. Both are parts of
events, so that every watcher learns of an answer as it learns of a token.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, JsonValue, model_validator

from backend.protocol.payload import Payload
from backend.protocol.sendable import Text, sendable

InputKind = Literal["approval", "choice", "text", "form"]
InputAction = Literal["accept", "decline", "cancel"]
OnExpiry = Literal["decline", "default", "fail"]
Needs = Literal["steer", "approve"]

WITHHELD = "[withheld]"
"""Stands in the log, in recordings and in shares for what a person answered to a sensitive request."""

PAUSED = "paused"
"""The slug of the step that lasts as long as a pause."""

STEERING = "steering"
"""The slug of the step of a message that was sent to a running agent."""

EXPIRY = "expiry"
"""``InputAnswer.via`` of an answer that no person gave: the time was over."""


class Person(Payload):
    """Who did something. ``verified`` says whether the server knows that the name is right."""

    id: str | None = None
    name: str = ""
    verified: bool = False


class InputOption(Payload):
    """One thing to choose. ``value`` is what the answer contains; without ``label`` it is shown itself."""

    value: str
    label: str | None = None
    description: str | None = None


class ProposedTool(Payload):
    """A tool call that waits for an approval.

    ``editable`` says whether the answer may replace the arguments, which then have to fit ``arguments_schema`` (JSON
    Schema). ``digest`` identifies the proposal: an answer that names another digest was given to something else.
    """

    name: str
    arguments: JsonValue = None
    editable: bool = False
    arguments_schema: dict[str, Any] | None = None
    digest: str | None = None


class InputRequest(Payload):
    """What a ``waiting`` step asks of a person.

    ``input_id`` is made by the server and used once. ``value_schema`` (``schema`` as JSON) is the JSON Schema of the
    value. ``expires_at_ms`` is on the run's clock, as ``at_ms``. ``needs`` is the right that an answer takes.
    ``sensitive``: the agent gets the value, and the log says that it was withheld.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    input_id: str
    kind: InputKind = "text"
    prompt: str
    options: tuple[InputOption, ...] = ()
    value_schema: dict[str, Any] | None = Field(default=None, alias="schema")
    tool: ProposedTool | None = None
    default: JsonValue = None
    expires_at_ms: FiniteFloat | None = None
    on_expiry: OnExpiry = "decline"
    needs: Needs = "steer"
    sensitive: bool = False

    @model_validator(mode="before")
    @classmethod
    def _as_it_was_written(cls, fields: Any) -> Any:
        """Streams of 0.1 name neither a kind nor labels: their options are texts."""
        if not isinstance(fields, dict):
            return fields
        options = fields.get("options")
        if not isinstance(options, list | tuple):
            return fields
        read = [{"value": option} if isinstance(option, str) else option for option in options]
        return {"kind": "choice" if read else "text", **fields, "options": read}


class InputAnswer(Payload):
    """The answer to a request. ``arguments`` are a full replacement of the proposed ones, None = as proposed.

    ``via`` is the channel it came over, such as ``http``. ``waited_ms``: how long the request was open.
    """

    input_id: str
    action: InputAction
    value: JsonValue = None
    arguments: JsonValue = None
    note: str | None = None
    by: Person | None = None
    via: str | None = None
    waited_ms: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @property
    def expired(self) -> bool:
        """Whether nobody answered in time."""
        return self.via == EXPIRY


class InputCounts(Payload):
    """How many requests a run made, and how they were answered. The rest was cancelled."""

    asked: int = 0
    accepted: int = 0
    declined: int = 0
    expired: int = 0


class GivenPerson(BaseModel):
    """Who acts, as the caller says: recorded, and shown as unverified. ``id`` is a participant's ticket, or an id of
    the caller's own kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Text | None = Field(default=None, max_length=100)
    name: Text = Field(default="", max_length=100)


class GivenAnswer(BaseModel):
    """An answer as a person gives it. A field that is not listed here is refused.

    ``value`` answers a choice (the option's value), a text or a form; ``arguments`` replace those of an editable tool
    call as a whole. ``digest`` is that of the proposal which was seen: another one is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: InputAction
    value: Annotated[JsonValue, AfterValidator(sendable)] = None
    arguments: Annotated[dict[str, JsonValue] | None, AfterValidator(sendable)] = None
    note: Text | None = Field(default=None, max_length=2000)
    digest: Text | None = Field(default=None, max_length=128)
    by: GivenPerson | None = None
