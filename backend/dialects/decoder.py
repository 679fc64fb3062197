"""From the bytes of a foreign stream to Playhead drafts, for any dialect. No content of a stream makes it raise."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import JsonValue

from backend.dialects.addresses import without_key
from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.asked_person import AskedPerson, AskingDialect, Continuation, PersonReply
from backend.dialects.dialect import Dialect, JsonObject, ListDialect, Loss, StreamEnd
from backend.dialects.framing import Framing
from backend.dialects.json_text import JsonTexts
from backend.dialects.stray_errors import told_error
from backend.protocol.events import Draft
from backend.protocol.sse import MAX_MESSAGE_BYTES, Message, MessageTooLargeError

DONE_MARKER = "[DONE]"
_FIELD = "data:"
_KEEP_ALIVE = frozenset({"ping", "heartbeat", "keepalive", "keep-alive", "keep_alive"})
"""What servers call a message that only keeps the connection open."""
_BESIDE_NOTHING = frozenset({"type", "event", "timestamp", "time", "ts", "id", "seq", "sequence_number", "created_at"})
"""Fields of such a message."""
_LONGEST_MOMENT = 64
"""Characters of the longest text that such a message has: a moment."""


class DialectDecoder:
    """Reads one stream: ``feed`` its bytes as they come, ``close`` at its end, then ask for ``end``."""

    def __init__(
        self,
        drafts: AnswerDrafts,
        dialect: Dialect,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
        *,
        key: str | None = None,
    ) -> None:
        """``dialect`` writes to ``drafts``. ``max_message_bytes``: the most that one message may contain. ``key``: the
        key that was sent to the server; the stream's error does not repeat it."""
        self._key = key
        self._drafts = drafts
        self._dialect = dialect
        self._max_message_bytes = max_message_bytes
        self._framing = Framing(max_message_bytes)
        self._texts = JsonTexts()
        self._end: StreamEnd | None = None
        self.messages = 0
        """Messages that the stream held, whatever they were."""
        self.recognised = 0
        """Number of messages that the dialect recognized. If it is 0, the stream is not of this dialect."""

    def feed(self, data: bytes, at_ms: float | None = None) -> list[Draft]:
        """The drafts that these bytes bring. Nothing comes after an end that was too much to read.

        ``at_ms``: when they came, in milliseconds of the run. With it, messages of which nothing is shown leave their
        times in ``StatusEvent.activity_ms``.
        """
        if self._end is not None:
            return []
        try:
            messages = self._framing.feed(data)
        except MessageTooLargeError as error:
            self._drafts.end.fail("message_too_large", str(error))
            return self.close()
        return self._read_all(messages, at_ms)

    def close(self) -> list[Draft]:
        """The connection has ended; gives the last drafts, with every open step closed. A second call gives none."""
        if self._end is not None:
            return []
        drafts = []
        try:
            drafts = self._read_all(self._framing.close())
        except MessageTooLargeError as error:
            self._drafts.end.fail("message_too_large", str(error))
        try:
            self._dialect.finish()
        except Exception as error:  # noqa: BLE001 - a strange stream must not end its reader
            self._unreadable(error)
        end = self._drafts.close()
        if end.error is not None:
            told = without_key(end.error.message, self._key)
            end = replace(end, error=end.error.model_copy(update={"message": told}))
        self._end = end
        return [*drafts, *self._drafts.take()]

    @property
    def asked(self) -> Sequence[AskedPerson]:
        """What a person is asked in this stream and can answer: another stream may follow the answers."""
        return self._drafts.asked if isinstance(self._dialect, AskingDialect) and self._end is None else ()

    def end_stream(self) -> list[Draft]:
        """The connection has ended, and perhaps the answer has not. Gives the drafts so far."""
        framing, self._framing = self._framing, Framing(self._max_message_bytes)
        try:
            return self._read_all(framing.close())
        except MessageTooLargeError as error:
            self._drafts.end.fail("message_too_large", str(error))
            return self._drafts.take()

    def continue_with(self, replies: Mapping[str, PersonReply]) -> Continuation:
        """The answers to everything that is ``asked``, by its keys. What is fed next is the stream that follows them;
        the request for it contains what is returned."""
        continuation = Continuation()
        if isinstance(self._dialect, AskingDialect):
            for asked in self._drafts.asked:
                reply = replies[asked.key]
                self._drafts.steps.decide(asked.call, accepted=reply.accepted, arguments=reply.arguments)
            continuation = self._dialect.answer(replies)
        self._drafts.continue_after()
        return continuation

    @property
    def end(self) -> StreamEnd:
        """How the stream ended. Closes it if that was not done."""
        self.close()
        return self._end if self._end is not None else self._drafts.close()

    @property
    def told_end(self) -> bool:
        """Whether the stream has said how it ends. Little, such as a count of tokens, can come after that."""
        return self._end is not None or self._drafts.end.is_known

    @property
    def usage(self) -> Mapping[str, JsonValue]:
        """What was said of usage so far."""
        return self._drafts.end.usage

    @property
    def losses(self) -> tuple[Loss, ...]:
        """The loss report: what the stream carried that our events do not."""
        return self._drafts.losses

    @property
    def begins_in_thought(self) -> bool | None:
        """Whether its texts begin with thinking whose start is not marked, which only the end of the thinking shows; a
        decoder that is opened for that reads them right. None while nothing shows it."""
        return self._drafts.begins_in_thought

    @property
    def tools(self) -> int:
        """Tool calls so far."""
        return self._drafts.tool_calls

    @property
    def citations(self) -> int:
        """Citations so far: a source once for every place that the stream says it is cited at, or once."""
        return self._drafts.citations

    def _read_all(self, messages: list[Message], at_ms: float | None = None) -> list[Draft]:
        self.messages += len(messages)
        for message in messages:
            before = self._drafts.waiting
            self._read(message)
            if at_ms is not None and self._drafts.waiting == before and not self.told_end:
                self._drafts.steps.note_hidden(at_ms)
        return self._drafts.take()

    def _read(self, message: Message) -> None:
        try:
            data = _bare(message.data)
            if data == DONE_MARKER:
                self._dialect.done_marker()
                return
            if not data and message.event == "message" and not isinstance(self._dialect, ListDialect):
                # A keep-alive of some servers.
                return
            known = self.recognised
            self._read_value(self._value_of(data, message.event), message.event)
            if message.event == "error" and self.recognised == known:
                self._drafts.end.fail("stream_error", told_error(message.data))
        except Exception as error:  # noqa: BLE001 - nothing in an adapter may end a run by a strange input
            self._unreadable(error)
            if message.event == "error":
                self._drafts.end.fail("stream_error", told_error(message.data))

    def _value_of(self, data: str, event: str) -> JsonValue:
        """The JSON of a message; the text of one that keeps the connection open, which need not be JSON."""
        try:
            return self._texts.read(data or "null")
        except ValueError:
            if event not in _KEEP_ALIVE:
                raise
            return data

    def _read_value(self, value: JsonValue, event: str) -> None:
        if isinstance(value, list) and not isinstance(self._dialect, ListDialect) and _are_objects(value):
            # Some servers put into a list what is one message elsewhere, or several.
            for item in value:
                self._read_value(item, event)
        elif isinstance(value, dict):
            self._read_object(value, event)
        else:
            self._read_other(value, event)

    def _read_object(self, value: JsonObject, event: str) -> None:
        if self._dialect.read(value, event):
            self.recognised += 1
        elif not _keeps_alive(value, event):
            self._drafts.count_loss("messages that are not of this dialect")

    def _read_other(self, value: JsonValue, event: str) -> None:
        if isinstance(self._dialect, ListDialect) and self._dialect.read_other(value, event):
            self.recognised += 1
        elif _keeps_alive(value, event):
            return
        elif isinstance(self._dialect, ListDialect):
            self._drafts.count_loss("messages that are not of this dialect")
        else:
            self._drafts.warn("unreadable_message", "A message of the stream is not a JSON object and is left out.")
            self._drafts.count_loss("unreadable messages")

    def _unreadable(self, error: Exception) -> None:
        self._drafts.warn(
            "unreadable_message",
            f"A message of the stream could not be read ({type(error).__name__}), and is left out.",
        )
        self._drafts.count_loss("unreadable messages")


def _bare(data: str) -> str:
    """The data without the field's name: proxies that frame a stream again write it twice."""
    bare = data.strip()
    return bare.removeprefix(_FIELD).lstrip() if bare.startswith(_FIELD) else bare


def _are_objects(values: list[JsonValue]) -> bool:
    return bool(values) and all(isinstance(value, dict) for value in values)


def _keeps_alive(value: JsonValue | JsonObject, event: str) -> bool:
    """Whether a message that is not of the dialect only keeps the connection open, and contains nothing else."""
    if isinstance(value, Mapping):
        return (event in _KEEP_ALIVE or any(value.get(name) in tuple(_KEEP_ALIVE) for name in ("type", "event"))) and (
            set(value) <= _BESIDE_NOTHING
        )
    if event not in _KEEP_ALIVE:
        return False
    return value is None or (isinstance(value, str | int | float) and len(str(value)) <= _LONGEST_MOMENT)
