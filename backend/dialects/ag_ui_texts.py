"""The texts of AG-UI: messages that start, grow and end, and messages of a snapshot of the thread."""

from collections.abc import Mapping

from backend.dialects.answer_drafts import MAX_TEXT_CHARS, AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, text_of
from backend.dialects.native_events import OwnEvents
from backend.dialects.said_text import said_text
from backend.dialects.step_drafts import MAX_STEPS

_OWN_CITATION = "citation:"
"""What the keys of citations in the metadata of a text begin with."""

_BESIDE_TEXT = frozenset(
    {"type", "messageId", "role", "rawEvent", "metadata", "name", "parentMessageId", "runId", "threadId", "timestamp"}
)
"""Fields of a message of text that are not its text."""

_BESIDE_CONTENT = frozenset({"id", "role", "name", "toolCalls", "metadata", "encryptedValue", "rawEvent"})
"""Fields of a whole message that are not its text."""


class AgUiTexts:
    """The messages of one stream."""

    def __init__(self, drafts: AnswerDrafts, own: OwnEvents) -> None:
        self._drafts = drafts
        self._own = own
        self._not_answer: set[str] = set()
        """Ids of open messages that are not the assistant's."""
        self._last_message = ""
        self._speaker: str | None = None
        """The id of the message that spoke last."""
        self._said: list[str] = []
        """The text of the present run so far."""
        self._said_chars = 0

    def begin_run(self) -> None:
        """Another run of the thread begins."""
        self._said = []
        self._said_chars = 0

    def read(self, kind: str, message: JsonObject) -> None:
        """Read one event of a message."""
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
            self._say(self._last_message, delta)

    def _say(self, key: str, text: str) -> None:
        """A piece of the message of that id."""
        if text and key != self._speaker:
            self._speaker = key
            self._drafts.begin_text()
        if self._drafts.length + len(text) <= MAX_TEXT_CHARS:
            self._said.append(text)
            self._said_chars += len(text)
        self._drafts.add_text(text)

    def read_whole(self, messages: list[JsonObject]) -> None:
        """The messages of an answer, as far as it is known: what of them was not said yet is said."""
        texts = [
            (text_of(item, "id"), said_text(item, "content", _BESIDE_CONTENT, self._drafts.count_loss))
            for item in messages
        ]
        answer = "".join(text for _, text in texts)
        if not answer:
            return
        said = self._said_chars
        if answer.startswith("".join(self._said)):
            for key, text in texts:
                self._say(key, text[said:])
                said = max(0, said - len(text))
        else:
            self._drafts.count_loss("a snapshot that contradicts the answer before it")
