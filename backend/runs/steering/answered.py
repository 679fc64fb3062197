"""An answer as a person gives it, checked against what was asked."""

import hashlib
import hmac
import secrets
from typing import Any

from backend.agents.input_answers import answer_faults
from backend.protocol.inputs import WITHHELD, GivenAnswer, InputAnswer, InputRequest
from backend.runs.steering.refusals import SteeringRefusal

_KEY = secrets.token_bytes(32)
"""Fingerprints of sensitive answers mean nothing outside this process."""


def check_answer(request: InputRequest, given: GivenAnswer) -> None:
    """Raise ``SteeringRefusal`` where the answer does not fit: ``changed`` or ``invalid-answer``."""
    digest = request.tool.digest if request.tool is not None else None
    if given.digest is not None and given.digest != digest:
        raise SteeringRefusal("changed", "The proposal has changed since you saw it: look at it again.", digest=digest)
    found = answer_faults(request, given)
    if found:
        raise _invalid(found)


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


def _invalid(found: list[tuple[str, str]]) -> SteeringRefusal:
    first_field, first = found[0]
    where = f" ({first_field})" if first_field else ""
    errors = [{"field": field, "message": message} for field, message in found]
    return SteeringRefusal("invalid-answer", f"The answer does not fit{where}: {first}", errors=errors)
