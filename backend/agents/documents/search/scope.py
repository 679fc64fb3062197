"""Which documents a question is answered from: those of the subjects and periods that it names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.folder_facts import DatedDocument, FolderFacts
from backend.agents.documents.periods import Period
from backend.agents.documents.search.asked_time import AskedTime, asked_time
from backend.agents.documents.search.dated_documents import before_newest, newest, of_period, spanning
from backend.agents.documents.search.named_subjects import AskedNames, NamedSubject, named_in
from backend.agents.documents.search.question import Concept, Question

_SOME_DAYS = timedelta(days=10)
_COMPARING = re.compile(r"\b(?:compar\w+|versus|vs|differ\w*|than|both|each|respectively)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about, and the documents that are about it."""

    subjects: tuple[str, ...] = ()
    """Subjects that the question names and the folder knows, as their documents write them."""
    documents: tuple[str, ...] | None = None
    """Names of the documents that the answer is taken from, the best first; None for all."""
    by_subject: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The documents of each subject, the best first."""
    periods: tuple[Period, ...] = ()
    """Periods that are asked for, relative ones resolved."""
    wants_course: bool = False
    """Whether a development over several periods is asked for."""
    assumed: tuple[str, ...] = ()
    """Sentences on what was assumed where the question can be read in several ways."""
    unknown: tuple[str, ...] = ()
    """Names in the question that no document mentions: nothing may be quoted about others in their stead."""
    named_in_text: tuple[str, ...] = ()
    """Names without a document of their own: only passages that name one of them count."""
    resolved: tuple[str, ...] = ()
    """Words of the question that the choice of documents has answered: passages need not have them."""
    merely_mentioned: tuple[str, ...] = ()
    """Of the subjects those that several documents name among others: a passage must still be about them."""
    in_period: bool = False
    """Whether the documents are those of the periods asked for."""
    spanning: frozenset[str] = frozenset()
    """Documents that have the periods asked for among others: what they say of one of them names it."""
    regions: tuple[str, ...] = ()
    """Words that say where a known place lies; passages need not have them."""

    @property
    def resolved_concepts(self) -> tuple[Concept, ...]:
        """The resolved words as something to look for: the row of a table may be named so."""
        return tuple(Concept(word, ((word, 1.0),)) for name in self.resolved for word in name.lower().split())


def resolve_scope(corpus: Corpus, question: Question) -> Scope:
    """The scope of a question in this folder; without any subject or period the whole folder."""
    named = named_in(corpus, question.text)
    time = asked_time(question.text)
    subjects = named.subjects
    chosen, is_mixed, times = _chosen(corpus, subjects, question, time)
    if question.periods and not times.is_restricted and not any(one.documents.main for one in subjects):
        # Names that some documents merely mention do not outweigh the period.
        others = _chosen(corpus, (), question, time)
        if others[2].is_restricted:
            subjects, (chosen, is_mixed, times) = (), others
    everything = chosen is None and not times.is_restricted and not is_mixed
    names = None if everything else tuple(document.name for document in times.documents)
    of_subjects = _OfSubjects(tuple(one for one in subjects if not one.is_everywhere))
    return Scope(
        subjects=tuple(dict.fromkeys(subject.documents.name for subject in subjects)),
        documents=names,
        by_subject=of_subjects.documents(names or ()),
        periods=times.periods,
        wants_course=_wants_course(question, time),
        assumed=(*_respelt(named), *times.assumed),
        unknown=named.unknown,
        named_in_text=named.mentioned,
        resolved=of_subjects.resolved,
        merely_mentioned=of_subjects.mentioned,
        in_period=times.is_restricted,
        spanning=times.spanning,
        regions=named.regions,
    )


@dataclass(frozen=True, slots=True)
class _OfSubjects:
    """What a scope says of its subjects."""

    about: tuple[NamedSubject, ...]

    def documents(self, order: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The documents of each subject in this order, without others."""
        return {one.documents.name: _ordered(_all_of(one), order) for one in self.about}

    @property
    def mentioned(self) -> tuple[str, ...]:
        """The words of the subjects that several documents name among others."""
        return tuple(one.words for one in self.about if self._is_merely_mentioned(one))

    @property
    def resolved(self) -> tuple[str, ...]:
        """The words of the other subjects."""
        return tuple(one.words for one in self.about if not self._is_merely_mentioned(one))

    @staticmethod
    def _is_merely_mentioned(subject: NamedSubject) -> bool:
        return not subject.documents.main and len(subject.documents.further) > 1


def _chosen(
    corpus: Corpus, subjects: Sequence[NamedSubject], question: Question, time: AskedTime
) -> tuple[tuple[str, ...] | None, bool, "_InTime"]:
    """The documents about the subjects (None for all), whether the folder is a mixed one, and those of the time."""
    facts, chosen = corpus.facts(), _documents_about(subjects, question.text)
    dated = facts.among(chosen)
    is_mixed = chosen is None and bool(time.relative) and corpus.directory.most_about_one() * 2 < len(dated)
    return chosen, is_mixed, _in_time(facts, dated, question.periods, time, is_mixed=is_mixed)


def _wants_course(question: Question, time: AskedTime) -> bool:
    return time.wants_course or len(question.periods) > 1


def _all_of(subject: NamedSubject) -> tuple[str, ...]:
    return subject.documents.main or subject.documents.further


def _documents_about(subjects: Sequence[NamedSubject], text: str) -> tuple[str, ...] | None:
    """The documents about all of the subjects if there are any and no comparison is asked for, else about any."""
    telling = [subject for subject in subjects if not subject.is_everywhere]
    if not telling:
        return None
    main = [set(subject.documents.main) for subject in telling if subject.documents.main]
    further = [set(subject.documents.further) for subject in telling if not subject.documents.main]
    common = set.intersection(*main) if main else set.intersection(*further)
    if _COMPARING.search(text):
        return tuple(sorted(set().union(*main, *further)))
    chosen = common or set().union(*(main or further))
    for documents in further:
        chosen = (chosen & documents) or chosen
    return tuple(sorted(chosen))


@dataclass(frozen=True, slots=True)
class _InTime:
    """The documents left once their time is looked at."""

    documents: Sequence[DatedDocument]
    periods: tuple[Period, ...]
    is_restricted: bool = False
    assumed: tuple[str, ...] = ()
    spanning: frozenset[str] = frozenset()


def _in_time(
    facts: FolderFacts, documents: Sequence[DatedDocument], asked: Sequence[Period], time: AskedTime, *, is_mixed: bool
) -> _InTime:
    """The documents of the time asked for. In a mixed folder the newest of all documents may be about anything, so a
    relative period chooses none there."""
    if asked:
        return _of_periods(facts, documents, asked)
    if time.wants_course or not time.relative or is_mixed:
        return _InTime(documents, ())
    return _of_relative(documents, time)


def _of_relative(documents: Sequence[DatedDocument], time: AskedTime) -> _InTime:
    wider = spanning(documents)
    specific = [document for document in documents if document.name not in wider]
    found = newest(specific) if time.relative == "latest" else before_newest(specific)
    dated = [document for document in found if document.time]
    if not dated or len(dated) == len(documents):
        return _InTime(documents, (), spanning=wider)
    periods = tuple(dict.fromkeys(document.periods[0] for document in dated if document.periods))
    when = f" (period ended {dated[0].period_end})" if dated[0].period_end else ""
    label = periods[0].label if periods else dated[0].time
    assumed = (f"“{time.wording}” is taken as {label}{when}.",)
    around = _around(documents, wider, periods)
    return _InTime([*found, *around], periods, True, assumed, frozenset(document.name for document in around))


def _around(
    documents: Sequence[DatedDocument], wider: frozenset[str], periods: Sequence[Period]
) -> list[DatedDocument]:
    """Those of the wider documents that have one of the periods within theirs."""
    years = {period.year for period in periods}
    return [document for document in documents if document.name in wider and document.periods[0].year in years]


def _of_periods(facts: FolderFacts, documents: Sequence[DatedDocument], asked: Sequence[Period]) -> _InTime:
    found: set[str] = set()
    assumed: list[str] = []
    for period in asked:
        matching = of_period([one for one in documents if facts.has_year(one.name, period.year)], period)
        found.update(document.name for document in matching)
        assumed += _assumed_of(period, matching)
    if not found:
        return _InTime(documents, tuple(asked), assumed=tuple(assumed) if any(one.periods for one in documents) else ())
    # A document without a period of its own, such as a table, may have figures of any.
    timeless = [document for document in documents if not document.periods]
    of_asked = [document for document in documents if document.name in found]
    around = [one for one in _around(documents, spanning(documents), asked) if one.name not in found]
    names = frozenset(document.name for document in around)
    return _InTime([*of_asked, *timeless, *around], tuple(asked), True, tuple(assumed), names)


def _assumed_of(period: Period, matching: Sequence[DatedDocument]) -> list[str]:
    """What is to be said of a period asked for: that no document is of it, or how it was read."""
    if not matching:
        return [f"No document is of {'a period that ends on ' if period.day else ''}{period.label}."]
    sentence = _other_calendar(period, matching[0])
    return [sentence] if sentence else []


def _other_calendar(asked: Period, document: DatedDocument) -> str:
    """That a quarter is the one the documents call so, where it ended in another quarter of the calendar."""
    if not asked.quarter or asked.fiscal or not document.period_end:
        return ""
    # Quarters of whole weeks end a few days beside those of the calendar.
    end = date.fromisoformat(document.period_end) - _SOME_DAYS
    if (asked.year, asked.quarter) == (end.year, (end.month + 2) // 3):
        return ""
    return f"{asked.label} is read as the documents name it: there it is the quarter that ended {document.period_end}."


def _ordered(names: Sequence[str], order: Sequence[str]) -> tuple[str, ...]:
    places = {name: place for place, name in enumerate(order)}
    return tuple(sorted((name for name in names if name in places), key=places.__getitem__))


def _respelt(named: AskedNames) -> tuple[str, ...]:
    return tuple(
        f"“{subject.words}” is taken as {subject.documents.name}." for subject in named.subjects if subject.is_respelt
    )
