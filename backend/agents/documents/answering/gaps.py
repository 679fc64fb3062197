"""What an answer leaves open, said at its end: subjects and periods without a passage, a reason that nobody gives."""

from collections.abc import Iterable, Sequence

from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.evidence import QuotableEvidence
from backend.agents.documents.answering.findings import Findings
from backend.agents.documents.answering.fitness import asks_for_cause, gives_cause
from backend.agents.documents.answering.quotes import Quote, literal
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.search.retrieval import Retrieval

_MOST_NAMED = 8


def gaps(corpus: Corpus, findings: Findings, quotes: Sequence[Quote]) -> Composition:
    """Sentences on what was looked for and not found beside the quotes, on what was assumed and on what is not read."""
    retrieval, evidence = findings.retrieval, findings.evidence
    missing = findings.missing if findings.from_rows is not None else ()
    cited = {quote.document.name for quote in quotes}
    # Where the columns that were read are of the periods asked for, no document of them is missing.
    is_read = findings.has_periods_asked
    sentences = [
        *(() if is_read else retrieval.scope.assumed),
        *([without_row(missing)] if missing else []),
        *_without_subjects(retrieval, quotes),
        *([] if is_read else _without_periods(corpus, retrieval, cited)),
        *_unmentioned(evidence, cited),
        *_without_cause(retrieval, quotes),
        skipped_that_fit(corpus, retrieval).strip(),
        literal(findings.still_reading),
    ]
    sentences = [sentence for sentence in sentences if sentence]
    return Composition().say(f"\n\n{' '.join(sentences)}" if sentences else "")


def without_row(missing: Sequence[str]) -> str:
    """That no row of a table has these measures."""
    return f"No table row was found for {' and '.join(f'“{literal(one)}”' for one in missing)}."


def skipped_that_fit(corpus: Corpus, retrieval: Retrieval) -> str:
    """A sentence on files that were skipped though their names have words of the question; empty without one."""
    words = {one.word for one in retrieval.question.concepts if one.kind == "word"}
    words |= {word.lower() for name in (*retrieval.scope.subjects, *retrieval.scope.unknown) for word in name.split()}
    names = [name for name in corpus.skipped_names() if any(word in name.lower() for word in words if len(word) > 2)]
    if not names:
        return ""
    listed = ", ".join(literal(name) for name in names[:_MOST_NAMED])
    return f" {'These files were' if len(names) > 1 else 'This file was'} skipped and may have the answer: {listed}."


def _without_subjects(retrieval: Retrieval, quotes: Sequence[Quote]) -> list[str]:
    """The subjects asked about of which nothing is quoted, where there is something of another."""
    cited = {quote.document.name for quote in quotes}
    # A table names those it is about in its rows.
    rows = " ".join(quote.text for quote in quotes if quote.document.is_table).casefold()
    missing = [
        name
        for name, documents in retrieval.scope.by_subject.items()
        if documents and cited.isdisjoint(documents) and name.casefold() not in rows
    ]
    return [f"No passage about this was found for {literal(name)}." for name in missing]


def _without_periods(corpus: Corpus, retrieval: Retrieval, cited: set[str]) -> list[str]:
    """The documents of a course of which nothing is quoted."""
    names = retrieval.scope.documents or ()
    if not retrieval.scope.wants_course or len(names) > _MOST_NAMED:
        return []
    about = [
        name
        for documents in retrieval.scope.by_subject.values()
        if not cited.isdisjoint(documents)
        for name in documents
    ]
    missing = [name for name in names if name not in cited and (not about or name in about)]
    if not missing:
        return []
    titles = ", ".join(literal(corpus.document(name).title) for name in sorted(missing))
    return [f"No passage about this was found in {titles}."]


def _unmentioned(evidence: QuotableEvidence, cited: Iterable[str]) -> list[str]:
    """Words of the question that the documents do not have, and that are not part of the name of a file."""
    names = " ".join(cited).lower()
    words = ", ".join(f"“{literal(word)}”" for word in evidence.topic.missing if word.lower() not in names)
    return [f"The documents do not mention {words}."] if words else []


def _without_cause(retrieval: Retrieval, quotes: Sequence[Quote]) -> list[str]:
    if not asks_for_cause(retrieval.question.text) or any(gives_cause(quote.text) for quote in quotes):
        return []
    return ["The passages found name no reason in so many words."]
