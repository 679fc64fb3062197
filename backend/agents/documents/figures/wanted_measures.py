"""Which figures a question asks for: measures by the names of ``business_measures``, each perhaps of one member."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from backend.agents.documents.figures.asked_members import members_named
from backend.agents.documents.figures.business_measures import MEASURES
from backend.agents.documents.figures.measure_words import is_generic, measure_at
from backend.agents.documents.figures.question_tokens import Token, is_content, tokens_of, words_from

MOST_WANTED = 4
FEWEST_LABEL_WORDS, MOST_LABEL_WORDS = 2, 8

_SHARE = re.compile(
    r"\b(?:percentage|percent|share|proportion|fraction|portion|relative to|how much of)\b|%", re.IGNORECASE
)
_PER_PIECE = re.compile(
    r"\bper (?:diluted |common |basic )?(?:share|employee|customer|user|unit|head|person|item)\b", re.IGNORECASE
)
_TOTAL = re.compile(r"\b(?:total|overall|relative to)\b", re.IGNORECASE)
_AMONG = re.compile(
    r"\b(?:breakdown|distribution|split|by segment|across (?:\w+\s+)?(?:various|different|segments|regions))",
    re.IGNORECASE,
)
_OTHER_MATTER_WORDS = """
recognition management compensation benefit hedge hedging policy practice turnover agreement
"""
_OTHER_MATTER = frozenset(_OTHER_MATTER_WORDS.split())
"""Nouns after a measure's name that make it the name of another matter: revenue recognition is not a figure."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure, and the words of the member whose value is wanted (``Services``); no words for the whole.

    ``measure`` is the name that stands for all of its names; empty for what is not a measure of the list but may be
    the label of a row, whose words are then all in ``member``.
    """

    measure: str
    member: tuple[str, ...] = ()
    said: str = field(default="", compare=False)
    """What the question calls it."""

    @property
    def matter(self) -> frozenset[str]:
        """The words of the member that say which one it is."""
        return frozenset(word for word in self.member if not is_generic(word))


@dataclass(frozen=True, slots=True)
class Request:
    """The figures that a question asks for, the first first."""

    wanted: tuple[Wanted, ...]
    is_share: bool = False
    """Whether the first is wanted as a share of the second."""
    is_compared: bool = False
    """Whether one is to be set against the other (``compared to its revenue``)."""
    is_split: bool = False
    """Whether the parts of the whole are wanted (``breakdown``)."""


def requested(text: str, subjects: Collection[str] = ()) -> Request:
    """What a question asks for. Words of ``subjects``, the names it is about, belong to no member."""
    tokens = list(tokens_of(text, subjects))
    wanted: dict[Wanted, None] = {}
    place = 0
    while place < len(tokens):
        words, span = words_from(tokens, place)
        length = measure_at(words, 0)
        if length and tokens[place].word not in ("and", "of"):
            end = span[length - 1] + 1
            if end == len(tokens) or tokens[end].is_broken or tokens[end].word not in _OTHER_MATTER:
                said = " ".join(token.written for token in tokens[place:end])
                for one in _with_members(tokens, place, end, MEASURES[tuple(words[:length])]):
                    wanted.setdefault(replace(one, said=_in_words(one, said)))
            place = end
        else:
            place += 1
    return _request(text, list(wanted))


def _in_words(wanted: Wanted, said: str) -> str:
    return f"{said} ({' '.join(wanted.member)})" if wanted.matter else said


def labelled(text: str, subjects: Collection[str] = ()) -> Wanted | None:
    """What a question without a known measure may call the row it asks for: its words that say something."""
    words = dict.fromkeys(token.word for token in tokens_of(text, subjects) if is_content(token))
    return Wanted("", tuple(words)) if FEWEST_LABEL_WORDS <= len(words) <= MOST_LABEL_WORDS else None


def _of_pieces(text: str, wanted: list[Wanted]) -> list[Wanted]:
    """What can be meant where amounts for each share or customer are asked for: they are not those of the rows with the
    same name."""
    return [one for one in wanted if one.measure.endswith("per share")] if _PER_PIECE.search(text) else wanted


def _narrowest(wanted: list[Wanted]) -> list[Wanted]:
    """Of one measure the narrower: "revenue from Gadget sales" is not about all revenue."""
    narrowed = {one.measure for one in wanted if one.matter}
    return [one for one in wanted if one.matter or one.measure not in narrowed]


def _request(text: str, wanted: list[Wanted]) -> Request:
    share = _SHARE.search(text) is not None
    wanted = _of_pieces(text, wanted)
    members = [one for one in wanted if one.matter]
    kept = _narrowest(wanted)
    is_share = share and len(members) == 1 and len(kept) == 1 and _TOTAL.search(text) is not None
    if is_share:
        kept.append(Wanted(members[0].measure))
    compared = re.search(r"\b(?:compar\w+|against|relate|relation|relative|versus|vs)\b", text, re.IGNORECASE)
    return Request(
        tuple(kept[:MOST_WANTED]), is_share, compared is not None and len(kept) == 2, _AMONG.search(text) is not None
    )


def _with_members(tokens: Sequence[Token], start: int, end: int, measure: str) -> list[Wanted]:
    """The measure, of each member that is named."""
    return [Wanted(measure, member) for member in members_named(tokens, start, end)] or [Wanted(measure)]
