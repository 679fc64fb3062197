"""Which figures a question asks for: measures by the names of ``business_measures``, each perhaps of one member."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from backend.agents.documents.figures.business_measures import MEASURES
from backend.agents.documents.figures.measure_words import is_generic, is_little, measure_at, words_of
from backend.agents.documents.periods import find_periods
from backend.agents.documents.search.stop_words import STOP_WORDS
from backend.agents.documents.search.vocabulary import WEAK

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
_LINKS_WORDS = """
from of for in by to through attributed generated derived earned coming came come comes contributed was were is
"""
_LINKS = frozenset(_LINKS_WORDS.split())
_FILLERS_WORDS = """
expenditure spending cost investment expense trend change shift fluctuation variation pattern comparison activity
program programme impact effect insight detail report reporting filing period quarter year month week fiscal recent
latest position status structure configuration new various different significant substantial notable major main key
factor driver primary chief previous prior past historical earlier financial statement section discussion market
specific report 10-q 10-k
"""
_FILLERS = frozenset(_FILLERS_WORDS.split())
_VERBS_WORDS = """
affecting driving influencing regarding including concerning impacting causing explaining seen been relative relate
relates related correlate correlates align aligns stack measure measures across throughout between versus vs against
reflect reflects suggest suggests indicate indicates differ differs
"""
_VERBS = frozenset(_VERBS_WORDS.split())
_OTHER_MATTER_WORDS = """
recognition management compensation benefit hedge hedging policy practice turnover agreement
"""
_OTHER_MATTER = frozenset(_OTHER_MATTER_WORDS.split())
"""Nouns after a measure's name that make it the name of another matter: revenue recognition is not a figure."""

_BOUNDARY = re.compile(r"[.,;:?!()\"“”]")


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


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    written: str
    is_broken: bool
    """Whether a sign that parts clauses stands before it."""

    @property
    def said(self) -> str:
        """As it was written, in lower case."""
        return self.written.lower()


def requested(text: str, subjects: Collection[str] = ()) -> Request:
    """What a question asks for. Words of ``subjects``, the names it is about, belong to no member."""
    tokens = list(_tokens(text, subjects))
    wanted: dict[Wanted, None] = {}
    place = 0
    while place < len(tokens):
        words, span = _words_from(tokens, place)
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
    words = dict.fromkeys(token.word for token in _tokens(text, subjects) if _is_content(token))
    return Wanted("", tuple(words)) if FEWEST_LABEL_WORDS <= len(words) <= MOST_LABEL_WORDS else None


def _of_pieces(text: str, wanted: list[Wanted]) -> list[Wanted]:
    """What can be meant where amounts for each share or customer are asked for: they are not those of the rows with the
    same name."""
    return [one for one in wanted if one.measure == "earning per share"] if _PER_PIECE.search(text) else wanted


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


def _tokens(text: str, subjects: Collection[str]) -> Iterator[_Token]:
    """The words of the question without periods and subjects; what they stood between stays apart."""
    blank = list(text)
    for _, start, end in find_periods(text):
        blank[start:end] = "," * (end - start)
    clean = re.sub(r"\([^)]{0,40}\)", lambda match: " " * len(match[0]), "".join(blank))
    own = {word for subject in subjects for word, _, _ in words_of(subject)}
    last = 0
    for word, start, end in words_of(clean):
        broken = _BOUNDARY.search(clean, last, start) is not None
        last = end
        if word not in own:
            yield _Token(word, clean[start:end], broken)


def _words_from(tokens: Sequence[_Token], start: int) -> tuple[list[str], list[int]]:
    """Words from here on within the clause, without little words, and their places."""
    words: list[str] = []
    places: list[int] = []
    for place in range(start, len(tokens)):
        # The one name with a comma inside is "selling, general and administrative".
        if place > start and tokens[place].is_broken and words[-1:] != ["selling"]:
            break
        if not is_little(tokens[place].word):
            words.append(tokens[place].word)
            places.append(place)
        elif place == start:
            break
        if len(words) > 8:
            break
    return words, places


def _with_members(tokens: Sequence[_Token], start: int, end: int, measure: str) -> list[Wanted]:
    """The measure, of each member that is named before it (``Gadget sales``) or behind it (``sales from Gadgets``)."""
    members = [*_before(tokens, start), *_behind(tokens, end)]
    if not members:
        members = _called_segment(tokens)
    return [Wanted(measure, member) for member in members] or [Wanted(measure)]


def _before(tokens: Sequence[_Token], start: int) -> list[tuple[str, ...]]:
    words: list[str] = []
    groups: list[tuple[str, ...]] = []
    for place in range(start - 1, -1, -1):
        token = tokens[place]
        if token.word in ("or", "and") and words:
            groups.insert(0, tuple(words))
            words = []
        elif _is_content(token):
            words.insert(0, token.word)
        elif not _is_skipped(token.word):
            break
        if token.is_broken or (tokens[place + 1].is_broken and place + 1 < start):
            break
    groups.insert(0, tuple(words))
    return [group for group in groups if group] if not tokens[start].is_broken else []


def _behind(tokens: Sequence[_Token], end: int) -> list[tuple[str, ...]]:
    """Members after a preposition: ``sales from Gadgets``, ``revenue was attributed to its Gadgets segment``."""
    place = _past(tokens, end, lambda word: word in _FILLERS or is_generic(word))
    linked = _past(tokens, place, lambda word: word in _LINKS)
    if linked == place or tokens[linked - 1].word in ("was", "were", "is"):
        return []
    return [group for group in _coordinated(tokens[linked:]) if group]


def _coordinated(tokens: Sequence[_Token]) -> list[tuple[str, ...]]:
    """The names that stand together at the beginning of these words (``gadgets and gizmos``), without measures."""
    groups: list[list[str]] = [[]]
    for token in tokens:
        if token.is_broken or (groups[-1] and _is_verb(token)):
            break
        if token.word in ("or", "and"):
            groups.append([])
        elif _is_content(token):
            groups[-1].append(token.word)
        elif not _is_skipped(token.word):
            break
    return [tuple(word for word in group if (word,) not in MEASURES) for group in groups]


def _past(tokens: Sequence[_Token], place: int, passes: Callable[[str], bool]) -> int:
    """The place after the words from here on that pass, within the clause."""
    while place < len(tokens) and not tokens[place].is_broken and passes(tokens[place].word):
        place += 1
    return place


def _is_verb(token: _Token) -> bool:
    return token.said.endswith("ed") or token.said in _VERBS


def _called_segment(tokens: Sequence[_Token]) -> list[tuple[str, ...]]:
    """``the Gadgets segment``, wherever it stands."""
    for place, token in enumerate(tokens):
        if token.word in ("segment", "division") and place:
            words: list[str] = []
            for earlier in range(place - 1, -1, -1):
                if not _is_content(tokens[earlier]) or tokens[earlier + 1].is_broken:
                    break
                words.insert(0, tokens[earlier].word)
            if words:
                return [tuple(words)]
    return []


def _is_content(token: _Token) -> bool:
    """Whether a word may say which member is meant."""
    word = token.word
    return not (
        token.said in STOP_WORDS
        or token.said in WEAK
        or word in WEAK
        or word in _FILLERS
        or token.said in _VERBS
        or is_generic(word)
        or is_little(word)
        or word.isdigit()
    )


def _is_skipped(word: str) -> bool:
    """Words within a name that say nothing: they neither belong to it nor end it."""
    return word in _FILLERS or is_generic(word) or word in WEAK or word in ("the", "its", "their", "more", "other")
