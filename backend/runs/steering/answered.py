"""An answer as a person gives it, checked against what was asked."""

import hashlib
import hmac
import secrets
from typing import Any

from pydantic import JsonValue

from backend.protocol.inputs import EXPIRY, WITHHELD, GivenAnswer, InputAnswer, InputRequest, OnExpiry, Person
from backend.runs.steering import values
from backend.runs.steering.refusals import SteeringRefusal

_KEY = secrets.token_bytes(32)
"""Fingerprints of sensitive answers mean nothing outside this process."""


def check_answer(request: InputRequest, given: GivenAnswer) -> None:
    """Raise ``SteeringRefusal`` where the answer does not fit: ``changed`` or ``invalid-answer``."""
    digest = request.tool.digest if request.tool is not None else None
    if given.digest is not None and given.digest != digest:
        raise SteeringRefusal("changed", "The proposal has changed since you saw it: look at it again.", digest=digest)
    found = _too_large(given)
    if not found and given.action == "accept":
        found = [*_arguments_faults(request, given), *_value_faults(request, given.value)]
    elif not found and (given.value is not None or given.arguments is not None):
        found = [("", "Only an accepted request takes a value or arguments.")]
    if found:
        raise _invalid(found)


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


def fingerprint(given: GivenAnswer) -> bytes:
    """Equal for answers that say the same, by any person."""
    said = given.model_dump_json(exclude={"by", "digest"}, exclude_none=True)
    return hmac.digest(_KEY, said.encode(), hashlib.sha256)


def says_the_same(recorded: InputAnswer, given: GivenAnswer) -> bool:
    """Whether an answer in the log may have been this one. What was withheld cannot be compared."""
    pairs: list[tuple[Any, Any]] = [
        (recorded.action, given.action),
        (recorded.value, given.value),
        (recorded.arguments, given.arguments),
        (recorded.note, given.note),
    ]
    return all(kept == said or (kept == WITHHELD and said is not None) for kept, said in pairs)


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


def _invalid(found: list[tuple[str, str]]) -> SteeringRefusal:
    first_field, first = found[0]
    where = f" ({first_field})" if first_field else ""
    errors = [{"field": field, "message": message} for field, message in found]
    return SteeringRefusal("invalid-answer", f"The answer does not fit{where}: {first}", errors=errors)
