"""AG-UI 1.0: events with upper-case types, closed by ``RUN_FINISHED`` or ``RUN_ERROR``.

Types and fields are those of the protocol's published event reference; the THINKING types of versions before 1.0 are
read like REASONING. A run may contain several assistant messages: they are one answer, in order. A stream may contain
several runs: it is complete if the last of them ended. AG-UI has no citation; additions of Playhead's encoder are read
back (``backend.dialects.native_events``).
"""

import re
from collections.abc import Mapping

from backend.dialects.answer_drafts import MAX_TEXT_CHARS, AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import is_lookup, object_of, objects_of, parsed, plain, text_of, whole_number_of
from backend.dialects.native_events import OwnEvents
from backend.dialects.person_requests import asked_at_end, asked_in, is_interrupt
from backend.dialects.said_text import said_text
from backend.dialects.step_drafts import MAX_STEPS
from backend.protocol.events import Outcome

_TYPE = re.compile(r"[A-Z][A-Z_]{2,60}")

_FAMILIES = (
    "RUN_", "STEP_", "TEXT_MESSAGE_", "TOOL_CALL_", "STATE_", "MESSAGES_", "ACTIVITY_", "THINKING_", "REASONING_",
    "RAW", "CUSTOM",
)  # fmt: skip
"""How the types of this dialect begin, those of newer versions too."""

_LOST = {
    "STATE_SNAPSHOT": "shared state",
    "STATE_DELTA": "shared state",
    "RAW": "raw events of the provider",
}

_OWN = "playhead"
"""The key of our metadata, and what the names of our CUSTOM events begin with."""

_OWN_CITATION = "citation:"
"""What the keys of citations in the metadata of a text begin with."""

_BESIDE_TEXT = frozenset(
    {"type", "messageId", "role", "rawEvent", "metadata", "name", "parentMessageId", "runId", "threadId", "timestamp"}
)
"""Fields of a message of text that are not its text."""

_BESIDE_CONTENT = frozenset({"id", "role", "name", "toolCalls", "metadata", "encryptedValue", "rawEvent"})
"""Fields of a whole message that are not its text."""

_USAGE_NAMES = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "totalTokens": "total_tokens",
    "reasoningTokens": "reasoning_tokens",
    "cachedInputTokens": "cached_input_tokens",
}

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,60}")


class AgUi:
    """One AG-UI event stream."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._own = OwnEvents(drafts)
        self._ended = False
        self._outcome: Outcome = "completed"
        self._calls: set[str] = set()
        """Ids of all tool calls, those that are over too."""
        self._last_call = ""
        self._searches = 0
        self._not_answer: set[str] = set()
        """Ids of open messages that are not the assistant's."""
        self._last_message = ""
        self._said: list[str] = []
        """The text of the present run so far."""
        self._said_chars = 0

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one event; its type stands in ``type``."""
        kind = text_of(message, "type")
        if not _TYPE.fullmatch(kind) or not kind.startswith(_FAMILIES):
            return False
        if message.get("rawEvent") is not None:
            self._drafts.count_loss("raw events of the provider")
        if kind.startswith("TEXT_MESSAGE_"):
            self._read_text(kind, message)
        elif kind.startswith("TOOL_CALL_"):
            self._read_call(kind, message)
        elif kind.startswith(("REASONING_", "THINKING_")):
            self._read_thinking(kind, message)
        elif kind.startswith(("RUN_", "STEP_")):
            self._read_run(kind, message)
        elif kind == "MESSAGES_SNAPSHOT":
            if not isinstance(message.get("messages"), list):
                self._drafts.count_loss("snapshots without messages")
            self._read_messages(objects_of(message, "messages"))
        elif kind.startswith("ACTIVITY_"):
            self._read_activity(message)
        elif kind == "CUSTOM":
            self._read_custom(text_of(message, "name"), message)
        else:
            self._drafts.count_loss(_LOST.get(kind, f"events of type {kind[:40]}"))
        return True

    def done_marker(self) -> None:
        """``[DONE]`` is not a part of this dialect, and no end."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The connection has ended: whole only if the last run did."""
        if self._searches and not self._drafts.citations:
            self._drafts.count_loss("citations of what was searched, which the stream has none of", self._searches)
        if self._ended:
            self._drafts.end.complete(self._outcome)
        self._own.close_steps(self._outcome if self._ended else self._own.outcome or "interrupted")

    def _read_run(self, kind: str, message: JsonObject) -> None:
        if kind == "RUN_STARTED":
            self._ended = False
            self._drafts.end.resume()
            self._said = []
            self._said_chars = 0
        elif kind == "RUN_FINISHED":
            self._end_run(message)
        elif kind == "RUN_ERROR":
            self._read_error(message)
        elif kind.startswith("STEP_"):
            self._read_step(kind, message)
        else:
            self._drafts.count_loss(f"events of type {kind[:40]}")

    def _read_error(self, message: JsonObject) -> None:
        self._own.read_end(_own_metadata(message))
        code = text_of(message, "code")[:80] or "agent_error"
        outcome = self._own.outcome
        self._drafts.end.fail(
            code, text_of(message, "message"), outcome=outcome if outcome not in (None, "completed") else "failed"
        )
        self._read_usage(message)

    def _read_step(self, kind: str, message: JsonObject) -> None:
        if self._own.read("status", _own_metadata(message)):
            return
        if kind == "STEP_STARTED":
            name = text_of(message, "stepName") or "step"
            is_slug = _SLUG.fullmatch(name) is not None
            slug = name if is_slug else re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "step"
            self._drafts.steps.start(f"step {name}", slug[:60], label=None if is_slug else name[:200])
        elif kind == "STEP_FINISHED":
            self._drafts.steps.end(f"step {text_of(message, 'stepName') or 'step'}")
        else:
            self._drafts.count_loss(f"events of type {kind[:40]}")

    def _read_activity(self, message: JsonObject) -> None:
        activity = text_of(message, "activityType")
        content = object_of(message, "content")
        if not (activity == "citation" and "citation_id" in content and self._own.read("citation", content)):
            self._drafts.count_loss(f"activity of type {activity[:40] or 'unknown'}")

    def _read_custom(self, name: str, message: JsonObject) -> None:
        value = object_of(message, "value")
        if is_interrupt(name):
            self._drafts.ask_person(asked_in(message.get("value", message.get("data"))))
            return
        owner, _, kind = name.partition(".")
        if owner == _OWN and (kind == "run" or self._own.read_end(value) or self._own.read(kind, value)):
            return
        self._drafts.count_loss("custom events")

    def _end_run(self, message: JsonObject) -> None:
        self._ended = True
        for call in self._calls:
            self._drafts.steps.end_call(call)
        result = message.get("result")
        if result is not None and not self._own.read_end(object_of(message, "result")):
            self._drafts.count_loss("the run's result value")
        outcome = object_of(message, "outcome")
        self._outcome = "cancelled" if text_of(outcome, "type") == "cancelled" else "completed"
        self._read_usage(message)
        for asked in asked_at_end(message):
            self._drafts.ask_person(asked)

    def _read_usage(self, message: JsonObject) -> None:
        if self._own.outcome is not None:
            # Playhead's end event has the usage in full.
            return
        for usage in objects_of(message, "usage"):
            so_far = self._drafts.end.usage
            for theirs, ours in _USAGE_NAMES.items():
                count, before = whole_number_of(usage, theirs), so_far.get(ours, 0)
                if count is not None:
                    self._drafts.end.add_usage({ours: count + (before if isinstance(before, int) else 0)})

    def _read_text(self, kind: str, message: JsonObject) -> None:
        if "messageId" in message:
            self._last_message = text_of(message, "messageId")
        role = text_of(message, "role")
        if role not in ("", "assistant") and len(self._not_answer) < MAX_STEPS:
            self._not_answer.add(self._last_message)
        elif role == "assistant":
            self._not_answer.discard(self._last_message)
        for name, value in object_of(message, "metadata").items():
            if name.startswith(_OWN_CITATION) and isinstance(value, Mapping):
                self._own.read("citation", value)
        whole = kind == "TEXT_MESSAGE_CONTENT"
        delta = said_text(message, "delta", _BESIDE_TEXT, self._drafts.count_loss, required=whole)
        if kind not in ("TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "TEXT_MESSAGE_CHUNK"):
            self._drafts.count_loss(f"events of type {kind[:40]}")
        elif delta and self._last_message in self._not_answer:
            self._drafts.count_loss("text of messages that are not the assistant's")
        else:
            self._say(delta)

    def _say(self, text: str) -> None:
        if self._drafts.length + len(text) <= MAX_TEXT_CHARS:
            self._said.append(text)
            self._said_chars += len(text)
        self._drafts.add_text(text)

    def _read_call(self, kind: str, message: JsonObject) -> None:
        key = text_of(message, "toolCallId") or self._last_call
        self._last_call = key
        if kind in ("TOOL_CALL_START", "TOOL_CALL_CHUNK"):
            self._start_call(key, text_of(message, "toolCallName"), _own_metadata(message))
        if self._own.knows_call(key):
            self._read_own_call(kind, key, message)
            return
        if kind in ("TOOL_CALL_ARGS", "TOOL_CALL_CHUNK"):
            if delta := text_of(message, "delta"):
                self._drafts.steps.add_arguments(key, delta)
        elif kind == "TOOL_CALL_END":
            self._drafts.steps.complete_arguments(key)
        elif kind == "TOOL_CALL_RESULT":
            self._end_call(key, message)
        elif kind != "TOOL_CALL_START":
            self._drafts.count_loss(f"events of type {kind[:40]}")

    def _read_own_call(self, kind: str, key: str, message: JsonObject) -> None:
        if kind in ("TOOL_CALL_ARGS", "TOOL_CALL_CHUNK"):
            self._own.add_arguments(key, text_of(message, "delta"))
        elif kind == "TOOL_CALL_END":
            self._own.complete_arguments(key)
        elif kind == "TOOL_CALL_RESULT":
            self._end_call(key, message)

    def _start_call(self, key: str, name: str, step: JsonObject) -> None:
        if key in self._calls or len(self._calls) >= MAX_STEPS:
            return
        self._calls.add(key)
        self._drafts.steps.end_thinking()
        if self._own.start_call(key, name or "tool", step):
            return
        if not name:
            self._drafts.count_loss("names and arguments of tool calls of which only the result was sent")
        self._searches += is_lookup(name)
        self._drafts.steps.start_call(key, name)

    def _end_call(self, key: str, message: JsonObject) -> None:
        """The result of a tool call, as an event or as a message of the thread."""
        content, step = message.get("content"), _own_metadata(message)
        self._start_call(key, "", step)
        result = parsed(content) if isinstance(content, str) else plain(content)
        if not self._own.knows_call(key):
            self._drafts.steps.end(key, result=result)
            return
        # Our encoder puts a step's last words where there is no result.
        self._own.end_call(key, step, None if content in ("", step.get("detail")) else result)

    def _read_thinking(self, kind: str, message: JsonObject) -> None:
        if kind.endswith("_START"):
            self._drafts.steps.begin_thinking()
        elif kind.endswith(("_CONTENT", "_CHUNK")):
            self._drafts.steps.add_thinking()
        elif kind in ("REASONING_END", "THINKING_END"):
            self._drafts.steps.end_thinking()
        elif not kind.endswith("_END"):
            self._drafts.count_loss("encrypted reasoning")

    def _read_messages(self, messages: list[JsonObject]) -> None:
        """All messages of the thread. Those after the last one of a person are the answer of this run: what of it
        was not said yet is said now. That is how a run is rejoined, and how agents send that do not stream."""
        last = max((at for at, item in enumerate(messages) if text_of(item, "role") == "user"), default=-1)
        answer = ""
        for item in messages[last + 1 :]:
            if text_of(item, "role") == "assistant":
                answer += said_text(item, "content", _BESIDE_CONTENT, self._drafts.count_loss)
                for call in objects_of(item, "toolCalls"):
                    self._read_whole_call(call)
            elif text_of(item, "role") == "tool":
                self._end_call(text_of(item, "toolCallId"), item)
            elif text_of(item, "role") == "activity":
                self._read_activity(item)
        if not answer:
            return
        if len(answer) >= self._said_chars and answer.startswith("".join(self._said)):
            self._say(answer[self._said_chars :])
        else:
            self._drafts.count_loss("a snapshot that contradicts the answer before it")

    def _read_whole_call(self, call: JsonObject) -> None:
        key, function = text_of(call, "id"), object_of(call, "function")
        if key in self._calls:
            return
        self._start_call(key, text_of(function, "name"), _own_metadata(call))
        arguments = parsed(text_of(function, "arguments")) if text_of(function, "arguments") else None
        if self._own.knows_call(key):
            self._own.complete_arguments(key, arguments)
        else:
            self._drafts.steps.complete_arguments(key, arguments)


def _own_metadata(message: JsonObject) -> JsonObject:
    return object_of(object_of(message, "metadata"), _OWN)
