"""Which sentences belong beside figures: those that speak of the same measure, of a part of it, or of another matter
that the question names. Words in common with the question alone make any sentence look like a reason."""

from collections.abc import Iterable
from functools import lru_cache

from backend.agents.documents.answering.boilerplate import only_points_elsewhere
from backend.agents.documents.answering.candidates import Candidate
from backend.agents.documents.answering.fitness import has_figure, says_change_or_cause, says_what_may_be
from backend.agents.documents.answering.topic import Topic
from backend.agents.documents.figures.business_measures import MEASURES
from backend.agents.documents.figures.measure_words import named, words_in
from backend.agents.documents.figures.row_series import RowSeries
from backend.agents.documents.search.matching import stems_as_indexed

_PARTS = {
    "operating expense": (
        "research development",
        "selling general administrative",
        "sale marketing",
        "marketing general administrative",
    ),
    "gross margin": ("gross margin percentage", "cost of sale"),
    "gross margin percentage": ("gross margin", "cost of sale"),
    "operating margin": ("operating income",),
    "effective tax rate": ("income tax",),
    "debt": ("long-term debt", "interest expense"),
    "cash flow": ("operating cash flow", "investing cash flow", "financing cash flow"),
}
"""What explains a measure under another name."""
_VAGUE = frozenset({("earning",), ("equity",), ("staff",)})
"""Names that say too little within a sentence."""
_FULLY = 0.99
_ON_THE_MEASURE = 1.3
_BETWEEN = 7
"""Other words that may stand among those of a name: ``repurchased 365 million shares of its common stock``."""

Names = frozenset[frozenset[str]]
"""Each name as the stems of its words."""


def names_of(lines: Iterable[RowSeries]) -> Names:
    """The names by which sentences may speak of the lines."""
    found: set[frozenset[str]] = set()
    for line in lines:
        for measure in (line.measure, *_PARTS.get(line.measure, ())):
            found |= _names_of_measure(measure)
        found.add(_stems(line.label))
        if line.member:
            member = _stems(line.member)
            found = {member | name for name in found}
    return frozenset(one for one in found if one)


def gain_beside(question: str, candidate: Candidate, topic: Topic, names: Names) -> float:
    """What a sentence counts more beside figures with these names; 0 for one that does not belong there.

    One on the same measure belongs there if it has a figure, a change or a cause; another one only if it has a matter
    of the question that the figures are not of.
    """
    text = candidate.quote.text
    if says_what_may_be(question, text) or only_points_elsewhere(text) or _is_on_another_measure(text, names):
        return 0.0
    if any(_speaks_of(text, name) for name in names):
        return _ON_THE_MEASURE if has_figure(text) or says_change_or_cause(text) else 0.0
    matters = zip(topic.concepts, candidate.alone, strict=True)
    has_other_matter = any(
        concept.kind == "phrase" and strength >= _FULLY and not _is_of(concept.word, names)
        for concept, strength in matters
    )
    return 1.0 if has_other_matter else 0.0


def _is_on_another_measure(text: str, names: Names) -> bool:
    """Whether the first measure that a sentence names is not one of the figures: the rest explains that one."""
    first = next(iter(named(text).measures), None)
    if first is None:
        return False
    aliases = [_stems(alias) for alias in _aliases(first)]
    return not any(name <= alias or alias <= name for name in names for alias in aliases)


def _aliases(measure: str) -> list[str]:
    return [" ".join(words) for words, standing in MEASURES.items() if standing == measure]


def _speaks_of(text: str, name: frozenset[str]) -> bool:
    """Whether the words of a name stand near each other in a text; one word alone must not be part of another name."""
    words = _words(text)
    if not name.issubset(words):
        return False
    if len(name) == 1:
        return not any(len(measure.split()) > 1 and name <= _stems(measure) for measure in named(text).measures)
    reach = len(name) + _BETWEEN
    return any(name.issubset(words[start : start + reach]) for start, word in enumerate(words) if word in name)


def _is_of(matter: str, names: Names) -> bool:
    words = _stems(matter)
    return any(not words.isdisjoint(name) for name in names)


@lru_cache(maxsize=256)
def _names_of_measure(measure: str) -> frozenset[frozenset[str]]:
    return frozenset(
        _stems(" ".join(words)) for words, standing in MEASURES.items() if standing == measure and words not in _VAGUE
    )


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(stems_as_indexed(text).split())


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(_words(" ".join(words_in(text))))
