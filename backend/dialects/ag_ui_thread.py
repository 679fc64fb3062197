"""The messages that an AG-UI client has after a stream, to be sent back with the answers: servers that remember nothing
read their own calls there. The same rules as the client's, for events of which nothing has to be what it should be."""

from pydantic import JsonValue

from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import objects_of, plain, text_of

MAX_MESSAGES = 10_000
MAX_CHARS = 8_000_000
"""What is kept of a stream; what comes after is not sent back."""

Message = dict[str, JsonValue]


class AgUiThread:
    """Collects messages from events."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self._pieces: dict[str, list[str]] = {}
        self._calls: dict[str, Message] = {}
        self._last = ""
        self._last_call = ""
        self._chars = 0
        self._state: JsonValue = None

    @property
    def state(self) -> JsonValue:
        """The shared state, as far as it was sent whole."""
        return self._state if self._state is not None else {}

    def messages(self) -> list[JsonValue]:
        """The messages so far, in order."""
        for key, pieces in self._pieces.items():
            pieces[:] = ["".join(pieces)]
            if key in self._messages:
                self._messages[key]["content"] = pieces[0]
        for key, call in self._calls.items():
            arguments = "".join(self._pieces.get(f"call {key}", []))
            call["function"] = {"name": call["name"], "arguments": arguments}
        return [plain(_without_name(message)) for message in self._messages.values()]

    def take(self, kind: str, event: JsonObject) -> None:
        """One more event."""
        if kind.startswith("TEXT_MESSAGE_"):
            self._take_text(event)
        elif kind.startswith("TOOL_CALL_"):
            self._take_call(kind, event)
        elif kind == "MESSAGES_SNAPSHOT":
            self._take_snapshot(event)
        elif kind == "STATE_SNAPSHOT":
            self._state = plain(event.get("snapshot"))
        elif kind == "STATE_DELTA":
            self._state = None

    def _take_text(self, event: JsonObject) -> None:
        self._last = key = text_of(event, "messageId") or self._last or "message"
        self._add(key, {"role": text_of(event, "role") or "assistant", "content": ""})
        self._grow(key, text_of(event, "delta"))

    def _take_call(self, kind: str, event: JsonObject) -> None:
        self._last_call = key = text_of(event, "toolCallId") or self._last_call
        if kind == "TOOL_CALL_RESULT":
            content = event.get("content")
            self._add(
                text_of(event, "messageId") or f"{key}:result",
                {"role": "tool", "toolCallId": key, "content": content if isinstance(content, str) else plain(content)},
            )
            return
        if key not in self._calls and text_of(event, "toolCallName") and len(self._calls) < MAX_MESSAGES:
            call: Message = {"id": key, "type": "function", "name": text_of(event, "toolCallName")}
            self._calls[key] = call
            owner = self._add(text_of(event, "parentMessageId") or key, {"role": "assistant"})
            if owner is not None:
                calls = owner.setdefault("toolCalls", [])
                if isinstance(calls, list):
                    calls.append(call)
        if kind in ("TOOL_CALL_ARGS", "TOOL_CALL_CHUNK"):
            self._grow(f"call {key}", text_of(event, "delta"))

    def _take_snapshot(self, event: JsonObject) -> None:
        given = objects_of(event, "messages")
        last = max((at for at, item in enumerate(given) if text_of(item, "role") == "user"), default=-1)
        self._messages.clear()
        self._pieces.clear()
        self._calls.clear()
        for item in given[last + 1 :]:
            whole = plain(item)
            if isinstance(whole, dict):
                self._add(text_of(item, "id") or f"message-{len(self._messages)}", whole)

    def _add(self, key: str, message: Message) -> Message | None:
        if key not in self._messages and len(self._messages) < MAX_MESSAGES:
            self._messages[key] = {"id": key, **message}
        return self._messages.get(key)

    def _grow(self, key: str, text: str) -> None:
        if text and self._chars + len(text) <= MAX_CHARS:
            self._chars += len(text)
            self._pieces.setdefault(key, []).append(text)


def _without_name(message: Message) -> Message:
    """The message as it is sent: what a call is called stands in its function."""
    calls = message.get("toolCalls")
    if not isinstance(calls, list):
        return message
    kept = [{name: value for name, value in call.items() if name != "name"} for call in calls if isinstance(call, dict)]
    return {**message, "toolCalls": [plain(call) for call in kept]}
