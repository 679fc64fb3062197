"""Requests to people as interrupts of AG-UI."""

from datetime import UTC, datetime

from backend.dialects.encoding.encoder import JsonFields
from backend.dialects.encoding.request_answers import response_schema
from backend.protocol.inputs import InputRequest
from backend.protocol.run_view import InputView


def interrupt_of(asked: InputView, name: str, call: str | None, created_ms: int) -> JsonFields:
    """The interrupt for an open request. ``name`` is its id there, ``call`` the tool call that it is about, and
    ``created_ms`` when the run was accepted, in milliseconds since 1970."""
    request = asked.request
    made: JsonFields = {"id": name, "reason": _reason(request), "message": request.prompt}
    if call is not None:
        made["toolCallId"] = call
    made["responseSchema"] = response_schema(request)
    if request.expires_at_ms is not None:
        moment = datetime.fromtimestamp((created_ms + request.expires_at_ms) / 1000, UTC)
        made["expiresAt"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made["metadata"] = {"playhead": request.model_dump(mode="json", exclude_none=True)}
    return made


def _reason(request: InputRequest) -> str:
    if request.tool is not None:
        return "tool_call"
    return "confirmation" if request.kind == "approval" else "input_required"
