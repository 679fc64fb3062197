"""What people answered in the messages of an AI SDK chat: the parts of the last one that say so."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.api.foreign_answers import ReadAnswer
from backend.dialects.encoding.open_requests import RequestName
from backend.dialects.encoding.request_answers import ASK_PERSON, given_answer
from backend.protocol.inputs import GivenAnswer

_LONGEST_NOTE = 2000


def answers_in(messages: Sequence[Mapping[str, Any]], given: Mapping[str, GivenAnswer]) -> dict[str, ReadAnswer]:
    """The answers by the names of the requests; none where the last message is not the assistant's.

    ``given`` are answers beside the messages, by the same names: they count more than a part of the same name.
    """
    last = messages[-1] if messages else {}
    parts = last.get("parts") if last.get("role") == "assistant" else None
    found: dict[str, ReadAnswer] = {}
    for part in parts if isinstance(parts, list) else []:
        if not isinstance(part, Mapping):
            continue
        name, read = _approval(part) if "approval" in part else _result(part)
        if read is not None and RequestName.read(name) is not None:
            beside = given.get(str(name))
            found[str(name)] = read if beside is None else _as_given(beside)
    return found


def _as_given(answer: GivenAnswer) -> ReadAnswer:
    return lambda _: answer


def _approval(part: Mapping[str, Any]) -> tuple[object, ReadAnswer | None]:
    approval = part["approval"]
    if part.get("state") != "approval-responded" or not isinstance(approval, Mapping):
        return None, None
    reason = approval.get("reason")
    note = reason[:_LONGEST_NOTE] if isinstance(reason, str) and reason else None
    answer = GivenAnswer(action="accept" if approval.get("approved") is True else "decline", note=note)
    return approval.get("id"), _as_given(answer)


def _result(part: Mapping[str, Any]) -> tuple[object, ReadAnswer | None]:
    if part.get("type") != f"tool-{ASK_PERSON}" and part.get("toolName") != ASK_PERSON:
        return None, None
    if part.get("state") == "output-error":
        return part.get("toolCallId"), _as_given(GivenAnswer(action="cancel"))
    if part.get("state") != "output-available":
        return None, None
    return part.get("toolCallId"), lambda request: given_answer(request, part.get("output"))
