"""Mastra's own stream: chunks with ``type``, ``from`` and a ``payload``, up to ``finish`` or ``[DONE]``.

Types and fields are those of Mastra's reference of chunks. Most say what a chunk of the AI SDK says, and are read as
that one; texts and arguments have other names. A tool call that waits for an approval, or was suspended, ends the
answer as interrupted: to continue, Mastra wants calls of its own.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.ai_sdk import AiSdk
from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, plain, text_of
from backend.dialects.person_requests import asked_in

_SENDERS = frozenset({"AGENT", "USER", "SYSTEM", "WORKFLOW", "NETWORK"})

_SAME = frozenset(
    {"text-start", "text-end", "reasoning-start", "reasoning-end", "reasoning-signature"}
    | {"redacted-reasoning", "response-metadata", "abort"}
)

_QUIET = frozenset(
    {"start", "reasoning-signature", "response-metadata", "tool-call-input-streaming-end", "watch", "is-task-complete"}
)

_LOST = {
    "file": "files",
    "raw": "raw events of the provider",
    "object": "structured output",
    "object-result": "structured output",
    "redacted-reasoning": "encrypted reasoning",
    "tool-output": "preliminary results of tools",
    "step-output": "output of the steps of a workflow",
}


class Mastra:
    """One stream of a Mastra agent."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._chunks = AiSdk(drafts)

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one chunk."""
        kind, payload = text_of(message, "type"), object_of(message, "payload")
        if not kind or text_of(message, "from") not in _SENDERS:
            return False
        if kind in ("tool-call-approval", "tool-call-suspended"):
            self._ask(kind, payload)
        elif kind == "tripwire":
            self._drafts.end.fail(
                "tripwire", text_of(payload, "reason") or "A guardrail of the agent ended the answer."
            )
        elif kind in _LOST:
            self._drafts.count_loss(_LOST[kind])
        elif kind in ("text-delta", "reasoning-delta"):
            # Where the text stands elsewhere, the whole payload is looked through.
            delta = payload.get("text", {**payload, "id": None})
            self._chunks.read({"type": kind, "id": text_of(payload, "id"), "delta": delta}, event)
        elif kind not in _QUIET:
            self._read_chunk(kind, payload, event)
        return True

    def done_marker(self) -> None:
        """``[DONE]``: the stream is whole."""
        self._chunks.done_marker()

    def finish(self) -> None:
        """The connection has ended."""
        self._chunks.finish()

    def _read_chunk(self, kind: str, payload: JsonObject, event: str) -> None:
        chunk = _chunk(kind, payload)
        if chunk is None:
            self._drafts.count_loss(f"chunks of type {kind[:40]}")
        else:
            self._chunks.read(chunk, event)

    def _ask(self, kind: str, payload: JsonObject) -> None:
        name = text_of(payload, "toolName") or "a tool call"
        if kind == "tool-call-approval":
            self._drafts.ask_person(f"Approve {name}?")
        else:
            self._drafts.ask_person(asked_in(plain(payload.get("suspendPayload"))) or f"{name} waits for an answer.")


def _chunk(kind: str, payload: JsonObject) -> JsonObject | None:
    """The chunk of the AI SDK that says the same; None where there is none."""
    call: dict[str, JsonValue] = {
        "toolCallId": text_of(payload, "toolCallId"),
        "toolName": text_of(payload, "toolName"),
    }
    made: dict[str, JsonObject] = {
        "step-start": {"type": "start-step"},
        "step-finish": {"type": "finish-step", "usage": dict(_usage_of(payload))},
        "finish": {"type": "finish", "finishReason": _reason_of(payload), "usage": dict(_usage_of(payload))},
        "tool-call-input-streaming-start": {"type": "tool-input-start", **call},
        "tool-call-delta": {"type": "tool-input-delta", **call, "inputTextDelta": plain(payload.get("argsTextDelta"))},
        "tool-call": {"type": "tool-input-available", **call, "input": plain(payload.get("args"))},
        "tool-result": _result(call, payload),
        "tool-error": {"type": "tool-output-error", **call, "errorText": _error_of(payload)},
        "source": _source(payload),
        "error": {"type": "error", "errorText": _error_of(payload)},
    }
    return made.get(kind, {"type": kind, "id": text_of(payload, "id")} if kind in _SAME else None)


def _result(call: JsonObject, payload: JsonObject) -> JsonObject:
    result = plain(payload.get("result"))
    if payload.get("isError") is True:
        return {"type": "tool-output-error", **call, "errorText": result if isinstance(result, str) else str(result)}
    return {"type": "tool-output-available", **call, "output": result}


def _source(payload: JsonObject) -> JsonObject:
    kind = "source-document" if text_of(payload, "sourceType") == "document" else "source-url"
    names = {"sourceId": "id", "url": "url", "title": "title", "filename": "filename"}
    return {"type": kind, **{ours: text_of(payload, theirs) for ours, theirs in names.items()}}


def _usage_of(payload: JsonObject) -> JsonObject:
    return object_of(object_of(payload, "output"), "usage") or object_of(payload, "usage")


def _reason_of(payload: JsonObject) -> str:
    return text_of(object_of(payload, "stepResult"), "reason")


def _error_of(payload: JsonObject) -> str:
    error = payload.get("error")
    if isinstance(error, Mapping):
        return text_of(error, "message") or str(plain(error))
    return error if isinstance(error, str) else text_of(payload, "message")
