"""What a short question wants to be answered with: a figure, a count of something, a day or a name."""

import re
from dataclasses import dataclass

from backend.agents.documents.answering.fitness import has_figure, without_days
from backend.agents.documents.answering.value_forms import DATE, MOMENT, OF_KIND
from backend.agents.documents.search.stop_words import STOP_WORDS
from backend.agents.documents.search.vocabulary import related

_NAMING_QUANTITIES = (
    "revenues?|sales|income|profits?|loss(?:es)?|earnings|expenses?|costs?|salary|salaries|wages?|bonus|pay|"
    "prices?|rates?|margins?|shares?|percentages?|percent|budgets?|fees?|cash flows?|"
    "balances?|ratios?|ages?|heights?|weights?|lengths?|population|temperature|growth|debt|headcount|"
    "dos(?:e|es|age)|durations?|distances?|speeds?|altitudes?|scores?|capacity|capacities|depths?|widths?|deposits?|"
    "rents?|premiums?|allowances?"
)
_GERMAN_QUANTITIES = "betrag|preis|höhe|summe|anzahl|miete|gewicht|dauer|frist|satz|quote|umsatz|gewinn"
_FRENCH_QUANTITIES = "montant|prix|total|loyer|prime|taux|coût|solde|nombre|poids|durée|délai|salaire|budget"
_QUANTITIES = f"{_NAMING_QUANTITIES}|amounts?|numbers?|values?|totals?|sizes?|counts?"
_VERBS = "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may"
_COUNT = re.compile(
    r"\bhow many\s+(?:of\s+)?(?:the\s+|their\s+|its\s+)?"
    rf"(?:(?:[^\W\d_]{{3,}}\s+){{1,2}}?([^\W\d_]{{3,}})(?=\s+(?:{_VERBS})\b)|([^\W\d_]{{3,}}))",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\bhow much\s+(?!(?:"
    + _VERBS
    + r"|of|more|less|money|time|in|for|at|on|to|by|lower|higher|the|an?|its|their)\b)([^\W\d_]{3,})",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\bhow (?:much|many|large|high|big|long|tall|old|far|often)\b"
    r"|\bwie (?:viele?|hoch|lange?|groß|schwer|oft|teuer|weit|alt)\b|\bcombien\b"
    rf"|\A\W*(?:welche[rs]?|was) (?:ist|war|beträgt)\b[^?,;]*?\b(?:{_GERMAN_QUANTITIES})\b"
    rf"|\A\W*quel(?:le)?s? (?:est|était|sont|étaient)\b[^?,;]*?\b(?:{_FRENCH_QUANTITIES})\b"
    rf"|\A\W*(?:what|which) (?:(?:was|were|is|are)\b[^?,;]*?\b(?:{_QUANTITIES})\b|(?:{_QUANTITIES})\b)",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\A\W*(?:what|which)\s+(?:(?:was|were|is|are)\s+(?:the\s+|its\s+|their\s+|our\s+|my\s+|[^\W\d_]+['’]s?\s+)?"
    rf"(?:[^\W\d_]+\s+){{0,3}}?)?({_NAMING_QUANTITIES})\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\A\W*(?:(?:ab |bis |seit )?wann|quand|depuis quand|à quelle date|when"
    r"|on (?:what|which) (?:day|date)|in (?:what|which) year|since when)\b",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"\A\W*who\s+(?:(?:is|was|are|were|must|may|can|should|will|has|have|had|do|does|did)\s+)*(?:the\s+|an?\s+)?"
    r"(?!(?:is|was|are|were)\b)([^\W\d_]{4,})",
    re.IGNORECASE,
)
"""What the person does or is, who is asked for."""
_PERSON = re.compile(r"\A\W*(?:who|whom|whose|wer|wem|wen|wessen|qui)\b", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:warum|weshalb|wieso|pourquoi|wie (?:wird|werden|kann|soll)|comment|why|"
    r"how (?:do|does|did|has|have|is|are|was|were|might|could)|"
    r"what (?:factors?|drove|caused|led|changes?|trends?|risks?)|impact|affect\w*|factors?|drivers?|compare[ds]?|"
    r"relat\w+|correlat\w+|explain|describe|"
    r"analy[sz]e|summari[sz]e|outline|significant|trends?|suggest|indicate)\b",
    re.IGNORECASE,
)
_SHORTEST_BEGINNING = 4
_SHORT, _VERY_SHORT = 16, 9
"""Words of the longest question that is taken as asking for one thing, and of the longest that leaves out nothing."""

_SHARE = re.compile(r"percent|share|rate|margin|ratio|growth", re.IGNORECASE)
_NAME = re.compile(r"(?<=\s)[A-Z][^\W\d_]+")
_FIRST_WORD = re.compile(r"[A-ZÀ-Þ][^\W\d_]+(?=\s)")
_ROLE = re.compile(
    r"\b(?:head|manager|director|officer|chair(?:man|woman|person)?|president|secretary|treasurer|board|committee|council|"
    r"department|team|office|agency|doctor|physician|nurse|owner|tenant|landlord|employees?|staff|members?|pilot|author|"
    r"supplier|customer|everyone|everybody|anyone|nobody)\b"
)
"""Somebody who is not named."""
_NAME_PARTS = re.compile(r"[^\W\d_]+")


_ALLOWED = re.compile(
    r"\A\W*(?:can|may|must|should|shall|kann|können|darf|dürfen|muss|müssen|soll|peut|peuvent|doit|doivent)\b",
    re.IGNORECASE,
)
"""What somebody may, can or must do: a rule says so, and no cell of a table."""


@dataclass(frozen=True, slots=True)
class WantedThing:
    """The kind of thing that a question wants. Without any, every sentence on its topic may answer it."""

    figure: bool = False
    counted: str = ""
    """The noun that is counted, such as ``employees``."""
    amount_of: str = ""
    """The noun whose amount is asked for, such as ``sugar``."""
    measured: str = ""
    """The quantity that is asked for, such as ``age``: a sentence that never speaks of it states another one."""
    kind: re.Pattern[str] | None = None
    """What the figure must look like."""
    day: bool = False
    name: bool = False
    said: frozenset[str] = frozenset()
    """The words of the question: a name among them is not the one that is asked for."""

    @property
    def is_one_thing(self) -> bool:
        """Whether one particular thing is wanted."""
        return self.figure or self.day or self.name or self.day

    @property
    def must_be_named(self) -> bool:
        """Whether a sentence without the thing that is counted cannot answer, whatever else it says."""
        return bool(self.amount_of)

    @property
    def says_of_what_kind(self) -> bool:
        """Whether the question says so exactly what it wants that a sentence without it answers nothing."""
        return self.kind is not None or bool(self.measured) or self.name or self.day

    @property
    def needs_words(self) -> bool:
        """Whether a figure cannot be the answer, since a day or a name is wanted."""
        return (self.day or self.name) and not self.figure

    def is_in(self, text: str, around: str = "") -> bool:
        """Whether a sentence has a thing of that kind; ``around`` is the heading above it and the sentence before."""
        if self.measured and not _speaks_of(f"{text} {around}", self.measured):
            return False
        if self.day and not (DATE.search(text) or MOMENT.search(text)):
            return False
        return self._has_figure(text) and (not self.name or self._names_another(text))

    def _names_another(self, text: str) -> bool:
        """Whether a text has somebody whom the question does not name."""
        first = _FIRST_WORD.match(text)
        opening = (first[0],) if first is not None and first[0].lower() not in STOP_WORDS else ()
        return any(name.lower() not in self.said for name in (*opening, *_NAME.findall(text), *_ROLE.findall(text)))

    def _has_figure(self, text: str) -> bool:
        """Whether a sentence has a figure of the kind that is asked for, if one is."""
        if self.kind is not None and not self.kind.search(text):
            return False
        if self.counted and not _counts(text, self.counted):
            return False
        if self.amount_of and not _names(text, self.amount_of):
            return False
        return not self.figure or self.kind is not None or has_figure(text)


def wanted_by(question: str) -> WantedThing:
    """What a question wants; nothing in particular if it is long or asks openly."""
    if len(question.split()) > _SHORT or _OPEN.search(question):
        return WantedThing()
    counted, amount = _COUNT.search(question), _AMOUNT.search(question)
    return WantedThing(
        figure=_FIGURE.search(question) is not None,
        counted=(counted[1] or counted[2]).lower() if counted else "",
        amount_of=amount[1].lower() if amount else "",
        measured=_measured(question),
        kind=next((form for asked, form in OF_KIND if asked.search(question)), None),
        day=_DAY.search(question) is not None,
        name=_PERSON.search(question) is not None,
        said=frozenset(word.lower() for word in _NAME_PARTS.findall(question)),
    )


def _measured(question: str) -> str:
    match = _MEASURED.search(question) or _DOING.search(question)
    return "" if match is None else match[1].lower()


def _begins(word: str) -> str:
    """How other forms of a word begin: approves, approval."""
    return word[: max(_SHORTEST_BEGINNING, len(word) - 2)]


def asks_one_fact(question: str) -> bool:
    """Whether a question is short and asks for no explanation, so that one cell of a table may answer it."""
    return len(question.split()) <= _SHORT and _OPEN.search(question) is None and _ALLOWED.match(question) is None


def is_short(question: str) -> bool:
    """Whether a question is of so few words that a sentence without one of them is about something else."""
    return len(question.split()) <= _VERY_SHORT


def _counts(text: str, noun: str) -> bool:
    """Whether a number stands just before the noun, in singular or plural."""
    stem = re.escape(_stem(noun))
    counted = rf"\d[\d.,]*\)?(?:\s+[^\W\d]+){{0,3}}\s+{stem}\w{{0,3}}\b"
    plain = without_days(text)
    return any(not _is_of_a_name(plain[: match.start()]) for match in re.finditer(counted, plain, re.IGNORECASE))


def _speaks_of(text: str, quantity: str) -> bool:
    if "%" in text and _SHARE.match(quantity) is not None:
        return True
    return _names(text, quantity) or re.search(rf"\b{re.escape(_begins(quantity))}", text, re.IGNORECASE) is not None


def _names(text: str, noun: str) -> bool:
    """Whether a text has the noun, or a word that may stand for it."""
    words = (noun, *related(noun))
    return any(re.search(rf"\b{re.escape(_stem(word))}", text, re.IGNORECASE) for word in words)


def _stem(noun: str) -> str:
    return re.sub(r"(?:ies|es|s|y)\Z", "", noun)


def _is_of_a_name(before: str) -> bool:
    """Whether a number after this text belongs to a name, as in ``iPhone 14``."""
    words = before.split()
    return len(words) > 1 and any(sign.isupper() for sign in words[-1])
