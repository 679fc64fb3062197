"""Google's Interactions API: steps that start, grow and stop, up to ``interaction.completed``.

Types and fields are those of Google's API reference, and of the recorded streams where it is silent; the first form of
that API, which said ``content.…`` for ``step.…``, is read as well, and a whole ``interaction``. Ranges of citations are
UTF-8 bytes of the text of their step.
"""

from typing import Literal

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.said_text import said_text
from backend.dialects.text_offsets import TextOffsets

_USAGE_NAMES = {
    "total_input_tokens": "input_tokens",
    "total_output_tokens": "output_tokens",
    "total_tokens": "total_tokens",
    "total_thought_tokens": "reasoning_tokens",
    "total_cached_tokens": "cached_tokens",
}

_GROWS = ("step.", "content.")

_MAX_REMEMBERED = 10_000


class GeminiInteractions:
    """One interaction."""

    def __init__(self, drafts: AnswerDrafts, text: TextOffsets) -> None:
        """``text`` is the answer as it grows."""
        self._drafts = drafts
        self._text = text
        self._kinds: dict[str, str] = {}
        self._calls: dict[str, str] = {}
        """Calls by the index of their step."""
        self._starts: dict[str, int] = {}
        """Where the text of a step begins, in code points."""

    def is_one(self, message: JsonObject) -> bool:
        """Whether the message is of this API."""
        return bool(text_of(message, "event_type")) or text_of(message, "object") == "interaction"

    def read(self, message: JsonObject) -> bool:
        """Read one message, or a whole interaction."""
        kind = text_of(message, "event_type")
        if not kind:
            self._read_whole(message)
        elif kind.startswith(_GROWS):
            self._read_step(kind.partition(".")[2], str(message.get("index", 0)), message)
        elif kind == "error":
            self._read_error(object_of(message, "error"))
        elif kind.startswith("interaction."):
            interaction = object_of(message, "interaction")
            status = text_of(interaction, "status") or text_of(message, "status")
            if kind in ("interaction.complete", "interaction.completed"):
                status = status if status not in ("", "in_progress") else "completed"
            self._read_usage(object_of(interaction, "usage"))
            self._read_state(status, interaction)
        else:
            self._drafts.count_loss(f"messages of type {kind[:60]}")
            return False
        return True

    def _read_whole(self, interaction: JsonObject) -> None:
        steps = objects_of(interaction, "steps") or objects_of(interaction, "outputs")
        for number, step in enumerate(steps):
            index = str(number)
            self._start(index, step)
            for content in objects_of(step, "content") or objects_of(step, "summary"):
                self._add(index, content)
            self._add(index, step)
            self._stop(index)
        self._read_usage(object_of(interaction, "usage"))
        self._read_state(text_of(interaction, "status") or "completed", interaction)

    def _read_step(self, phase: str, index: str, message: JsonObject) -> None:
        if phase == "start":
            self._start(index, object_of(message, "step") or object_of(message, "content"))
        elif phase == "delta":
            self._add(index, object_of(message, "delta"))
        elif phase == "stop":
            self._stop(index)
        else:
            self._drafts.count_loss(f"messages of type step.{phase[:40]}")

    def _start(self, index: str, step: JsonObject) -> None:
        kind = text_of(step, "type")
        if len(self._kinds) < _MAX_REMEMBERED:
            self._kinds[index] = kind
            self._starts[index] = self._drafts.length
        self._drafts.begin_text(apart=False)
        if kind.startswith("thought"):
            self._drafts.steps.begin_thinking()
        elif kind.endswith("_call"):
            self._start_call(index, kind, step)

    def _add(self, index: str, delta: JsonObject) -> None:
        kind = text_of(delta, "type")
        is_thought = self._kinds.get(index, "").startswith("thought")
        if kind == "thought_summary" or (kind == "text" and is_thought):
            self._drafts.steps.add_thinking(text_of(delta, "text") or text_of(object_of(delta, "content"), "text"))
        elif kind == "text":
            self._say(said_text(delta, "text", ("type", "annotations"), self._drafts.count_loss))
            self._cite_all(index, delta)
        elif kind.endswith("_call"):
            self._start_call(index, kind, delta)
            self._read_arguments(self._calls.get(index, ""), delta)
        elif kind.endswith("_result"):
            self._read_result(delta)
        elif kind.startswith("text_annotation"):
            self._cite_all(index, delta)
        elif kind.startswith("arguments"):
            piece = text_of(delta, "arguments") or text_of(delta, "partial_arguments") or text_of(delta, "delta")
            self._drafts.steps.add_arguments(self._calls.get(index, ""), piece)
        elif kind not in ("thought_signature", "thought", "model_output"):
            self._drafts.count_loss(f"content of type {kind[:40] or 'unknown'}")

    def _stop(self, index: str) -> None:
        if self._kinds.get(index, "").startswith("thought"):
            self._drafts.steps.end_thinking()
        elif index in self._calls:
            self._drafts.steps.complete_arguments(self._calls[index])

    def _say(self, text: str) -> None:
        before = self._drafts.length
        self._drafts.add_text(text)
        if self._drafts.length > before:
            self._text.add(text)

    def _start_call(self, index: str, kind: str, call: JsonObject) -> None:
        if index in self._calls or len(self._calls) >= _MAX_REMEMBERED:
            return
        key = f"interaction {text_of(call, 'id') or index}"
        self._calls[index] = key
        name = text_of(call, "name") or kind
        self._drafts.steps.start_call(key, name, kind=kind)

    def _read_arguments(self, key: str, call: JsonObject) -> None:
        arguments = call.get("arguments")
        if isinstance(arguments, str):
            self._drafts.steps.add_arguments(key, arguments)
        elif arguments is not None:
            self._drafts.steps.complete_arguments(key, plain(arguments))

    def _read_result(self, result: JsonObject) -> None:
        call = text_of(result, "call_id")
        key = f"interaction {call}" if call else next(reversed(self._calls.values()), "")
        if not self._drafts.steps.is_open(key):
            self._drafts.count_loss("results of unknown tool calls")
            return
        if any("search_suggestions" in item for item in objects_of(result, "result")):
            self._drafts.count_loss("suggestions of the search")
        state: Literal["failed", "finished"] = "failed" if result.get("is_error") is True else "finished"
        self._drafts.steps.end(key, state, result=_found(result) or None)

    def _cite_all(self, index: str, holder: JsonObject) -> None:
        for annotation in objects_of(holder, "annotations"):
            url = text_of(annotation, "url") or text_of(annotation, "source")
            title = text_of(annotation, "title") or text_of(annotation, "file_name") or url
            if not title:
                self._drafts.count_loss("citations without a source")
                continue
            first, last = whole_number_of(annotation, "start_index") or 0, whole_number_of(annotation, "end_index")
            start = self._starts.get(index, 0)
            span = self._text.span_of_bytes(first, last, start) if last is not None else None
            self._drafts.add_citation(url or title, title=title, url=url, span=span)

    def _read_state(self, status: str, interaction: JsonObject) -> None:
        error = object_of(interaction, "error")
        if error or status == "failed":
            self._read_error(error)
        elif status in ("completed", "requires_action"):
            self._drafts.end_calls(self._calls.values())
            self._drafts.end.complete()
        elif status == "incomplete":
            self._drafts.warn("length_limit", "The answer ends where a limit of the provider was reached.")
            self._drafts.end.complete()
        elif status == "cancelled":
            self._drafts.end.complete("cancelled")
        elif status == "budget_exceeded":
            self._drafts.end.fail(status, "The provider's budget for this answer was used up.")

    def _read_usage(self, usage: JsonObject) -> None:
        self._drafts.end.add_usage({ours: plain(usage.get(theirs)) for theirs, ours in _USAGE_NAMES.items()})

    def _read_error(self, error: JsonObject) -> None:
        code = str(error.get("status") or error.get("code") or "provider_error")[:80].lower()
        retryable = code in ("unavailable", "resource_exhausted", "internal", "429", "500", "503", "internal_error")
        self._drafts.end.fail(code, text_of(error, "message"), retryable=retryable)


def _found(result: JsonObject) -> JsonValue:
    """The results of a tool, without its suggestions for further searches."""
    found = [
        {name: plain(value) for name, value in item.items() if name != "search_suggestions"}
        for item in objects_of(result, "result")
    ]
    if not found:
        return plain(result.get("result"))
    return [item for item in found if item]
