"""AG-UI 1.0: events with upper-case types, closed by ``RUN_FINISHED`` or ``RUN_ERROR``.

Types and fields are those of the protocol's published event reference; the THINKING types of versions before 1.0 are
read like REASONING. A run may contain several assistant messages: they are one answer, in order. A stream may contain
several runs: it is complete if the last of them ended. AG-UI has no citation; additions of Playhead's encoder are read
back (``backend.dialects.native_events``).
"""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.ag_ui_calls import OWN, AgUiCalls, own_metadata
from backend.dialects.ag_ui_interrupts import asked_by, resume_entry
from backend.dialects.ag_ui_texts import AgUiTexts
from backend.dialects.ag_ui_thread import AgUiThread
from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.asked_person import Continuation, PersonReply
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.native_events import OwnEvents
from backend.dialects.person_requests import asked_at_end, asked_in, is_interrupt
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
        self._continues = False
        """Whether the next run of the thread continues this one, after answers."""
        self._calls = AgUiCalls(drafts, self._own)
        self._texts = AgUiTexts(drafts, self._own)
        self._thread = AgUiThread()

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one event; its type stands in ``type``."""
        kind = text_of(message, "type")
        if not _TYPE.fullmatch(kind) or not kind.startswith(_FAMILIES):
            return False
        if message.get("rawEvent") is not None:
            self._drafts.count_loss("raw events of the provider")
        self._thread.take(kind, message)
        if kind.startswith("TEXT_MESSAGE_"):
            self._texts.read(kind, message)
        elif kind.startswith("TOOL_CALL_"):
            self._calls.read(kind, message)
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
        searches = self._calls.searches
        if searches and not self._drafts.citations:
            self._drafts.count_loss("citations of what was searched, which the stream has none of", searches)
        if self._ended:
            self._drafts.end.complete(self._outcome)
            self._calls.end_all({asked.call for asked in self._drafts.asked})
        self._own.close_steps(self._outcome if self._ended else self._own.outcome or "interrupted")

    def _read_run(self, kind: str, message: JsonObject) -> None:
        if kind == "RUN_STARTED":
            self._ended = False
            if not self._continues and not self._drafts.asked:
                self._texts.begin_run()
            self._continues = False
            self._drafts.continue_after()
        elif kind == "RUN_FINISHED":
            self._end_run(message)
        elif kind == "RUN_ERROR":
            self._read_error(message)
        elif kind.startswith("STEP_"):
            self._read_step(kind, message)
        else:
            self._drafts.count_loss(f"events of type {kind[:40]}")

    def _read_error(self, message: JsonObject) -> None:
        self._own.read_end(own_metadata(message))
        code = text_of(message, "code")[:80] or "agent_error"
        outcome = self._own.outcome
        self._drafts.end.fail(
            code, text_of(message, "message"), outcome=outcome if outcome not in (None, "completed") else "failed"
        )
        self._read_usage(message)

    def _read_step(self, kind: str, message: JsonObject) -> None:
        if self._own.read("status", own_metadata(message)):
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
        if owner == OWN and (kind == "run" or self._own.read_end(value) or self._own.read(kind, value)):
            return
        self._drafts.count_loss("custom events")

    def answer(self, replies: Mapping[str, PersonReply]) -> Continuation:
        """The ``resume`` of the next request, with the messages and the state that a client would have by now."""
        self._continues = True
        resume: list[JsonValue] = [plain(resume_entry(asked, replies[asked.key])) for asked in self._drafts.asked]
        fields: dict[str, JsonValue] = {"resume": resume, "state": self._thread.state}
        return Continuation(added={"messages": self._thread.messages()}, fields=fields)

    def _end_run(self, message: JsonObject) -> None:
        self._ended = True
        result = message.get("result")
        if result is not None and not self._own.read_end(object_of(message, "result")):
            self._drafts.count_loss("the run's result value")
        outcome = object_of(message, "outcome")
        self._outcome = "cancelled" if text_of(outcome, "type") == "cancelled" else "completed"
        self._read_usage(message)
        interrupts = objects_of(outcome, "interrupts")
        asked = [asked_by(interrupt, self._calls.proposed) for interrupt in interrupts]
        if interrupts and all(asked):
            for each in asked:
                self._drafts.ask_person(each or "")
            return
        self._calls.end_all()
        for each_asked in asked_at_end(message):
            self._drafts.ask_person(each_asked)

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

    def _read_thinking(self, kind: str, message: JsonObject) -> None:
        if kind.endswith("_START"):
            self._drafts.steps.begin_thinking()
        elif kind.endswith(("_CONTENT", "_CHUNK")):
            self._drafts.steps.add_thinking(text_of(message, "delta"))
        elif kind in ("REASONING_END", "THINKING_END"):
            self._drafts.steps.end_thinking()
        elif not kind.endswith("_END"):
            self._drafts.count_loss("encrypted reasoning")

    def _read_messages(self, messages: list[JsonObject]) -> None:
        """All messages of the thread. Those after the last one of a person are the answer of this run: what of it
        was not said yet is said now. That is how a run is rejoined, and how agents send that do not stream."""
        last = max((at for at, item in enumerate(messages) if text_of(item, "role") == "user"), default=-1)
        answers = []
        for item in messages[last + 1 :]:
            if text_of(item, "role") == "assistant":
                answers.append(item)
                for call in objects_of(item, "toolCalls"):
                    self._calls.read_whole(call)
            elif text_of(item, "role") == "tool":
                self._calls.end(text_of(item, "toolCallId"), item)
            elif text_of(item, "role") == "activity":
                self._read_activity(item)
        self._texts.read_whole(answers)
