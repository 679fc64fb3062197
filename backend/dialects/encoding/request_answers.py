"""Answers to requests in dialects that have none of Playhead's forms: the schema of an answer, and the answer that a
payload means.

An approval is answered with ``approved``, and ``editedArgs`` where the arguments may be changed; a choice and a text
with the value itself; a form with its object. ``{"action": …}`` says it in Playhead's own words.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue, ValidationError

from backend.dialects.encoding.encoder import JsonFields
from backend.protocol.inputs import GivenAnswer, InputRequest


class UnreadableAnswerError(ValueError):
    """The payload is not an answer to what was asked; the message says what would be."""


ASK_PERSON = "ask_person"
"""The tool of the caller's that stands for a request in dialects that only know tools."""


def asked_as_tool(request: InputRequest) -> JsonFields:
    """The arguments of ``ask_person``: what is asked, and the schema of the result."""
    told = request.model_dump(mode="json", include={"prompt", "kind", "options", "tool"}, exclude_none=True)
    if not told["options"]:
        del told["options"]
    return {**told, "schema": response_schema(request)}


def response_schema(request: InputRequest) -> JsonFields:
    """The JSON Schema of the payload that answers the request."""
    if request.kind == "approval":
        return _approval_schema(request)
    if request.kind == "choice":
        values = [option.value for option in request.options]
        return {"type": "string", "enum": values}
    if request.value_schema is not None:
        return request.value_schema
    return {"type": "string", "minLength": 1}


def given_answer(request: InputRequest, payload: JsonValue) -> GivenAnswer:
    """The answer that this payload means. Raises ``UnreadableAnswerError``."""
    if isinstance(payload, Mapping) and payload.get("action") in ("accept", "decline", "cancel"):
        return _in_own_words(payload)
    if request.kind == "approval":
        return _approval(request, payload)
    return GivenAnswer(action="accept", value=_bare(payload) if request.kind in ("choice", "text") else payload)


def _in_own_words(payload: Mapping[str, JsonValue]) -> GivenAnswer:
    try:
        return GivenAnswer.model_validate(dict(payload))
    except ValidationError as error:
        raise UnreadableAnswerError("An answer has an action, and perhaps value, arguments and note.") from error


def _approval_schema(request: InputRequest) -> JsonFields:
    properties: dict[str, Any] = {"approved": {"type": "boolean"}}
    if request.tool is not None and request.tool.editable:
        properties["editedArgs"] = request.tool.arguments_schema or {"type": "object"}
    if request.value_schema is not None:
        properties["value"] = request.value_schema
    properties["note"] = {"type": "string"}
    return {"type": "object", "properties": properties, "required": ["approved"]}


def _approval(request: InputRequest, payload: JsonValue) -> GivenAnswer:
    said = {"approved": payload} if isinstance(payload, bool) else payload
    approved = said.get("approved") if isinstance(said, Mapping) else None
    if not isinstance(said, Mapping) or not isinstance(approved, bool):
        raise UnreadableAnswerError('An approval is answered with {"approved": true} or {"approved": false}.')
    note = said.get("note", said.get("reason"))
    note = note[:2000] if isinstance(note, str) and note else None
    if not approved:
        return GivenAnswer(action="decline", note=note)
    edited = said.get("editedArgs")
    if edited is not None and not isinstance(edited, dict):
        raise UnreadableAnswerError("editedArgs is the whole object of the arguments.")
    value = said.get("value") if request.value_schema is not None else None
    return GivenAnswer(action="accept", arguments=edited, value=value, note=note)


def _bare(payload: JsonValue) -> JsonValue:
    """The value, where a client puts it into an object as its only text."""
    if isinstance(payload, Mapping) and len(payload) == 1:
        [value] = payload.values()
        return value
    return payload
