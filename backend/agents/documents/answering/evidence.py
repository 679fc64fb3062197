"""The statements that may be quoted for a question, and whether they answer it."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.answering.asked_matter import asked_things, says_otherwise, speaks_of_all
from backend.agents.documents.answering.candidates import Candidate, candidates_in
from backend.agents.documents.answering.material import passages_for
from backend.agents.documents.answering.statements import is_table_row
from backend.agents.documents.answering.topic import Topic, topic_of
from backend.agents.documents.answering.wanted import WantedThing, is_short, wanted_by
from backend.agents.documents.figures.row_totals import ASKS_SUM
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.profile import subject_key
from backend.agents.documents.periods import find_periods
from backend.agents.documents.search.question import Question
from backend.agents.documents.search.retrieval import Retrieval

ANSWERING_COVERAGE = 0.5
"""The share of the topic that the best statement must have, in its context, where the documents in scope are known."""
_NAMING_COVERAGE = 0.72
"""The same for a question of a few words, or one that wants one thing: a figure, a day or a name."""
_QUALITY = re.compile(r"\bhow\s+([^\W\d_]{3,})\s+(?:is|are|was|were|does|do|did)\b", re.IGNORECASE)
_CODE = re.compile(r"\b(?=[\w-]*\d)[\w-]{3,}\b")
_LEAST_FITNESS = 0.5
"""A sentence that can hardly be read by itself, or only points elsewhere, answers nothing alone."""


@dataclass(frozen=True, slots=True)
class QuotableEvidence:
    """The statements that may be quoted, and whether they answer the question."""

    topic: Topic
    candidates: tuple[Candidate, ...]
    coverage: float
    """The share of the topic that the best statement has, in its context."""
    is_enough: bool
    """Whether the statements have enough of the topic to be quoted as an answer."""

    @property
    def said_alone(self) -> float:
        """The most of the topic that one sentence, which is not a row of a table, has in itself."""
        prose = (one for one in self.candidates if not is_table_row(one.passage, one.quote.text))
        return max((share(self.topic, one.alone) for one in prose), default=0.0)


def find_evidence(corpus: Corpus, retrieval: Retrieval) -> QuotableEvidence:
    """The statements of the documents in scope that have something of the topic."""
    topic = topic_of(corpus, retrieval)
    wanted = wanted_by(retrieval.question.text)
    found = _quotable(corpus, retrieval, topic, wanted)
    coverage = _best(topic, found)
    enough = _is_enough(retrieval, topic, wanted, found) and not retrieval.scope.unknown
    return QuotableEvidence(topic, tuple(found), coverage, enough)


def without_rows_of(evidence: QuotableEvidence, tables: Collection[str], question: Question) -> QuotableEvidence:
    """The evidence without single rows of tables that could not be computed over, where a figure over their rows is
    asked for: one row of a million answers nothing, unless the question names it by its number or code."""
    if not tables or not _asks_over_rows(question):
        return evidence
    codes = [code.casefold() for code in _CODE.findall(_without_periods(question.text))]
    kept = tuple(
        one
        for one in evidence.candidates
        if one.passage.document.name not in tables or any(code in one.quote.text.casefold() for code in codes)
    )
    coverage = _best(evidence.topic, kept)
    is_enough = evidence.is_enough and bool(kept) and coverage >= min(evidence.coverage, ANSWERING_COVERAGE)
    return replace(evidence, candidates=kept, coverage=coverage, is_enough=is_enough)


def _asks_over_rows(question: Question) -> bool:
    wanted = wanted_by(question.text)
    return wanted.figure or bool(question.direction or question.extreme) or ASKS_SUM.search(question.text) is not None


def _without_periods(text: str) -> str:
    for _, start, end in reversed(find_periods(text)):
        text = f"{text[:start]} {text[end:]}"
    return text


def _quotable(corpus: Corpus, retrieval: Retrieval, topic: Topic, wanted: WantedThing) -> list[Candidate]:
    """The candidates of the periods, names and things that are asked for."""
    found = candidates_in(passages_for(corpus, retrieval, topic), retrieval.question, topic)
    found = [one for one in found if _is_of_period(one, retrieval) and _has_name(one, retrieval)]
    if wanted.is_one_thing or is_short(retrieval.question.text):
        things = asked_things(retrieval.question.text)
        found = [one for one in found if speaks_of_all(things, topic, one.in_context)]
    found = _having(found, wanted, topic, retrieval)
    if retrieval.scope.documents is not None or not wanted.is_one_thing:
        return found
    kept = {id(one) for one in _with_rarest(found, topic)}
    # What says that a thing has changed need not repeat what is asked about it.
    return [one for one in found if id(one) in kept or says_otherwise(one.quote.text)]


def _is_enough(retrieval: Retrieval, topic: Topic, wanted: WantedThing, found: Sequence[Candidate]) -> bool:
    """Whether the candidates have enough of the topic to answer."""
    if _asks_unknown_quality(retrieval, topic):
        return False
    if wanted.day and any(_says_change_of_day(one, topic, retrieval.question.text) for one in found):
        return True
    coverage = _best(topic, found)
    if retrieval.scope.documents is None:
        # Words alone decide where nothing is known of whom and when the question is about.
        is_open = not (wanted.must_be_named or wanted.says_of_what_kind)
        return retrieval.is_answered and bool(found) and (is_open or coverage >= ANSWERING_COVERAGE)
    together = coverage if wanted.is_one_thing else _best_together(topic, found)
    is_narrow = wanted.is_one_thing or is_short(retrieval.question.text)
    return together >= (_NAMING_COVERAGE if is_narrow else ANSWERING_COVERAGE)


def _says_change_of_day(candidate: Candidate, topic: Topic, question: str) -> bool:
    """Whether a statement itself says of all the things asked about that they are on another day than before: what
    they do then it need not repeat."""
    things = asked_things(question)
    is_otherwise = bool(things) and says_otherwise(candidate.quote.text)
    return is_otherwise and speaks_of_all(things, topic, candidate.alone) and any(candidate.alone)


def _having(found: list[Candidate], wanted: WantedThing, topic: Topic, retrieval: Retrieval) -> list[Candidate]:
    """The candidates with the thing wanted, where it is known that others cannot answer or some with it do."""
    having = [one for one in found if wanted.is_in(one.quote.text, _around(one))]
    is_known = retrieval.scope.documents is not None or bool(retrieval.scope.named_in_text)
    if is_known or wanted.must_be_named or wanted.says_of_what_kind or _best(topic, having) >= ANSWERING_COVERAGE:
        return having
    return found


def _asks_unknown_quality(retrieval: Retrieval, topic: Topic) -> bool:
    """Whether it is asked how large, loud or old a subject is, and the folder has no word for that quality: all that is
    left of the question is the subject's name, which every sentence about it has."""
    quality = _QUALITY.search(retrieval.question.text)
    if quality is None:
        return False
    weights = {one.word: one.importance for one in topic.concepts if one.kind == "word"}
    names = {word for name in retrieval.scope.subjects for word in subject_key(name).split()}
    rest = [part for word, weight in weights.items() if weight for part in subject_key(word).split()]
    return weights.get(quality[1].lower(), 1.0) == 0.0 and bool(rest) and names.issuperset(rest)


def _with_rarest(found: list[Candidate], topic: Topic) -> list[Candidate]:
    """Where the best statement is from a document with the weightiest word of the question, those of such documents:
    one thing is asked for, and others have it of something else."""
    words = [(one.importance, place) for place, one in enumerate(topic.concepts) if one.kind == "word"]
    if not found or not words:
        return found
    _, rarest = max(words)
    having = {one.passage.document.name for one in found if one.in_context[rarest]}
    best = max(found, key=lambda one: share(topic, one.in_context))
    if best.passage.document.name not in having:
        return found
    return [one for one in found if one.passage.document.name in having]


def _around(candidate: Candidate) -> str:
    """What stands above and before a statement, and the rest of the table that it is a row of."""
    statement, passage = candidate.statement, candidate.passage
    table = passage.text if is_table_row(passage, statement.quote.text) else ""
    return f"{passage.heading} {statement.heading} {statement.previous} {table}"


def _best(topic: Topic, candidates: Sequence[Candidate]) -> float:
    return max((share(topic, one.in_context) for one in candidates if one.fitness >= _LEAST_FITNESS), default=0.0)


def _best_together(topic: Topic, candidates: Sequence[Candidate]) -> float:
    """The share that two statements of one document have together: a question of several parts is seldom answered by
    one sentence."""
    by_document: dict[str, list[Candidate]] = {}
    for one in candidates:
        if one.fitness < _LEAST_FITNESS:
            continue
        by_document.setdefault(one.passage.document.name, []).append(one)
    best = 0.0
    for of_one in by_document.values():
        first = max(of_one, key=lambda one: share(topic, one.in_context))
        for other in of_one:
            both = map(max, zip(first.in_context, other.in_context, strict=True))
            best = max(best, share(topic, both))
    return best


def _is_of_period(candidate: Candidate, retrieval: Retrieval) -> bool:
    """Whether a statement is of a period asked for: its document is about it, or it or its heading names it."""
    periods = retrieval.scope.periods
    document = candidate.passage.document
    is_spanning = document.name in retrieval.scope.spanning
    is_in_scope = retrieval.scope.in_period and document.name in (retrieval.scope.documents or ())
    if not periods or (is_in_scope and not is_spanning):
        return True
    named = f"{candidate.quote.text} {candidate.passage.heading} {'' if is_spanning else document.dated_title}"
    stated = () if is_spanning else document.profile.periods
    found = [*stated, *(period for period, _, _ in find_periods(named))]
    return any(asked.contains(period) for asked in periods for period in found)


def _has_name(candidate: Candidate, retrieval: Retrieval) -> bool:
    """Whether a statement or what stands around it has a name that the documents only mention, if one was asked for."""
    names = retrieval.scope.named_in_text
    if not names:
        return True
    around = f"{candidate.passage.text} {candidate.passage.heading} {candidate.passage.document.dated_title}".casefold()
    return any(name.casefold() in around for name in names)


def share(topic: Topic, strengths: Iterable[float]) -> float:
    """The share of the topic that these strengths, one per concept, amount to."""
    total = topic.weight
    pairs = zip(topic.concepts, strengths, strict=True)
    return sum(concept.importance * strength for concept, strength in pairs) / total if total else 0.0
