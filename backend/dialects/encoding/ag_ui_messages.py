"""The messages that an AG-UI client has after the events it was sent, for one that joins again.

The same rules as the client's own: a tool call without a parent makes a separate assistant message, a result comes
after its call, an activity is replaced by the next of its id, and metadata is merged by its keys.
"""

from backend.dialects.encoding.encoder import JsonFields


class AgUiMessages:
    """Earlier messages, and those that events made since."""

    def __init__(self, earlier: list[JsonFields]) -> None:
        self._messages = list(earlier)
        self._by_id: dict[str, JsonFields] = {message["id"]: message for message in earlier}
        self._texts: dict[str, list[str]] = {}
        self._calls: dict[str, JsonFields] = {}

    def snapshot(self) -> list[JsonFields]:
        """The messages now, in order."""
        for message_id, pieces in self._texts.items():
            pieces[:] = ["".join(pieces)]
            self._by_id[message_id]["content"] = pieces[0]
        return self._messages

    def take(self, events: list[JsonFields]) -> None:
        """Events as they would be sent."""
        for event in events:
            match event["type"]:
                case "TEXT_MESSAGE_START":
                    self._add({"id": event["messageId"], "role": event["role"], "content": ""})
                    self._texts[event["messageId"]] = []
                case "TEXT_MESSAGE_CONTENT":
                    self._texts[event["messageId"]].append(event["delta"])
                    _merge(self._by_id[event["messageId"]], event)
                case "TEXT_MESSAGE_END":
                    _merge(self._by_id[event["messageId"]], event)
                case "TOOL_CALL_START" | "TOOL_CALL_ARGS" | "TOOL_CALL_RESULT":
                    self._take_call(event)
                case "ACTIVITY_SNAPSHOT":
                    self._take_activity(event)

    def _take_call(self, event: JsonFields) -> None:
        call_id = event["toolCallId"]
        if event["type"] == "TOOL_CALL_START":
            call = {"id": call_id, "type": "function", "function": {"name": event["toolCallName"], "arguments": ""}}
            _merge(call, event)
            self._calls[call_id] = call
            self._add({"id": call_id, "role": "assistant", "toolCalls": [call]})
        elif event["type"] == "TOOL_CALL_ARGS":
            self._calls[call_id]["function"]["arguments"] += event["delta"]
        else:
            result = {"id": event["messageId"], "role": "tool", "toolCallId": call_id, "content": event["content"]}
            _merge(result, event)
            self._by_id[event["messageId"]] = result
            owner = next(place for place, message in enumerate(self._messages) if message["id"] == call_id)
            self._messages.insert(owner + 1, result)

    def _take_activity(self, event: JsonFields) -> None:
        known = self._by_id.get(event["messageId"])
        if known is not None:
            known["content"] = event["content"]
            return
        activity = {"id": event["messageId"], "role": "activity", "activityType": event["activityType"]}
        self._add({**activity, "content": event["content"]})

    def _add(self, message: JsonFields) -> None:
        self._by_id[message["id"]] = message
        self._messages.append(message)


def _merge(target: JsonFields, event: JsonFields) -> None:
    if event.get("metadata"):
        target["metadata"] = {**target.get("metadata", {}), **event["metadata"]}
