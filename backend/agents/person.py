"""What an agent may ask of a person, what it gets back, and the messages that people send to it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import JsonValue

from backend.protocol.inputs import (
    GivenAnswer,
    InputAction,
    InputKind,
    InputOption,
    Needs,
    OnExpiry,
    Person,
    ProposedTool,
)

PauseMode = Literal["exact", "step", "hold", "none"]
"""What a pause does: ``exact`` = the agent's clock stands still; ``step`` = what it is doing is finished, and nothing
new starts; ``hold`` = it works on elsewhere, and what it sends is shown at resume; ``none`` = it cannot be paused."""


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """An answer that a scenario gives itself, ``after_s`` seconds after its request, unless a person is faster."""

    after_s: float
    given: GivenAnswer


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """A request to a person. ``value_schema`` is the JSON Schema of the value that a form or a text expects.

    ``expires_s``: seconds after which ``on_expiry`` happens; None = it stays open until the run ends. ``default`` is
    the value of ``on_expiry="default"``. With ``step_id`` the request is made in that step of the agent's, which stays
    open after the answer; without, it gets a step of its own, named ``step``, which ends with the answer. ``tool`` is
    the tool call to approve; its ``digest`` is made by the server.
    """

    prompt: str
    kind: InputKind = "text"
    options: Sequence[InputOption] = ()
    value_schema: Mapping[str, Any] | None = None
    tool: ProposedTool | None = None
    default: JsonValue = None
    expires_s: float | None = None
    on_expiry: OnExpiry = "decline"
    needs: Needs = "steer"
    sensitive: bool = False
    step: str = "asking"
    step_id: str | None = None
    parent_id: str | None = None
    label: str | None = None
    scripted: ScriptedAnswer | None = None


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """What a person answered. ``arguments`` are those to run a tool with: the person's, else the proposed ones.

    ``expired``: nobody answered in time, and ``action`` is what the request says for that case.
    """

    action: InputAction
    value: JsonValue = None
    arguments: JsonValue = None
    note: str | None = None
    by: Person | None = None
    expired: bool = False

    @classmethod
    def of(cls, request: PersonRequest, given: GivenAnswer, by: Person | None = None) -> "PersonAnswer":
        """The answer that was given to the request."""
        proposed = None if request.tool is None else request.tool.arguments
        return cls(
            action=given.action,
            value=given.value,
            arguments=proposed if given.arguments is None else given.arguments,
            note=given.note,
            by=by,
        )

    @property
    def accepted(self) -> bool:
        """Whether to do what was asked."""
        return self.action == "accept"


@dataclass(frozen=True, slots=True)
class PersonMessage:
    """A message that a person sent while the run was running."""

    message_id: str
    text: str
    by: Person | None = None


async def nobody_answers(_: PersonRequest) -> PersonAnswer:
    """Declines every request: where no supervisor runs the agent, there is nobody to ask."""
    return PersonAnswer("decline", expired=True)


async def _no_messages() -> Sequence[PersonMessage]:
    """No messages come where no supervisor runs the agent."""
    return ()


async def _not_paused() -> None:
    """Nobody can pause where no supervisor runs the agent."""


Ask = Callable[[PersonRequest], Awaitable[PersonAnswer]]
Messages = Callable[[], Awaitable[Sequence[PersonMessage]]]
Checkpoint = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class People:
    """How an agent reaches the people who watch its run."""

    ask: Ask = field(default=nobody_answers)
    messages: Messages = field(default=_no_messages)
    checkpoint: Checkpoint = field(default=_not_paused)


@dataclass(frozen=True, slots=True)
class Steerable:
    """What people can do with a run of an agent, beside cancelling it: an agent's attribute ``steerable``."""

    pause: PauseMode = "none"
    messages: bool = False
    """Whether the agent reads messages while it works."""


NOT_STEERABLE = Steerable()
PAUSED_EXACTLY = Steerable(pause="exact")
PAUSED_BY_STEPS = Steerable(pause="step")
HELD = Steerable(pause="hold")


def steerable_of(agent: object) -> Steerable:
    """What people can do with runs of the agent."""
    found = getattr(agent, "steerable", NOT_STEERABLE)
    return found if isinstance(found, Steerable) else NOT_STEERABLE
