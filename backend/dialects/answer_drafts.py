"""What a dialect writes to: the drafts of one answer, with the book-keeping that every dialect needs.

Steps and citations go by keys of the dialect's own (a tool call's id, a source's address). The same key again is an
update, never a duplicate. Memory is bounded: what goes beyond a bound is counted as lost.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from backend.dialects.answer_end import AnswerEnd
from backend.dialects.asked_person import AskedPerson
from backend.dialects.cited_sources import CitedSources
from backend.dialects.dialect import Loss, StreamEnd
from backend.dialects.step_drafts import StepDrafts
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Draft,
    Span,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.written_answer import THINKING_SHOWN, Piece, WrittenAnswer

MAX_TEXT_CHARS = 8_000_000
"""Code points an answer may have."""

WARNINGS_PER_CODE = 5
"""After so many of one code the rest is counted, and reported in one warning at the end."""

MAX_ASKED = 50
"""Requests of one answer that can be open at a time."""

_MAX_KINDS_OF_LOSSES = 200

_MOST_NAMED = 6
"""Tools that a warning names."""

_FURTHER_LOSSES = "content of further kinds"


class AnswerDrafts:
    """Collects the drafts of one foreign answer in their order; ``take`` hands them out."""

    def __init__(self, *, show_reasoning: bool = False, opened: bool = False) -> None:
        """``show_reasoning``: what the model thinks is handed out in its step, for readers to unfold. ``opened``: the
        texts of this agent begin with thinking whose start is not marked."""
        self._drafts: list[Draft] = []
        self._pieces: list[str] = []
        self._written = WrittenAnswer(opened=opened)
        self.length = 0
        """Code points that the agent has written as its answer so far. Ranges count them; what of them is shown is
        decided here alone (``backend.protocol.written_answer``)."""
        self.steps = StepDrafts(
            self._drafts.append,
            self.count_loss,
            self._part_texts,
            lambda: self.length,
            show_reasoning=show_reasoning,
        )
        """Steps, tool calls and thinking."""
        self.end = AnswerEnd()
        """Outcome, error and usage."""
        self._sources = CitedSources(self._drafts.append, self.count_loss, self._written.shown_span)
        self._asked: dict[str, AskedPerson] = {}
        self._native_tools: set[str] = set()
        self._warned: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

    # What the decoder reads.

    def take(self) -> list[Draft]:
        """The drafts since the last call."""
        drafts = self._drafts.copy()
        self._drafts.clear()
        return drafts

    @property
    def waiting(self) -> int:
        """How many drafts ``take`` would hand out."""
        return len(self._drafts)

    @property
    def text(self) -> str:
        """What the agent has written as its answer so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What was carried and dropped, the most frequent first."""
        return tuple(Loss(what, count) for what, count in self._lost.most_common())

    @property
    def tool_calls(self) -> int:
        """Tool calls so far."""
        return len(self._native_tools) + self.steps.tool_calls

    @property
    def citations(self) -> int:
        """Citations so far: a source once for every place that the stream says it is cited at, or once."""
        return self._sources.count

    @property
    def begins_in_thought(self) -> bool | None:
        """Whether texts begin with thinking whose start is not marked; None while nothing shows it."""
        return self._written.begins_in_thought

    @property
    def asked(self) -> Sequence[AskedPerson]:
        """What a person is asked and can answer, while the agent waits for it."""
        return tuple(self._asked.values())

    def close(self) -> StreamEnd:
        """Nothing more comes: open steps are closed, delayed drafts are sent."""
        self._send(self._written.close())
        self._sources.close(self.length)
        for asked in self._asked.values():
            self.steps.end(asked.call, "cancelled", detail="Nobody decided on this call.")
            self._tell_asked(" ".join(asked.prompt.split())[:500])
        self.steps.close("finished" if self.end.outcome == "completed" else "failed")
        for code, count in self._warned.items():
            more = count - WARNINGS_PER_CODE
            if more > 0:
                self._drafts.append(WarningEvent(code=code, message=f"{more:,} more of this kind."))
        return self.end.stream_end()

    # What a dialect writes.

    def add_text(self, text: str) -> None:
        """The next piece of the answer, as the agent writes it. Thinking ends by what of it is shown."""
        if not text:
            return
        if self._take_text(text):
            self._send(self._written.add(text))

    def begin_text(self, *, apart: bool = True) -> None:
        """Another text of the answer begins: another message, or with ``apart`` false another block of the same one,
        directly after the one before. Nothing happens before the first text. A tool call and thinking part texts by
        themselves."""
        self._send(self._written.begin_text(apart=apart))

    def add_citation(self, key: str, *, span: Span | None = None, mention: str = "", **fields: object) -> int:
        """A source, by its key; gives its number. Known keys are updated with the fields that are new and the further
        span, and nothing is written if nothing changed.

        ``fields``: ``title``, ``source``, ``url``, ``quote``, ``document_id``, ``locator`` as in ``CitationEvent``.
        ``span`` is the supported range of the answer in code points; it may come before its text. ``mention``
        distinguishes the places that cite a source where the stream gives no range.
        """
        return self._sources.add(key, span, mention, fields, self._written.settled)

    def citation_id(self, key: str) -> str | None:
        """The id a source was given."""
        return self._sources.id_of(key)

    def add_native(self, draft: TokenEvent | StatusEvent | CitationEvent | ArtifactEvent | WarningEvent) -> None:
        """A draft that a stream carried as an event of Playhead's, as it is: with its ids and numbers. Its steps are
        the dialect's own to close."""
        if isinstance(draft, CitationEvent):
            self._sources.add_native(draft)
            return
        if isinstance(draft, TokenEvent):
            if not self._take_text(draft.text):
                return
            self._written.put(draft.text)
        if isinstance(draft, StatusEvent):
            if draft.tool is not None and draft.step_id is not None:
                self._native_tools.add(draft.step_id)
            draft = self.steps.shown(draft)
        self._drafts.append(draft)

    def warn(self, code: str, message: str, *, citation_id: str | None = None) -> None:
        """A reason to trust less. Of each code only the first few are written, the rest is summed up at the end."""
        self._warned[code] += 1
        if self._warned[code] <= WARNINGS_PER_CODE:
            self._drafts.append(WarningEvent(code=code, message=message, citation_id=citation_id))

    def ask_person(self, asked: str | AskedPerson) -> None:
        """The agent stopped to ask a person: the answer ends as interrupted, and a warning says what for, unless it is
        a request that is answered while the agent is heard."""
        prompt = asked.prompt if isinstance(asked, AskedPerson) else asked
        said = " ".join(prompt.split())[:500] or "It does not say what for."
        self.end.wait_for_person(said)
        if isinstance(asked, AskedPerson) and len(self._asked) < MAX_ASKED:
            self._asked[asked.key] = asked
        else:
            self._tell_asked(said)

    def answered(self, key: str) -> None:
        """The stream shows that the request of that id, or about that tool call, is answered."""
        for asked in [each for each in self._asked.values() if key in (each.key, each.call)]:
            del self._asked[asked.key]
            if not self._asked:
                self.end.resume()

    def continue_after(self) -> None:
        """The agent continues: nobody is asked any more."""
        self._asked.clear()
        self.end.resume()

    def end_calls(self, keys: Iterable[str]) -> None:
        """The answer is whole, and the stream has no results of these tool calls. A warning names those that nobody
        ran."""
        names = [name for key in keys if (name := self.steps.end_call(key))]
        if names:
            said = ", ".join(name[:100] for name in names[:_MOST_NAMED])
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            self.warn("call_not_run", f"The agent left these calls to its caller, and nobody ran them: {said}{more}.")

    def count_loss(self, what: str, count: int = 1) -> None:
        """The stream carried this, and Playhead has no event for it. ``what`` is a plain word, the same for the same
        thing."""
        if what in self._lost or len(self._lost) < _MAX_KINDS_OF_LOSSES:
            self._lost[what] += count
        else:
            self._lost[_FURTHER_LOSSES] += count

    def _tell_asked(self, said: str) -> None:
        self.warn("input_requested", f"The agent stopped to ask a person: {said}")
        self.count_loss("requests for a person's input")

    def _part_texts(self, *, marked: bool) -> None:
        """Something comes between two texts: thinking that the stream marks (``marked``), or a tool call."""
        self._send(self._written.assume_marked() if marked else [])
        self._send(self._written.begin_text(apart=True))

    def _send(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            if piece.kind == "text":
                self.steps.end_thinking()
                self._drafts.append(TokenEvent(text=piece.text))
            elif piece.kind == "thought":
                self.steps.think(piece.text)
            elif piece.kind == "thought_ends":
                self.steps.end_thinking()
            else:
                self.warn("thinking_shown", THINKING_SHOWN)

    def _take_text(self, text: str) -> bool:
        """Make the text a part of the answer. False if that would be too long."""
        if self.length + len(text) > MAX_TEXT_CHARS:
            self.count_loss("text beyond the longest answer")
            return False
        self.length += len(text)
        self._pieces.append(text)
        return True
