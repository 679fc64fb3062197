"""The texts of an A2A task: what was said of each artifact or message, so that nothing is said twice.

A task repeats its artifacts as they are; an update adds to one, or replaces it. Text that replaces other text cannot
take it back, and is said after it, with a warning.
"""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import text_of
from backend.dialects.said_text import count_unread, said_objects, said_text

_MOST_TEXTS = 1_000

_BESIDE_PARTS = frozenset(
    {"parts", "artifactId", "name", "description", "kind", "role", "messageId", "taskId", "contextId", "metadata"}
    | {"extensions", "referenceTaskIds", "artifact_id", "append", "lastChunk"}
)
_BESIDE_TEXT = frozenset({"kind", "type", "metadata", "mediaType", "filename"})
"""Fields of an artifact or message, and of its parts, that are not text of the answer."""


class A2aTexts:
    """What one task has said."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._said: dict[str, list[str]] = {}
        self._last = ""
        self._work: list[str] = []
        """What the agent said while it worked."""

    def grow(self, key: str, holder: JsonObject) -> None:
        """More of a text."""
        self._write(key, self._read(holder))

    def say(self, key: str, holder: JsonObject) -> None:
        """The whole of a text, as it now is: what of it was not said yet is said."""
        text = self._read(holder)
        before = "".join(self._said.get(key, ()))
        if text.startswith(before):
            self._write(key, text[len(before) :])
        elif text and not before.startswith(text):
            self._drafts.warn("answer_restarted", "The agent replaced a part of its answer here.")
            self._said[key] = []
            self._write(key, text)

    def note_work(self, step: str, parts: list[JsonObject]) -> None:
        """What the agent says while it works."""
        text = self.text_of(parts)
        if text and len(self._work) < _MOST_TEXTS:
            self._work.append(text)
        self._drafts.steps.progress(step, detail=text[:2000] or None)

    def finish(self, *, is_whole: bool) -> None:
        """The task is over: without any other text, what was said at work is the answer."""
        if is_whole and not self._drafts.length:
            self._drafts.add_text("".join(self._work))
            self._work.clear()

    def text_of(self, parts: list[JsonObject]) -> str:
        """The text of these parts."""
        return "".join(text_of(part, "text") for part in parts)

    def _read(self, holder: JsonObject) -> str:
        count_unread(holder, _BESIDE_PARTS, self._drafts.count_loss)
        parts = said_objects(holder.get("parts", []), self._drafts.count_loss)
        return "".join(self._read_part(part) for part in parts)

    def _read_part(self, part: JsonObject) -> str:
        kind = text_of(part, "kind") or text_of(part, "type")
        if kind == "data" or (not kind and "data" in part):
            self._drafts.count_loss("data parts")
        elif kind == "file" or (not kind and ({"url", "raw", "file"} & set(part))):
            self._drafts.count_loss("files")
        else:
            return said_text(part, "text", _BESIDE_TEXT, self._drafts.count_loss)
        return ""

    def _write(self, key: str, text: str) -> None:
        if not text:
            return
        if key != self._last:
            self._drafts.begin_text()
        self._last = key
        if key in self._said or len(self._said) < _MOST_TEXTS:
            self._said.setdefault(key, []).append(text)
        self._drafts.add_text(text)
