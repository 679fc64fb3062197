"""What an agent writes as the answer that is shown: without thinking, its texts as paragraphs.

An agent counts what it has written, so a range that it names is one of the written text. The answer is shorter where
something was taken out, and longer where paragraphs were parted: ``shown_span`` gives the range of the answer.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final, Literal

from backend.protocol.events import Span
from backend.protocol.paragraphs import TAIL, paragraph_break
from backend.protocol.thought_split import ThoughtSplit, WrittenPart

THINKING_SHOWN: Final = (
    "The text above is what the model thought: it did not mark where its thinking began, only where it ended."
)

PieceKind = Literal["text", "thought", "thought_ends", "unopened"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is next: a piece of the answer, or of thinking (empty where only its beginning is known). ``unopened``: the
    answer so far, or its last text, was thinking whose start was not marked."""

    kind: PieceKind
    text: str = ""


class WrittenAnswer:
    """One answer as it grows. ``opened``: each of its texts begins with thinking whose start is not marked."""

    def __init__(self, *, opened: bool = False) -> None:
        self._opened = opened
        self._split = ThoughtSplit(opened=opened)
        self._read = 0
        """Code points written of which is known whether they are text."""
        self._spaces: list[tuple[int, str]] = []
        """Spaces of which is not decided whether they are shown, with where they were written."""
        self._assumed: list[str] = []
        """Thinking by assumption."""
        self._map = _ShownStretches()
        self._tail = ""
        self._seam: Literal["", "block", "apart"] = ""
        self._text_began = 0
        """Where in the answer its last text begins."""
        self._is_thinking = False
        self._thinks_aloud = False
        """Whether a piece of the present thinking was handed out."""
        self._has_thought = False
        self.begins_in_thought: bool | None = None
        """Whether its texts begin with thinking whose start is not marked; None while nothing shows it."""

    @property
    def shown(self) -> int:
        """Code points of the answer so far."""
        return self._map.shown

    @property
    def settled(self) -> int:
        """Code points written of which is decided whether and where they are shown."""
        return self._spaces[0][0] if self._spaces else self._read - sum(map(len, self._assumed))

    def add(self, text: str) -> list[Piece]:
        """The agent writes this."""
        return self._pieces(self._split.add(text))

    def put(self, text: str) -> None:
        """The agent shows this text as it is. It follows a text that has been settled."""
        pieces: list[Piece] = []
        self._show(self._read, text, pieces)
        self._read += len(text)

    def begin_text(self, *, apart: bool) -> list[Piece]:
        """What follows is another text of the answer: the pieces that were withheld. ``apart`` is as in
        ``paragraph_break``."""
        pieces = self._end(opened=self._opened) if apart else self._pieces(self._split.settle())
        if not self._split.in_fence:
            # A block of code has no paragraphs.
            self._seam = "apart" if apart else self._seam or "block"
        return pieces

    def assume_marked(self) -> list[Piece]:
        """The stream marks thinking in another way, so its texts do not begin with it: the pieces that were
        withheld."""
        self._opened = False
        return self._end(opened=False) if self._split.is_opened else []

    def close(self) -> list[Piece]:
        """The answer is whole: the pieces that were withheld."""
        pieces = self._end(opened=False)
        if not self._has_thought and not self.shown:
            self._show_spaces(pieces)
        self._spaces.clear()
        return pieces

    def shown_start(self, written: int) -> int:
        """Where in the answer the text is that was written from there, or what is shown next of it."""
        return self._map.start_at(written, self._read)

    def shown_span(self, span: Span) -> Span | None:
        """The range of the answer that is that range of the written text; None if nothing of it is shown. Text that
        has not come is thought to follow without a change."""
        start, end = self._map.start_at(span.start, self._read), self._map.end_at(span.end, self._read)
        return Span(start=start, end=end) if start < end else None

    def _end(self, *, opened: bool) -> list[Piece]:
        pieces = self._pieces(self._split.end(opened=opened))
        if self._assumed:
            text = "".join(self._assumed)
            self._assumed.clear()
            if text.strip():
                self.begins_in_thought = False
            self._text(self._read - len(text), text, pieces)
        self._end_thought(pieces)
        return pieces

    def _pieces(self, parts: list[WrittenPart]) -> list[Piece]:
        pieces: list[Piece] = []
        for part in parts:
            at, self._read = self._read, self._read + len(part.text)
            if part.kind == "text":
                self._text(at, part.text, pieces)
            elif part.kind == "thought":
                self._think(part.text, pieces)
            elif part.kind == "assumed":
                self._assumed.append(part.text)
                if not self._is_thinking and part.text.strip():
                    self._is_thinking = True
                    pieces.append(Piece("thought"))
            else:
                self._sign(part.kind == "unopened", pieces)
        return pieces

    def _think(self, text: str, pieces: list[Piece]) -> None:
        text = text if self._thinks_aloud else text.lstrip()
        if text:
            self._is_thinking = self._thinks_aloud = True
            pieces.append(Piece("thought", text))

    def _sign(self, unopened: bool, pieces: list[Piece]) -> None:
        if text := "".join(self._assumed):
            self._assumed.clear()
            self._think(text, pieces)
            self.begins_in_thought = self.begins_in_thought or bool(text.strip())
        self._end_thought(pieces)
        self._has_thought = True
        if not self.shown:
            self._spaces.clear()
        elif unopened and self.shown > self._text_began and not self._seam:
            self.begins_in_thought = True
            self._seam = "apart"
            pieces.append(Piece("unopened"))
        else:
            self._seam = self._seam or "block"

    def _end_thought(self, pieces: list[Piece]) -> None:
        if self._is_thinking:
            self._is_thinking = self._thinks_aloud = False
            pieces.append(Piece("thought_ends"))

    def _text(self, at: int, text: str, pieces: list[Piece]) -> None:
        if self.shown and not self._seam:
            self._show(at, text, pieces)
            return
        said = text.lstrip()
        if spaces := text[: len(text) - len(said)]:
            self._spaces.append((at, spaces))
        if not said:
            return
        if self.shown:
            self._part(said, pieces)
        if self.shown or not self._has_thought:
            self._show_spaces(pieces)
        self._spaces.clear()
        self._seam = ""
        self._show(at + len(spaces), said, pieces)

    def _part(self, said: str, pieces: list[Piece]) -> None:
        """WrittenPart the text that begins from the one before it."""
        self._text_began = self.shown
        spaces = "".join(text for _, text in self._spaces)
        missing = paragraph_break(self._tail, spaces + said[0], apart=self._seam == "apart")
        self._map.insert(len(missing))
        self._put(missing, pieces)

    def _show_spaces(self, pieces: list[Piece]) -> None:
        for at, spaces in self._spaces:
            self._show(at, spaces, pieces)

    def _show(self, at: int, text: str, pieces: list[Piece]) -> None:
        self._map.show(at, len(text))
        self._put(text, pieces)

    def _put(self, text: str, pieces: list[Piece]) -> None:
        self._tail = (self._tail + text)[-TAIL:]
        if pieces and pieces[-1].kind == "text":
            pieces[-1] = Piece("text", pieces[-1].text + text)
        elif text:
            pieces.append(Piece("text", text))


class _ShownStretches:
    """Which stretches of the written text are shown, and where in the answer."""

    def __init__(self) -> None:
        self.shown = 0
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._shown_starts: list[int] = []

    def insert(self, length: int) -> None:
        """The answer has characters that nobody wrote."""
        self.shown += length

    def show(self, at: int, length: int) -> None:
        """That many characters, written from ``at``, are shown next."""
        is_next = bool(self._ends) and self._ends[-1] == at
        if is_next and self._shown_starts[-1] + self._ends[-1] - self._starts[-1] == self.shown:
            self._ends[-1] += length
        else:
            self._starts.append(at)
            self._ends.append(at + length)
            self._shown_starts.append(self.shown)
        self.shown += length

    def start_at(self, written: int, known: int) -> int:
        """Where in the answer the character written there is, or the next one that is shown."""
        if written >= known:
            return self.shown + written - known
        at = bisect_right(self._starts, written) - 1
        if at >= 0 and written < self._ends[at]:
            return self._shown_starts[at] + written - self._starts[at]
        return self._shown_starts[at + 1] if at + 1 < len(self._starts) else self.shown

    def end_at(self, written: int, known: int) -> int:
        """Where in the answer the last character ends that was written before there and is shown."""
        if written > known:
            return self.shown + written - known
        at = bisect_right(self._starts, written - 1) - 1
        if at < 0:
            return 0
        return self._shown_starts[at] + min(written, self._ends[at]) - self._starts[at]
