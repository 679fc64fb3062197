"""What an agent asks a person when it stops for one: the question inside a payload that each graph designs itself."""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, parsed, plain, text_of

_QUESTIONS = ("question", "message", "prompt", "text", "description", "reason", "instruction", "title", "query")
"""Fields in which graphs put what they ask, the likeliest first."""

_INSIDE = ("value", "payload", "data", "action_request")
"""Fields that contain the payload of a request."""

_DEEPEST = 6


def asked_in(request: JsonValue) -> str:
    """The question of one request, or of the first of several; empty if it contains none.

    A request is a text, JSON in a text, an object, or a list of such. One for approval of tools names the tools.
    """
    return _asked(request, _DEEPEST)


def is_interrupt(name: str) -> bool:
    """Whether an AG-UI custom event of that name says that a person is asked: ``on_interrupt`` of LangGraph,
    ``LangGraphInterruptEvent`` and ``CopilotKitLangGraphInterruptEvent`` of CopilotKit, and others named like them."""
    lower = name.lower()
    return "interrupt" in lower and "resume" not in lower


def asked_at_end(message: JsonObject) -> list[str]:
    """What AG-UI's ``RUN_FINISHED`` says that persons are asked: a list of requests, or one, as drafts of the protocol
    have it."""
    outcome = object_of(message, "outcome")
    asked = [asked_in(plain(interrupt)) for interrupt in objects_of(outcome, "interrupts")]
    if not asked and "interrupt" in (text_of(outcome, "type"), text_of(message, "outcome")):
        asked = [asked_in(message.get("interrupt", outcome.get("interrupt")))]
    return asked


def _asked(request: JsonValue, levels: int) -> str:
    if isinstance(request, str):
        return _asked_in_text(request, levels)
    if levels == 0:
        return ""
    if isinstance(request, list):
        return next((found for item in request[:100] if (found := _asked(item, levels - 1))), "")
    return _asked_in_object(request, levels) if isinstance(request, Mapping) else ""


def _asked_in_text(request: str, levels: int) -> str:
    inner = parsed(request) if request[:1] in ("{", "[") else request
    if inner == request or isinstance(inner, str):
        return request
    return _asked(inner, levels - 1) if levels else ""


def _asked_in_object(request: JsonObject, levels: int) -> str:
    asked = next((text for name in _QUESTIONS if (text := text_of(request, name))), "")
    if asked:
        return asked
    actions = [*objects_of(request, "action_requests"), request]
    tools = [tool for action in actions if (tool := text_of(action, "action") or text_of(action, "name"))]
    if tools:
        return f"Approve {', '.join(tools)}?"
    return next((found for name in _INSIDE if (found := _asked(request.get(name), levels - 1))), "")
