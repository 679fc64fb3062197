"""Answers to requests: whether one fits, and how the log keeps it."""

from pydantic import JsonValue

from backend.agents import schema_values as values
from backend.protocol.inputs import EXPIRY, WITHHELD, GivenAnswer, InputAnswer, InputRequest, OnExpiry, Person

SCENARIO = "scenario"
"""``InputAnswer.via`` of an answer that a scenario gave itself."""


def answer_faults(request: InputRequest, given: GivenAnswer) -> list[tuple[str, str]]:
    """What does not fit, as pairs of a field such as ``value.year`` and a sentence; nothing where the answer fits."""
    found = _too_large(given)
    if found:
        return found
    if given.action == "accept":
        return [*_arguments_faults(request, given), *_value_faults(request, given.value)]
    if given.value is not None or given.arguments is not None:
        return [("", "Only an accepted request takes a value or arguments.")]
    return []


def recorded_answer(
    request: InputRequest, given: GivenAnswer, *, by: Person | None, via: str, waited_ms: float
) -> InputAnswer:
    """The answer as the log keeps it: what a sensitive request was answered is withheld."""
    hidden = request.sensitive
    return InputAnswer(
        input_id=request.input_id,
        action=given.action,
        value=WITHHELD if hidden and given.value is not None else given.value,
        arguments=WITHHELD if hidden and given.arguments is not None else given.arguments,
        note=WITHHELD if hidden and given.note is not None else given.note,
        by=by,
        via=via,
        waited_ms=round(max(0.0, waited_ms), 3),
    )


def expired_answer(request: InputRequest, waited_ms: float) -> tuple[GivenAnswer, InputAnswer]:
    """What the agent gets, and what the log keeps, when nobody has answered in time."""
    on_expiry: OnExpiry = request.on_expiry
    given = GivenAnswer(action="decline")
    if on_expiry == "default":
        given = GivenAnswer(action="accept", value=request.default)
    elif on_expiry == "fail":
        given = GivenAnswer(action="cancel")
    return given, recorded_answer(request, given, by=None, via=EXPIRY, waited_ms=waited_ms)


def _too_large(given: GivenAnswer) -> list[tuple[str, str]]:
    for field, value in (("value", given.value), ("arguments", given.arguments)):
        try:
            if values.json_size(value) > values.MAX_BYTES:
                return [(field, f"It has more than {values.MAX_BYTES:,} bytes.")]
        except ValueError as error:
            return [(field, f"It cannot be taken: {error}.")]
    return []


def _arguments_faults(request: InputRequest, given: GivenAnswer) -> list[tuple[str, str]]:
    if given.arguments is None:
        return []
    if request.tool is None or not request.tool.editable:
        return [("arguments", "The arguments of this request cannot be changed: leave them out.")]
    schema = request.tool.arguments_schema
    return _below("arguments", values.faults(schema, given.arguments)) if schema is not None else []


def _value_faults(request: InputRequest, value: JsonValue) -> list[tuple[str, str]]:
    if request.kind == "approval" and request.value_schema is None:
        return [("value", "An approval takes no value: leave it out.")] if value is not None else []
    if request.kind == "choice":
        known = [option.value for option in request.options]
        return [] if value in known else [("value", f"Choose one of: {', '.join(map(repr, known))}.")]
    if request.kind == "text":
        if not isinstance(value, str) or not value.strip():
            return [("value", "Write a text.")]
        if request.value_schema is None:
            return []
    schema = request.value_schema
    return [] if schema is None else _below("value", values.faults(schema, value))


def _below(name: str, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(f"{name}.{field}" if field else name, message) for field, message in found]
