"""How well a sentence is of the kind that a question asks for: a cause, a figure, a change, a fact of this period."""

import re
from dataclasses import dataclass
from functools import lru_cache

from backend.agents.documents import months
from backend.agents.documents.answering.quotes import Quote
from backend.agents.documents.periods import find_periods

_CAUSE_GAIN, _FIGURE_GAIN, _CHANGE_GAIN, _PLACE_GAIN = 1.2, 1.15, 1.08, 1.4
_MERELY_POSSIBLE, _OTHER_PERIOD, _REPEATED = 0.75, 0.8, 0.65
"""What a sentence counts that says what may be where it is asked what is, one about another year only, and
one that other periods repeat word for word where it is asked what changed."""

_ASKS_CAUSE = re.compile(
    r"\b(?:why|reasons?|caus\w+|drivers?|driv(?:es?|en|ing)|factors?|contribut\w+|influenc\w+|affect\w*|impact\w*|"
    r"effects?|explain\w*|due to|because|warum|weshalb|wieso|gr[uü]nde?|pourquoi|por qu[eé])\b",
    re.IGNORECASE,
)
_ASKS_WHY = re.compile(
    r"\b(?:why|reasons?|causes?|caused|(?:key|main|primary|principal|major|chief|the|what) drivers?|driving|drove|"
    r"factors? (?:behind|contribut\w+|influenc\w+|affect\w+)|explain\w*|warum|weshalb|wieso|pourquoi|por qu[eé])\b",
    re.IGNORECASE,
)
_GIVES_CAUSE = re.compile(
    r"\b(?:due (?:primarily |mainly |largely |partly )?to|driven (?:primarily |mainly |largely )?by|because|primarily|"
    r"mainly|attribut(?:able|ed)|as a (?:result|consequence)|result(?:ed|ing|s)? (?:of|from|in)|offset by|reflect\w*|"
    r"caused|causes?(?:\(s\))? (?:of|was|were|is)\b|led to|"
    r"favou?rabl[ey]|unfavou?rabl[ey]|thanks to|owing to|weil|wegen|aufgrund|infolge|grâce à|en raison d\w*|"
    r"parce qu\w*|puisqu\w*|debido a)\b"
    r"|\bsince (?:(?:it|they|he|she|we|there|nobody|no one)\b|(?:the|its|their|our|his|her) (?:[^\W\d_]+ ){1,2}"
    r"(?:is|are|was|were|has|had|have|could|can|did|does|do|cannot|failed|broke)\b)"
    r"|,\s(?:since|as|denn|car|da (?=sie|er|es|die|der|das))\s?(?!(?:then|last|well|of)\b)(?=[^\W\d_])",
    re.IGNORECASE,
)
_CAUSE_HEADING = re.compile(
    r"\b(?:(?:root )?causes?|reasons?|why|ursachen?|gründe?|grund|begründung|raisons?|motifs?)\b", re.IGNORECASE
)
_ASKS_FIGURE = re.compile(
    r"\b(?:how (?:much|many|large|high|big|long|often)|what (?:was|is|were|are) the (?:total|amount|number|"
    r"value|share|rate|price|cost)|percentage|amount|magnitude|scale|"
    r"wie (?:viele?|hoch|lange)|combien|cu[aá]nt[oa]s?)\b",
    re.IGNORECASE,
)
_ASKS_CHANGE = re.compile(
    r"\b(?:chang\w+|trend\w*|develop\w+|evol\w+|fluctuat\w+|compar\w+|shift\w*|vari\w+|increas\w+|decreas\w+|grow\w*|"
    r"grew|declin\w+|ris\w+|fall\w*|fell|rose|alterations?|movements?)\b",
    re.IGNORECASE,
)
_SAYS_CHANGE = re.compile(
    r"\b(?:increas\w+|decreas\w+|grew|grow\w*|declin\w+|r[io]se\w?|fell|higher|lower|compared (?:to|with)|chang\w+|"
    r"improv\w+|reduc\w+)\b",
    re.IGNORECASE,
)
_ASKS_POSSIBLE = re.compile(
    r"\b(?:risks?|uncertaint\w+|threats?|could|might|may|can|would|should|potential\w*|possible|possibly|allowed|"
    r"permitted|must|kann|darf|könnte|peut|puede)\b",
    re.IGNORECASE,
)
_SAYS_POSSIBLE = re.compile(
    r"\b(?:can|could|may|might|would|no assurance|in the event (?:of|that)|if)\b", re.IGNORECASE
)
_FIGURE = re.compile(r"(?<![\w.-])[$€£]?\d[\d.,]*\d?(?:\s?%|\b)")
_IN_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|thousand|half an?)\s+"
    r"(?:[^\W\d_]+\s+)?(?:days?|weeks?|months?|years?|hours?|minutes?|times|per ?cent|euros?|dollars?|pounds?)\b"
    r"(?!\s+ended)",
    re.IGNORECASE,
)
_YEAR = re.compile(
    rf"\b(?:19|20)\d{{2}}\b|\b(?:{'|'.join(months.ENGLISH)})\s+\d{{1,2}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+(?:{'|'.join(months.WRITTEN_OUT)})\b",
    re.IGNORECASE,
)


_ASKS_WHERE = re.compile(
    r"\A\W*(?:where|in which (?:city|country|place|town|building|room)|wo|où|dónde)\b", re.IGNORECASE
)
_SAYS_WHERE = re.compile(
    r"\b(?:[Ll]ocation|[Aa]ddress|[Pp]lace|[Ss]ite|[Vv]enue|[Hh]eadquarter\w*)\b"
    r"|\b(?:in|at|near|from|to)\s+(?:the\s+)?[A-Z][^\W\d_]+|\b(?:University|Street|Road|Avenue|Hospital|School)\b"
)


_ASKS_WHEN_IT_WAS = re.compile(
    r"\A\W*(?:when|on (?:what|which) (?:day|date))\b.*\b(?:happen\w*|occur\w*|t[ao]ke?n? place|took place)\b",
    re.IGNORECASE | re.DOTALL,
)
_PLACE_FIELD = re.compile(
    r"\W*(?:(?:study |event |meeting )?(?:location|site|venue|place)s?|where)\s?[:：]", re.IGNORECASE
)
_OTHER_PLACE_FIELD = re.compile(
    r"\W*(?:destination|origin|departure(?: point)?|arrival|airport|address|city|town|county|region|country)\s?[:：]",
    re.IGNORECASE,
)
_TIME_FIELD = re.compile(r"\W*(?:date|date (?:&|and) time|when)\s?[:：]", re.IGNORECASE)


def names_place_or_time(question: str, field: str) -> bool:
    """Whether a field says where or when the matter of its document was, and that is asked."""
    if _ASKS_WHERE.search(question) and _PLACE_FIELD.match(field):
        return True
    return _ASKS_WHEN_IT_WAS.search(question) is not None and _TIME_FIELD.match(field) is not None


def stands_below_cause(question: str, heading: str) -> bool:
    """Whether it is asked why, and the nearest heading above a statement announces the cause."""
    return asks_for_cause(question) and _CAUSE_HEADING.search(heading.rpartition(" > ")[2]) is not None


def names_place_only(question: str, field: str) -> bool:
    """Whether a field is the name of a place though nobody asks where: its words mean nothing but the place."""
    is_place = _PLACE_FIELD.match(field) is not None or _OTHER_PLACE_FIELD.match(field) is not None
    return is_place and _ASKS_WHERE.search(question) is None


def has_figure(text: str) -> bool:
    """Whether a text has a number that is not a year or a day of a month, in digits or as a word before a unit."""
    return _FIGURE.search(without_days(text)) is not None or _IN_WORDS.search(text) is not None


def without_days(text: str) -> str:
    """The text without its years and days of a month."""
    return _YEAR.sub(" ", text)


def fitness(question: str, quote: Quote, *, is_repeated: bool) -> float:
    """More than 1 for a sentence that gives a cause, a figure or a change where that is asked for; less than 1 for one
    that says what may happen where it is asked what did, one about another year than its document, and one that other
    documents repeat word for word where it is asked what changed."""
    asked, gain = _asked_for(question), _gain(question, quote.text)
    if is_repeated and asked.what_changed:
        gain *= _REPEATED
    if says_what_may_be(question, quote.text):
        gain *= _MERELY_POSSIBLE
    return gain * (_OTHER_PERIOD if _is_of_another_year(quote) else 1.0)


def _gain(question: str, text: str) -> float:
    """What a sentence gains by having things of the kinds that are asked for."""
    asked, gain = _asked_for(question), 1.0
    if asked.cause and _GIVES_CAUSE.search(text):
        gain *= _CAUSE_GAIN
    if asked.figure and has_figure(text):
        gain *= _FIGURE_GAIN
    if asked.change and _SAYS_CHANGE.search(text):
        gain *= _CHANGE_GAIN
    if asked.place and _SAYS_WHERE.search(text):
        gain *= _PLACE_GAIN
    return gain


@dataclass(frozen=True, slots=True)
class _AskedFor:
    """What kinds of statement a question asks for."""

    cause: bool
    figure: bool
    change: bool
    possible: bool
    place: bool

    @property
    def what_changed(self) -> bool:
        """A change or its cause."""
        return self.cause or self.change

    @property
    def what_is(self) -> bool:
        """What is or was, rather than what may be."""
        return (self.what_changed or self.figure) and not self.possible


@lru_cache(maxsize=64)
def _asked_for(question: str) -> _AskedFor:
    forms = (_ASKS_CAUSE, _ASKS_FIGURE, _ASKS_CHANGE, _ASKS_POSSIBLE, _ASKS_WHERE)
    return _AskedFor(*(form.search(question) is not None for form in forms))


def says_what_may_be(question: str, text: str) -> bool:
    """Whether a sentence says what may be, without a figure, where it is asked what is."""
    return _asked_for(question).what_is and bool(_SAYS_POSSIBLE.search(text)) and not has_figure(text)


def _is_of_another_year(quote: Quote) -> bool:
    own = {int(quote.document.profile.period_end[:4])} if quote.document.profile.period_end else set[int]()
    own |= {period.year for period in quote.document.profile.periods[:1]}
    named = {period.year for period, _, _ in find_periods(quote.text)}
    return bool(own and named) and own.isdisjoint(named)


def supports_change(question: str, text: str) -> bool:
    """Whether a sentence says a change or a cause, where one of the two is asked for; true if neither is."""
    if not _asked_for(question).what_changed:
        return True
    return says_change_or_cause(text)


def says_change_or_cause(text: str) -> bool:
    """Whether a sentence says that something changed, or what something is due to."""
    return _SAYS_CHANGE.search(text) is not None or _GIVES_CAUSE.search(text) is not None


def asks_for_cause(question: str) -> bool:
    """Whether a question asks why."""
    return _ASKS_WHY.search(question) is not None


def gives_cause(text: str) -> bool:
    """Whether a text says what something is due to."""
    return _GIVES_CAUSE.search(text) is not None
