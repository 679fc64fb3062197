"""How well a row of a table is the figure that is wanted, from its label, its section and the table's title."""

import re
from dataclasses import dataclass

from backend.agents.documents.figures.document_rows import is_statement
from backend.agents.documents.figures.measure_words import Named, named
from backend.agents.documents.figures.question_tokens import says_little
from backend.agents.documents.figures.wanted_measures import Wanted
from backend.agents.documents.indexing.stored_documents import FoundRow

LEAST_FIT = 0.5
"""A row below this is not the figure that is wanted."""

RATES = frozenset({"gross margin percentage", "operating margin", "effective tax rate", "statutory tax rate"})
"""Measures that are percentages themselves."""

_MEMBER_COVERAGE = 0.6
_FEWEST_IN_LABEL = 2
_OTHERWISE_COUNTED = re.compile(
    r"non-gaap|non-ifrs|adjusted|pro\s?forma|constant\s+currenc|organic|excluding|unallocated|intersegment|elimination"
    r"|discontinued|tax effect|parent only|held[- ]for[- ]sale",
    re.IGNORECASE,
)
_OF_CHANGES = re.compile(
    r"\b(?:changes?|increase|decrease|growth|percentage of|percent of|as a percent)\b", re.IGNORECASE
)
_EITHER = (("diluted", "basic"), ("basic", "diluted"))
_OTHER_TITLE = re.compile(r"non-gaap|constant currenc|pro\s?forma|reconcil|estimate|disclosed in its", re.IGNORECASE)
_OF_OWN_KIND = frozenset({"free cash flow", "ebitda"})
"""Measures that no accounting standard defines: tables of such figures are where they stand."""
MOMENTS = frozenset(
    {
        "inventory", "account receivable", "account payable", "deferred revenue", "debt", "long-term debt", "goodwill",
        "cash cash equivalent", "total asset", "total liability", "shareholder equity", "employee", "backlog",
    }
)  # fmt: skip
"""Measures of a moment: over a stretch of time, or among the changes of a cash flow statement, their names mean
something else. All other measures need a stretch."""
_SHARED_OUT = frozenset(
    {"stock-based compensation", "depreciation amortization", "restructuring", "advertising", "goodwill"}
)
"""What tables spread over the lines of a statement: "Research and development" there is a part of this, not of that."""
_TAIL = re.compile(r"[,—–:]|\s-\s|\battributable\b|\(.*")
_HARMLESS = frozenset({"basic", "diluted", "loss", "net", "continuing"})
_ALSO = {
    "gross margin": frozenset({"gross margin percentage"}),
    "debt": frozenset({"long-term debt"}),
    "cash flow": frozenset({"operating cash flow", "investing cash flow", "financing cash flow"}),
}
_SAME = (frozenset({"store", "retail"}), frozenset({"service", "services"}), frozenset({"international", "foreign"}))


@dataclass(frozen=True, slots=True)
class Fit:
    """A row with how well it fits (0 to 1.4) and the measure that it is of."""

    row: FoundRow
    score: float
    measure: str
    is_member: bool = False
    """Whether it is the value of one member of the measure."""


def fit_of(wanted: Wanted, row: FoundRow) -> Fit | None:
    """The fit of a row, or None for one that is something else."""
    label = named(row.label)
    if not wanted.measure:
        return _labelled_fit(wanted, label, row)
    sections = [named(part) for part in row.section.split(" > ") if part]
    measure, certainty = _measure(wanted, label, sections, named(row.title))
    if measure is None or _is_counted_otherwise(row, measure) or _is_the_other(wanted.said, row.label):
        return None
    above = {one for text in (*sections, named(row.title)) for one in text.measures}
    # A title such as "Our statements of income include stock-based compensation" is not that of a statement.
    if measure not in above and not above.isdisjoint(_SHARED_OUT):
        return None
    score = _member_score(wanted, label, sections, row) if wanted.matter else _whole_score(label, sections, row)
    if score is None:
        return None
    score *= certainty
    if is_statement(row.title):
        score += 0.3
    return Fit(row, score, measure, is_member=bool(wanted.matter)) if score >= LEAST_FIT else None


def _labelled_fit(wanted: Wanted, label: Named, row: FoundRow) -> Fit | None:
    """A row whose label is what the question says, nearly word for word."""
    words = frozenset(one for measure in label.measures for one in measure.split()) | label.matter
    words = frozenset(word for word in words if not says_little(word))
    asked = frozenset(wanted.member)
    is_named = len(words) >= _FEWEST_IN_LABEL and words <= asked
    if not is_named or len(words) < _MEMBER_COVERAGE * len(asked) or _OTHERWISE_COUNTED.search(row.label):
        return None
    return Fit(row, len(words) / len(asked), "")


def _is_counted_otherwise(row: FoundRow, measure: str) -> bool:
    """Whether the row's name says that it is counted in another way, which nobody asked for."""
    if _OTHERWISE_COUNTED.search(f"{row.label} {row.section}"):
        return True
    if _OTHER_TITLE.search(row.title) and measure not in _OF_OWN_KIND:
        return True
    return _OF_CHANGES.search(f"{row.label} {row.section if measure in MOMENTS else ''}") is not None


def _is_the_other(said: str, label: str) -> bool:
    """Whether a label names the other one of two ways to count, of which the question names one."""
    asked, has = said.lower(), label.lower()
    return any(one in asked and other in has and one not in has for one, other in _EITHER)


def _measure(wanted: Wanted, label: Named, sections: list[Named], title: Named) -> tuple[str | None, float]:
    """The measure of the row if it is the one wanted, and how sure that is."""
    accepted = {wanted.measure} | _ALSO.get(wanted.measure, frozenset())
    if label.measures:
        own = label.measures[0] if len(label.measures) == 1 else ""
        return (own, 1.0) if own in accepted else (None, 0.0)
    for section in reversed(sections):
        if section.measures:
            own = section.measures[-1]
            return (own, 0.95) if own in accepted else (None, 0.0)
    if title.measures and set(title.measures) <= accepted:
        return title.measures[0], 0.9
    return None, 0.0


def row_measure(row: FoundRow) -> str:
    """The one measure that a row without one in its label is of, by its section, or else by its title; empty if that is
    not clear."""
    for section in reversed(row.section.split(" > ")):
        if named(section).measures:
            return named(section).measures[-1]
    title = named(row.title).measures
    return title[0] if len(set(title)) == 1 else ""


def _whole_score(label: Named, sections: list[Named], row: FoundRow) -> float | None:
    """Of a measure as a whole: its label is the measure's name and nothing else, or "Total" below that name."""
    if not label.measures:
        return 0.75 if "total" in label.words and not label.matter else None
    own = {word for subject in row.document.profile.subjects for word in named(subject).words}
    if named(_TAIL.split(row.label, maxsplit=1)[0]).matter - _HARMLESS - own and label.matter - _HARMLESS - own:
        return None
    score = 1.05 if "total" in label.words else 1.0
    if not is_statement(row.title) and any(section.matter and not section.measures for section in sections):
        score -= 0.3
    return score


def _member_score(wanted: Wanted, label: Named, sections: list[Named], row: FoundRow) -> float | None:
    """Of one member: its words are in the label, or in the section above a label that is the measure's name."""
    del row
    above = frozenset[str]().union(*(section.matter for section in sections))
    covered = {word for word in wanted.matter if _has(label.matter | above, word)}
    in_label = {word for word in label.matter if _has(wanted.matter, word)}
    extra = label.matter - in_label - _HARMLESS
    if len(covered) < _MEMBER_COVERAGE * len(wanted.matter) or len(extra) > len(in_label) or len(extra) > 1:
        return None
    if not in_label and not (label.measures and covered):
        return None
    return 1.0 * len(covered) / len(wanted.matter) - 0.2 * len(extra)


def _has(words: frozenset[str], word: str) -> bool:
    return word in words or any(word in same and not same.isdisjoint(words) for same in _SAME)
