"""A request as an agent makes it becomes one that people can be shown, or is refused."""

import hashlib
import json
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from backend.agents import schema_values as values
from backend.agents.agent import AgentFailure
from backend.agents.person import PersonRequest
from backend.protocol.events import StatusEvent, StepStateName
from backend.protocol.inputs import InputAnswer, InputOption, InputRequest, ProposedTool

MAX_PROMPT = 4000
MAX_OPTIONS = 50
MAX_OPTION_TEXT = 500
LONGEST_EXPIRY_S = 7 * 24 * 3600.0
MAX_ID = 200


@dataclass(frozen=True, slots=True)
class OpenInput:
    """A request with the step that waits for its answer. ``own_step``: the step ends with the answer."""

    request: InputRequest
    step_id: str
    step: str
    own_step: bool
    label: str | None = None
    parent_id: str | None = None


def asked_input(wanted: PersonRequest, input_id: str, now_ms: float, step: str | None = None) -> OpenInput:
    """The request under its id. ``step`` is the slug of the agent's open step that it names.

    Raises ``AgentFailure`` for one that is too large, contradicts itself, or names a step that is not open.
    """
    try:
        request = _request(wanted, input_id, now_ms)
    except (ValueError, TypeError) as error:
        reason = "its fields are not of its kind" if isinstance(error, ValidationError) else str(error)
        raise AgentFailure("bad_request", f"The agent asked something that cannot be shown: {reason}.") from error
    if wanted.step_id is not None and step is None:
        raise AgentFailure("bad_request", "The agent asked something in a step that is not open.")
    return OpenInput(
        request,
        step_id=wanted.step_id or input_id,
        step=step or wanted.step,
        own_step=wanted.step_id is None,
        label=wanted.label or (wanted.prompt[:200] if wanted.step_id is None else None),
        parent_id=wanted.parent_id,
    )


def opening_statuses(asked: OpenInput) -> list[StatusEvent]:
    """The statuses that ask. A step of its own is started first: a reader that does not understand the request sees
    the step all the same."""
    waiting = StatusEvent(step_id=asked.step_id, step=asked.step, state="waiting", request=asked.request)
    if not asked.own_step:
        return [waiting]
    return [StatusEvent(step_id=asked.step_id, step=asked.step, label=asked.label, parent_id=asked.parent_id), waiting]


def answering_status(asked: OpenInput, answer: InputAnswer) -> StatusEvent:
    """The status with the answer: it ends a step of the request's own, and lets the agent's continue."""
    state: StepStateName = "progress"
    if asked.own_step:
        state = "finished" if answer.action == "accept" else "cancelled"
    return StatusEvent(step_id=asked.step_id, step=asked.step, state=state, answer=answer)


def digest_of(name: str, arguments: JsonValue) -> str:
    """Identifies a proposed tool call: SHA-256 of its name and arguments as canonical JSON."""
    text = json.dumps([name, arguments], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _request(wanted: PersonRequest, input_id: str, now_ms: float) -> InputRequest:
    if not wanted.prompt.strip() or len(wanted.prompt) > MAX_PROMPT:
        raise ValueError(f"its prompt needs 1 to {MAX_PROMPT:,} characters")
    if wanted.expires_s is not None and not 0 < wanted.expires_s <= LONGEST_EXPIRY_S:
        raise ValueError("its time to expire must be above 0, and 7 days at most")
    if wanted.on_expiry != "decline" and wanted.expires_s is None:
        raise ValueError("it says what happens when it expires, and never expires")
    if wanted.kind == "form" and wanted.value_schema is None:
        raise ValueError("a form needs a schema")
    if values.json_size(wanted.default) > values.MAX_BYTES:
        raise ValueError("its default is too large")
    request = InputRequest(
        input_id=input_id,
        kind=wanted.kind,
        prompt=wanted.prompt,
        options=_options(wanted),
        value_schema=None if wanted.value_schema is None else values.checkable(wanted.value_schema),
        tool=None if wanted.tool is None else _tool(wanted.tool),
        default=wanted.default,
        expires_at_ms=None if wanted.expires_s is None else round(now_ms + wanted.expires_s * 1000, 3),
        on_expiry=wanted.on_expiry,
        needs=wanted.needs,
        sensitive=wanted.sensitive,
    )
    return InputRequest.model_validate_json(request.model_dump_json())


def _options(wanted: PersonRequest) -> tuple[InputOption, ...]:
    options = tuple(wanted.options)
    if (wanted.kind == "choice") != bool(options):
        raise ValueError("a choice needs options, and nothing else has them")
    texts = [text or "" for option in options for text in (option.value, option.label, option.description)]
    if len(options) > MAX_OPTIONS or any(len(text) > MAX_OPTION_TEXT for text in texts):
        raise ValueError(f"it has more than {MAX_OPTIONS} options, or one of more than {MAX_OPTION_TEXT} characters")
    if len({option.value for option in options}) != len(options):
        raise ValueError("two of its options have the same value")
    return options


def _tool(tool: ProposedTool) -> ProposedTool:
    if not tool.name or len(tool.name) > MAX_ID:
        raise ValueError(f"its tool needs a name of at most {MAX_ID} characters")
    if values.json_size(tool.arguments) > values.MAX_BYTES:
        raise ValueError(f"its tool has arguments of more than {values.MAX_BYTES:,} bytes")
    schema = None if tool.arguments_schema is None else values.checkable(tool.arguments_schema)
    return tool.model_copy(update={"arguments_schema": schema, "digest": digest_of(tool.name, tool.arguments)})
