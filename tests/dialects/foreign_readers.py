"""What the official clients make of a stream, and what they refuse: their rules, written down anew."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backend.protocol.sse import Decoder

Fields = dict[str, Any]

CHUNK_FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "start": (set(), {"messageId", "messageMetadata"}),
    "start-step": (set(), set()),
    "finish-step": (set(), set()),
    "text-start": ({"id"}, set()),
    "text-delta": ({"id", "delta"}, set()),
    "text-end": ({"id"}, set()),
    "error": ({"errorText"}, set()),
    "tool-input-available": ({"toolCallId", "toolName", "input"}, {"providerExecuted", "dynamic"}),
    "tool-output-available": ({"toolCallId", "output"}, {"dynamic"}),
    "tool-output-error": ({"toolCallId", "errorText"}, {"dynamic"}),
    "source-url": ({"sourceId", "url"}, {"title"}),
    "source-document": ({"sourceId", "mediaType", "title"}, {"filename"}),
    "finish": (set(), {"messageMetadata"}),
    "abort": (set(), set()),
    "message-metadata": ({"messageMetadata"}, set()),
}
"""The chunks of the AI SDK's first version 5 that an encoder may send: fields that must be there, and that may."""


def messages_in(stream: bytes) -> list[str]:
    """The data of every message of a stream that has data lines only."""
    assert all(line == b"" or line.startswith((b"data: ", b": hb")) for line in stream.split(b"\n"))
    decoder = Decoder()
    found = [message.data for message in (*decoder.feed(stream), *decoder.close())]
    assert stream.isascii()
    return found


def objects_in(stream: bytes) -> list[Fields]:
    """The JSON objects of a stream, its end marker left out."""
    return [json.loads(data) for data in messages_in(stream) if data != "[DONE]"]


@dataclass
class AgUiClient:
    """Takes AG-UI events as `@ag-ui/client` 1.0 does: refuses what it refuses, and keeps its messages."""

    messages: list[Fields] = field(default_factory=list)
    customs: list[tuple[str, Fields]] = field(default_factory=list)
    open_messages: set[str] = field(default_factory=set)
    open_calls: set[str] = field(default_factory=set)
    open_steps: set[str] = field(default_factory=set)
    last: Fields = field(default_factory=dict)

    def read(self, stream: bytes) -> "AgUiClient":
        """Read a stream, or the next part of it."""
        for event in objects_in(stream):
            assert self.last.get("type") not in ("RUN_FINISHED", "RUN_ERROR"), "an event behind the end"
            assert self.last or event["type"] == "RUN_STARTED"
            getattr(self, f"_{event['type'].lower()}")(event)
            self.last = event
        return self

    def reconnected(self) -> "AgUiClient":
        """The same client, which has lost its connection and keeps its messages."""
        return AgUiClient(json.loads(json.dumps(self.messages)))

    @property
    def answer(self) -> str:
        """The text of the last assistant message that has some."""
        return next(
            (m["content"] for m in reversed(self.messages) if m["role"] == "assistant" and m.get("content")), ""
        )

    def by_id(self) -> dict[str, Fields]:
        """The messages by their ids, which are unique."""
        found = {message["id"]: message for message in self.messages}
        assert len(found) == len(self.messages)
        return found

    def _run_started(self, event: Fields) -> None:
        assert isinstance(event["threadId"], str)
        assert isinstance(event["runId"], str)

    def _run_finished(self, event: Fields) -> None:
        assert self.open_messages == self.open_calls == self.open_steps == set()

    def _run_error(self, event: Fields) -> None:
        assert isinstance(event["message"], str)
        self._run_finished(event)

    def _messages_snapshot(self, event: Fields) -> None:
        given = {message["id"] for message in event["messages"]}
        declared = event.get("metadata", {}).get("@ag-ui/client", {}).get("authoritativeActivityTypes")
        kept = [m for m in self.messages if m["role"] == "activity" and m["id"] not in given] if declared == [] else []
        self.messages = [*kept, *event["messages"]]

    def _text_message_start(self, event: Fields) -> None:
        assert event["messageId"] not in self.open_messages
        self.open_messages.add(event["messageId"])
        if event["messageId"] not in self.by_id():
            self.messages.append({"id": event["messageId"], "role": event["role"], "content": ""})
        self._merge(self.by_id()[event["messageId"]], event)

    def _text_message_content(self, event: Fields) -> None:
        assert event["messageId"] in self.open_messages
        self.by_id()[event["messageId"]]["content"] += event["delta"]
        self._merge(self.by_id()[event["messageId"]], event)

    def _text_message_end(self, event: Fields) -> None:
        self.open_messages.remove(event["messageId"])
        self._merge(self.by_id()[event["messageId"]], event)

    def _tool_call_start(self, event: Fields) -> None:
        assert event["toolCallId"] not in self.open_calls
        self.open_calls.add(event["toolCallId"])
        if event["toolCallId"] not in self._calls():
            function = {"name": event["toolCallName"], "arguments": ""}
            call = {"id": event["toolCallId"], "type": "function", "function": function}
            self.messages.append({"id": event["toolCallId"], "role": "assistant", "toolCalls": [call]})
        self._merge(self._calls()[event["toolCallId"]], event)

    def _tool_call_args(self, event: Fields) -> None:
        assert event["toolCallId"] in self.open_calls
        self._calls()[event["toolCallId"]]["function"]["arguments"] += event["delta"]

    def _tool_call_end(self, event: Fields) -> None:
        self.open_calls.remove(event["toolCallId"])

    def _tool_call_result(self, event: Fields) -> None:
        owner = next(place for place, message in enumerate(self.messages) if message["id"] == event["toolCallId"])
        result = {"id": event["messageId"], "role": "tool", "toolCallId": event["toolCallId"]}
        self.messages.insert(owner + 1, {**result, "content": event["content"]})
        self._merge(self.messages[owner + 1], event)

    def _step_started(self, event: Fields) -> None:
        assert event["stepName"] not in self.open_steps
        self.open_steps.add(event["stepName"])

    def _step_finished(self, event: Fields) -> None:
        self.open_steps.remove(event["stepName"])

    def _activity_snapshot(self, event: Fields) -> None:
        known = self.by_id().get(event["messageId"])
        if known is None:
            activity = {"id": event["messageId"], "role": "activity", "activityType": event["activityType"]}
            self.messages.append({**activity, "content": event["content"]})
        else:
            known["content"] = event["content"]

    def _custom(self, event: Fields) -> None:
        self.customs.append((event["name"], event["value"]))

    def _calls(self) -> dict[str, Fields]:
        return {call["id"]: call for message in self.messages for call in message.get("toolCalls", [])}

    @staticmethod
    def _merge(target: Fields, event: Fields) -> None:
        if "metadata" in event:
            target["metadata"] = {**target.get("metadata", {}), **event["metadata"]}


@dataclass
class ChatClient:
    """Takes the chunks of a UI message stream as the AI SDK 5 does, and knows no type of a later version."""

    message_id: str = ""
    metadata: Fields = field(default_factory=dict)
    parts: list[Fields] = field(default_factory=list)
    error: str | None = None
    aborted: bool = False
    finished: bool = False
    done: bool = False
    _texts: dict[str, Fields] = field(default_factory=dict)

    def read(self, stream: bytes) -> "ChatClient":
        """Read a stream."""
        for data in messages_in(stream):
            assert not self.done, "a chunk behind the end"
            if data == "[DONE]":
                self.done = True
            else:
                self._take(json.loads(data))
        return self

    @property
    def text(self) -> str:
        """The answer."""
        return "".join(part["text"] for part in self.parts if part["type"] == "text")

    def data(self, kind: str) -> dict[str, Fields]:
        """The data parts of that kind, by their ids."""
        return {part["id"]: part["data"] for part in self.parts if part["type"] == f"data-{kind}"}

    def of_type(self, *kinds: str) -> list[Fields]:
        """The parts of these types."""
        return [part for part in self.parts if part["type"] in kinds]

    def _take(self, chunk: Fields) -> None:
        kind = chunk["type"]
        assert self.error is None
        if kind.startswith("data-"):
            assert set(chunk) <= {"type", "id", "data", "transient"}
            self._take_data(chunk)
            return
        needed, allowed = CHUNK_FIELDS[kind]
        assert needed <= set(chunk) - {"type"} <= needed | allowed, chunk
        if "messageMetadata" in chunk:
            self.metadata |= chunk["messageMetadata"]
        if kind == "start":
            self.message_id = chunk["messageId"]
        elif kind == "error":
            self.error = chunk["errorText"]
        elif kind == "abort":
            self.aborted = True
        elif kind == "finish":
            self.finished = True
        elif kind == "finish-step":
            assert not self._texts
        elif kind.startswith("text-"):
            self._take_text(kind, chunk)
        elif kind.startswith("tool-"):
            self._take_tool(kind, chunk)
        elif kind.startswith("source-"):
            self.parts.append(chunk)

    def _take_text(self, kind: str, chunk: Fields) -> None:
        if kind == "text-start":
            self._texts[chunk["id"]] = {"type": "text", "text": ""}
            self.parts.append(self._texts[chunk["id"]])
        elif kind == "text-delta":
            self._texts[chunk["id"]]["text"] += chunk["delta"]
        else:
            del self._texts[chunk["id"]]

    def _take_tool(self, kind: str, chunk: Fields) -> None:
        assert chunk["dynamic"] is True
        known = next((part for part in self.parts if part.get("toolCallId") == chunk["toolCallId"]), None)
        if kind == "tool-input-available":
            assert chunk["providerExecuted"] is True
            if known is None:
                known = {"type": "dynamic-tool", "toolCallId": chunk["toolCallId"]}
                self.parts.append(known)
            known |= {"toolName": chunk["toolName"], "input": chunk["input"], "state": "input-available"}
        else:
            assert known is not None, "an output without its call"
            known |= {name: chunk[name] for name in ("output", "errorText") if name in chunk}
            known["state"] = kind.removeprefix("tool-")

    def _take_data(self, chunk: Fields) -> None:
        known = next((part for part in self.parts if part["type"] == chunk["type"] and part["id"] == chunk["id"]), None)
        if known is None:
            self.parts.append(chunk)
        else:
            known["data"] = chunk["data"]


def text_of_chunks(chunks: Iterable[Fields]) -> str:
    """The answer in the chunks of a chat completion."""
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk.get("choices", []))
