"""The message that an AI SDK client has after a stream, to be sent back with the answers of people: text, thinking,
tool calls and the boundaries of model calls, by the client's own rules."""

from pydantic import JsonValue

from backend.dialects.asked_person import AskedPerson, PersonReply
from backend.dialects.asked_schema import payload_of
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, parsed, plain, text_of

MAX_PARTS = 10_000
MAX_CHARS = 8_000_000
"""What is kept of a stream; what comes after is not sent back."""

Part = dict[str, JsonValue]

_CALL_FIELDS = ("input", "output", "errorText", "providerExecuted", "preliminary", "rawInput")
_STATES = {
    "tool-input-start": "input-streaming",
    "tool-input-available": "input-available",
    "tool-input-error": "output-error",
    "tool-output-available": "output-available",
    "tool-output-error": "output-error",
    "tool-output-denied": "output-denied",
}


class AiSdkMessage:
    """Collects one message from chunks."""

    def __init__(self) -> None:
        self._id = "answer"
        self._parts: list[Part] = []
        self._open: dict[str, tuple[Part, list[str]]] = {}
        self._calls: dict[str, Part] = {}
        self._inputs: dict[str, list[str]] = {}
        self._chars = 0

    def take(self, kind: str, chunk: JsonObject) -> None:
        """One more chunk."""
        if kind == "start":
            self._id = text_of(chunk, "messageId") or self._id
        elif kind == "start-step":
            self._add({"type": "step-start"})
        elif kind.startswith(("text-", "reasoning-")):
            self._take_text(kind, chunk)
        elif kind.startswith("tool-"):
            self._take_call(kind, text_of(chunk, "toolCallId"), chunk)

    def answered(self, asked: AskedPerson, reply: PersonReply) -> None:
        """A person has answered what the stream asked."""
        part = self._calls.get(asked.call)
        if part is None:
            return
        if "approval" not in part:
            part |= {"state": "output-available", "output": payload_of(asked, reply)}
            if not reply.accepted and asked.kind != "approval":
                part["output"] = {"action": reply.action}
            return
        reason = reply.note or ("Nobody answered in time." if reply.expired else "")
        approval: Part = {"id": asked.key, "approved": reply.accepted}
        if reason:
            approval["reason"] = reason
        part |= {"state": "approval-responded", "approval": approval}

    def whole(self) -> JsonObject:
        """The message so far."""
        for part, pieces in self._open.values():
            pieces[:] = ["".join(pieces)]
            part["text"] = pieces[0]
        return {"id": self._id, "role": "assistant", "parts": [plain(part) for part in self._parts]}

    def _take_text(self, kind: str, chunk: JsonObject) -> None:
        what, _, phase = kind.partition("-")
        key = f"{what} {text_of(chunk, 'id')}"
        if phase == "start":
            self._open.pop(key, None)
            part: Part = {"type": what, "text": "", "state": "done"}
            if metadata := object_of(chunk, "providerMetadata"):
                part["providerMetadata"] = plain(metadata)
            if self._add(part):
                self._open[key] = (part, [])
        elif phase == "delta" and key in self._open:
            delta = text_of(chunk, "delta")
            if self._chars + len(delta) <= MAX_CHARS:
                self._chars += len(delta)
                self._open[key][1].append(delta)
        elif phase == "end" and key in self._open:
            part, pieces = self._open.pop(key)
            part["text"] = "".join(pieces)
            if metadata := object_of(chunk, "providerMetadata"):
                part["providerMetadata"] = plain(metadata)

    def _take_call(self, kind: str, key: str, chunk: JsonObject) -> None:
        part = self._calls.get(key)
        if part is None:
            part = self._begin_call(key, chunk)
        if part is None:
            return
        if kind == "tool-approval-request":
            part |= {"state": "approval-requested", "approval": {"id": text_of(chunk, "approvalId") or key}}
        elif kind == "tool-input-delta":
            self._inputs.setdefault(key, []).append(text_of(chunk, "inputTextDelta")[:MAX_CHARS])
        elif kind in _STATES:
            part["state"] = _STATES[kind]
            part |= {name: plain(chunk[name]) for name in _CALL_FIELDS if name in chunk}
            if kind == "tool-input-available" and "input" not in chunk:
                part["input"] = parsed("".join(self._inputs.get(key, [])))

    def _begin_call(self, key: str, chunk: JsonObject) -> Part | None:
        name = text_of(chunk, "toolName")
        if not name:
            return None
        named: Part = {"type": f"tool-{name}"}
        if chunk.get("dynamic") is True:
            named = {"type": "dynamic-tool", "toolName": name}
        part: Part = {**named, "toolCallId": key, "state": "input-streaming"}
        if not self._add(part):
            return None
        self._calls[key] = part
        return part

    def _add(self, part: Part) -> bool:
        if len(self._parts) >= MAX_PARTS:
            return False
        self._parts.append(part)
        return True
