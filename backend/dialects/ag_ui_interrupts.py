"""AG-UI's interrupts: what one asks of a person, and the entry of ``resume`` that answers it."""

from collections.abc import Callable

from pydantic import JsonValue

from backend.dialects.asked_person import AskedPerson, PersonReply
from backend.dialects.asked_schema import asked_form, own_request, payload_of
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, plain, text_of
from backend.dialects.person_requests import asked_in
from backend.protocol.inputs import ProposedTool

FindTool = Callable[[str], ProposedTool | None]
"""Finds a tool call of the stream by its id."""


def asked_by(interrupt: JsonObject, find_tool: FindTool) -> AskedPerson | None:
    """The request of an interrupt; None for one without an id, which nobody can answer."""
    key = text_of(interrupt, "id")
    if not key:
        return None
    call, schema = text_of(interrupt, "toolCallId"), object_of(interrupt, "responseSchema")
    tool = find_tool(call) if call else None
    if tool is not None:
        edited = object_of(object_of(schema, "properties"), "editedArgs")
        arguments_schema = None if not edited.get("properties") else dict(edited)
        tool = tool.model_copy(update={"editable": bool(edited), "arguments_schema": arguments_schema})
    prompt = text_of(interrupt, "message") or asked_in(plain(interrupt)) or "The agent asks for an answer."
    form = asked_form(schema, is_approval=bool(call) or text_of(interrupt, "reason") in ("tool_call", "confirmation"))
    own = own_request(object_of(object_of(interrupt, "metadata"), "playhead"))
    if own is not None:
        return own.asked(key, prompt, call=call, tool=tool, expires_at=text_of(interrupt, "expiresAt"))
    return form.asked(key, prompt, call=call, tool=tool, expires_at=text_of(interrupt, "expiresAt"))


def resume_entry(asked: AskedPerson, reply: PersonReply) -> dict[str, JsonValue]:
    """The entry of ``resume`` that answers the interrupt. A request that is not an approval has no refusal: it is
    abandoned."""
    entry: dict[str, JsonValue] = {"interruptId": asked.key, "status": "resolved"}
    if reply.expired or reply.action == "cancel" or (asked.kind != "approval" and not reply.accepted):
        return {**entry, "status": "cancelled"}
    return {**entry, "payload": payload_of(asked, reply)}
