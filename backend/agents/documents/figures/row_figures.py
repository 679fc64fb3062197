"""The figures that a question asks for, from rows of tables within documents; nothing where no row fits well."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from backend.agents.documents.figures.derived_figures import DIFFERENCES, DerivedLine, difference
from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.measure_words import named
from backend.agents.documents.figures.planned_values import points_asked_for
from backend.agents.documents.figures.row_fit import Fit
from backend.agents.documents.figures.row_lines import PointsOf, lines_of
from backend.agents.documents.figures.row_parts import Parts, parts_of
from backend.agents.documents.figures.row_search import MOST_DOCUMENTS, candidate_rows, fitting
from backend.agents.documents.figures.row_series import RowSeries, within
from backend.agents.documents.figures.typed_tables import TypedTables
from backend.agents.documents.figures.wanted_measures import Request, Wanted, labelled, requested
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import FoundRow
from backend.agents.documents.periods import Period
from backend.agents.documents.search.retrieval import Retrieval
from backend.agents.documents.search.scope import Scope

MOST_SUBJECTS = 4
_MOST_READ = 24
"""Documents whose rows are looked at for one figure of all subjects together."""
OUTFLOWS = frozenset({"share repurchase", "dividend", "capital expenditure", "interest expense"})
_LONGEST_ACRONYM = 6
_USED = re.compile(r"\bused (?:in|for)\b", re.IGNORECASE)
_PROVIDED = re.compile(r"\b(?:provided|generated)\b", re.IGNORECASE)

_LENGTHS = (
    (re.compile(r"\bnine[- ]months?\b", re.IGNORECASE), (9,)),
    (re.compile(r"\bsix[- ]months?\b|\bhalf[- ]year\b|\bfirst half\b", re.IGNORECASE), (6,)),
    (re.compile(r"\byear[- ]to[- ]date\b|\bytd\b", re.IGNORECASE), (9, 6)),
    (
        re.compile(
            r"\b(?:trailing|rolling|last|past)\s+(?:twelve|12)\b|\btwelve[- ]months?\b|\b[tl]tm\b", re.IGNORECASE
        ),
        (12,),
    ),
    (re.compile(r"\bannual(?:ly)?\b|\byearly\b|\bfull[- ]year\b|\bfiscal years?\b|\bper year\b", re.IGNORECASE), (12,)),
)


@dataclass(frozen=True, slots=True)
class RowFigures:
    """What the rows say: lines, the one asked for first first; and what the question wants of them. No lines: no row
    fits."""

    lines: tuple[RowSeries, ...] = ()
    request: Request = field(default_factory=lambda: Request(()))
    is_course: bool = False
    """Whether a development is wanted rather than the figures of the periods asked for."""
    parts: tuple[Parts, ...] = ()
    """The parts of a line, where they are asked for and one table has them."""
    missing: tuple[str, ...] = ()
    """What else is asked for, by the words of the question, and no row of a table states."""
    differences: tuple[DerivedLine, ...] = ()
    """What is asked for and only the difference of two of the lines."""

    @property
    def label(self) -> str:
        """The measures, as their rows are labelled."""
        return ", ".join(dict.fromkeys(line.name for line in self.lines))

    @property
    def detail(self) -> str:
        """How many values of how many documents."""
        values = [point for line in self.lines for point in line.points]
        documents = len({point.row.document.name for point in values})
        return (
            f"{len(values)} value{'' if len(values) == 1 else 's'} from "
            f"{documents} document{'' if documents == 1 else 's'}"
        )


def find_row_figures(corpus: Corpus, retrieval: Retrieval) -> RowFigures:
    """The figures of a question within its scope; without lines if it asks for none or no row fits."""
    question, scope = retrieval.question.text, retrieval.scope
    # An abbreviation that no document has may still be a measure that they spell out.
    if any(not named(name).measures for name in scope.unknown):
        return RowFigures()
    subjects = scope.subjects or _subjects_near(retrieval)
    request = requested(question, subjects)
    if not request.wanted and (label := labelled(question, subjects)) is not None:
        request = replace(request, wanted=(label,))
    finder = _Finder(corpus, question, scope, request)
    for subject, documents in _groups(scope):
        for wanted in request.wanted:
            finder.find(subject, documents, wanted)
    missing = tuple(dict.fromkeys(finder.missing))
    lacks_part = request.is_share and not any(line.member for line in finder.lines)
    if lacks_part or not finder.lines:
        return RowFigures(request=request, missing=missing)
    lines, is_course = tuple(finder.lines), _is_course(finder.lines, scope)
    return RowFigures(lines, request, is_course, tuple(finder.parts), missing, tuple(finder.differences))


class _Finder:
    """Collects the lines of one question, and the parts of those that are to be divided."""

    def __init__(self, corpus: Corpus, question: str, scope: Scope, request: Request) -> None:
        self.lines: list[RowSeries] = []
        self.parts: list[Parts] = []
        self.differences: list[DerivedLine] = []
        self.missing: list[str] = []
        self._corpus, self._question, self._scope, self._request = corpus, question, scope, request
        self._most_documents = min(MOST_DOCUMENTS, _MOST_READ // max(1, min(len(scope.by_subject), MOST_SUBJECTS)))
        self._lengths = next((months for form, months in _LENGTHS if form.search(question)), ())
        self._tables = TypedTables(corpus)

    def find(self, subject: str, documents: tuple[str, ...] | None, wanted: Wanted) -> None:
        """Add what the documents of one subject state of one measure."""
        rows, lines = self._read(subject, documents, wanted)
        self.lines += lines
        if not lines and not self._has_difference(subject, documents, wanted) and wanted.said:
            self.missing.append(f"{wanted.said} of {subject}" if subject else wanted.said)
        if self._request.is_split and lines:
            document = lines[0].newest.row.document.name
            numbers = dict.fromkeys(row.table_number for row in rows if row.document.name == document)
            tables = (self._tables.rows(document, number) for number in numbers)
            parts = parts_of(lines[0], self._question, tables, self._tables.points_of_row)
            self.parts += [parts] if parts is not None else []

    def _read(
        self, subject: str, documents: tuple[str, ...] | None, wanted: Wanted
    ) -> tuple[list[FoundRow], list[RowSeries]]:
        rows = candidate_rows(self._corpus, wanted, documents, self._most_documents)
        self._tables.know(rows)
        return rows, _lines(subject, fitting(wanted, rows), self._points, self._scope, wanted, self._lengths)

    def _points(self, fit: Fit) -> tuple[RowPoint, ...]:
        return points_asked_for(self._tables.points(fit), self._question)

    def _has_difference(self, subject: str, documents: tuple[str, ...] | None, wanted: Wanted) -> bool:
        """Add the measure as the difference of two lines, if it is one and both are there."""
        if wanted.member or wanted.measure not in DIFFERENCES:
            return False
        of_both = [
            next(iter(self._read(subject, documents, Wanted(name))[1]), None) for name in DIFFERENCES[wanted.measure]
        ]
        found = difference(wanted.measure, *of_both)
        if found is None:
            return False
        self.differences.append(found)
        self.lines += [found.whole, found.taken]
        return True


def _is_course(lines: Sequence[RowSeries], scope: Scope) -> bool:
    many = any(len({point.row.document.name for point in line.points}) > 1 for line in lines)
    return scope.wants_course or (many and not scope.periods)


def _subjects_near(retrieval: Retrieval) -> tuple[str, ...]:
    """What the passages found are about, where the question names nothing that the folder knows."""
    documents = (hit.passage.document for hit in retrieval.hits)
    return tuple(dict.fromkeys(subject for one in documents for subject in one.profile.subjects[:2]))


def _groups(scope: Scope) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Each subject with its documents; without a subject, all documents of the scope together."""
    if not scope.by_subject:
        yield "", scope.documents
        return
    for subject, names in list(scope.by_subject.items())[:MOST_SUBJECTS]:
        kept = names if scope.documents is None else tuple(name for name in scope.documents if name in names)
        if kept:
            yield subject, kept


def _lines(
    subject: str,
    fits: Sequence[Fit],
    points_of: PointsOf,
    scope: Scope,
    wanted: Wanted,
    lengths: Sequence[int],
) -> list[RowSeries]:
    owner = _one_subject(fits)
    if owner is None:
        return []
    lines = lines_of(_shown(subject or owner, fits), fits, points_of, lengths=lengths)
    lines = lines[:3] if wanted.measure == "cash flow" else lines[:2]
    documents = {fit.row.document.name for fit in fits}
    kept = (_asked(_as_amounts(line), scope, len(documents)) for line in lines)
    return [line for line in kept if line is not None]


def _as_amounts(line: RowSeries) -> RowSeries:
    """Money that went out is shown in parentheses by statements: what was spent is the amount without the sign."""
    goes_out = line.measure in OUTFLOWS or (_USED.search(line.label) and not _PROVIDED.search(line.label))
    if goes_out and all(point.value.number <= 0 for point in line.points):
        return replace(line, points=tuple(point.turned for point in line.points), restated=())
    return line


def _one_subject(fits: Sequence[Fit]) -> str | None:
    """The subject that the rows' documents share, as they write it; None if there are several: their figures form no
    line."""
    first = {fit.row.document.profile.subjects[0] for fit in fits if fit.row.document.profile.subjects}
    if len(first) > 1:
        return None
    return first.pop() if first else ""


def _shown(subject: str, fits: Sequence[Fit]) -> str:
    """The name of a subject; one in capitals as the documents write it otherwise, where they do."""
    if not subject.isupper() or len(subject) <= _LONGEST_ACRONYM:
        return subject
    first = subject.split(maxsplit=1)[0].strip(",.").lower()
    others = (name for fit in fits for name in fit.row.document.profile.subjects)
    return next((name for name in others if not name.isupper() and name.lower().startswith(first)), subject)


def _asked(line: RowSeries, scope: Scope, documents: int) -> RowSeries | None:
    """The points that the question is about: those of the periods named, or those of its one document and a year
    before, or all."""
    if scope.periods:
        own = within(line, lambda point: point.is_own and _is_about(point, scope.periods))
        if own is None:
            own = within(line, lambda point: _has_period(point, scope.periods))
        is_day = any(period.day for period in scope.periods)
        if own is None and not is_day and scope.documents is not None and len(scope.documents) == 1:
            own = within(line, lambda point: point.is_own)
        return None if own is None else _with_year_before(line, own)
    if scope.documents is not None and len(scope.documents) == 1 and documents == 1:
        own = within(line, lambda point: point.is_own)
        return None if own is None else _with_year_before(line, own)
    return line


def _with_year_before(line: RowSeries, own: RowSeries) -> RowSeries:
    before = [line.year_before(point) for point in own.points]
    kept = {point.period: point for point in (*own.points, *before) if point is not None}
    return within(line, lambda point: point.period in kept) or own


def _is_about(point: RowPoint, periods: Sequence[Period]) -> bool:
    stated = point.row.document.profile.periods
    return any(period.contains(one) for period in periods for one in stated)


def _has_period(point: RowPoint, periods: Sequence[Period]) -> bool:
    named = point.period.named
    if named is not None:
        return any(period.contains(named) for period in periods)
    year, month, day = (int(part) for part in point.period.order.split("-"))
    return any(period.contains(Period(year, month=month, day=day)) for period in periods)
