"""An answer in the making: text and citations in the order of the answer, then as drafts for the wire."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.agents.documents.answering.quotes import Quote
from backend.protocol.events import CitationEvent, Span, TokenEvent, WarningEvent

_WORD = re.compile(r"\S*\s*")


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning, and the quote it is about where there is one."""

    code: str
    message: str
    quote: Quote | None = None


Piece = str | Quote | Warned


@dataclass(slots=True)
class Composition:
    """Pieces of the answer: text, a quote where its marker goes, and warnings where they are raised."""

    pieces: list[Piece] = field(default_factory=list)

    def say(self, text: str) -> "Composition":
        """Add text."""
        self.pieces.append(text)
        return self

    def cite(self, *quotes: Quote | None) -> "Composition":
        """Add the markers of these quotes, each after a blank; None adds nothing."""
        self.pieces += [quote for quote in quotes if quote is not None]
        return self

    def warn(self, code: str, message: str, quote: Quote | None = None) -> "Composition":
        """Add a warning."""
        self.pieces.append(Warned(code, message, quote))
        return self

    def add(self, other: "Composition") -> "Composition":
        """Add all that another one has."""
        self.pieces += other.pieces
        return self

    @property
    def quotes(self) -> list[Quote]:
        """The quotes cited so far, in order, each once."""
        return list({piece.key: piece for piece in self.pieces if isinstance(piece, Quote)}.values())

    @property
    def warnings(self) -> frozenset[str]:
        """The codes of the warnings raised so far."""
        return frozenset(piece.code for piece in self.pieces if isinstance(piece, Warned))

    @property
    def text(self) -> str:
        """The answer's text without markers."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))


def drafts(composition: Composition) -> Iterator[TokenEvent | CitationEvent | WarningEvent]:
    """The answer as events: tokens of a word each, and each citation once, before the token of its first marker."""
    numbers: dict[tuple[str, int, int], int] = {}
    for quote in composition.quotes:
        numbers[quote.key] = len(numbers) + 1
    spans = _spans(composition, numbers)
    sent: set[int] = set()
    for piece in composition.pieces:
        if isinstance(piece, Warned):
            number = numbers.get(piece.quote.key) if piece.quote else None
            yield WarningEvent(code=piece.code, message=piece.message, citation_id=f"c{number}" if number else None)
        elif isinstance(piece, Quote):
            number = numbers[piece.key]
            if number not in sent:
                sent.add(number)
                yield piece.citation(number).model_copy(update={"spans": tuple(spans[number])})
            yield TokenEvent(text=_marker(number))
        else:
            yield from (TokenEvent(text=word) for word in _WORD.findall(piece) if word)


def _marker(number: int) -> str:
    return f" [{number}]"


def _spans(composition: Composition, numbers: dict[tuple[str, int, int], int]) -> dict[int, list[Span]]:
    """The ranges of the answer that each citation supports: from the last marker or sentence end up to its marker."""
    spans: dict[int, list[Span]] = {}
    answer, start, last = "", 0, Span(start=0, end=0)
    for piece in composition.pieces:
        if isinstance(piece, str):
            answer += piece
        elif isinstance(piece, Quote):
            begun = max(start, answer.rfind("\n", start) + 1)
            if not answer.endswith("”"):
                begun = max(begun, answer.rfind(". ", begun) + 1)
            while begun < len(answer) and not (answer[begun].isalnum() or answer[begun] == "“"):
                begun += 1
            # A marker right after another supports the same statement.
            last = Span(start=begun, end=len(answer)) if begun < len(answer) else last
            spans.setdefault(numbers[piece.key], []).append(last)
            answer += _marker(numbers[piece.key])
            start = len(answer)
    return spans
