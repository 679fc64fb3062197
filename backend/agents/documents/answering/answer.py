"""The whole answer: figures first, then sentences of the documents, and what speaks against trusting it."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from backend.agents.documents.answering.cell_sentences import cells_told, total_told
from backend.agents.documents.answering.changed_cells import changes_told
from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.contradictions import contradict
from backend.agents.documents.answering.figure_sentences import FiguresTold
from backend.agents.documents.answering.figure_support import names_of
from backend.agents.documents.answering.findings import Findings
from backend.agents.documents.answering.gaps import gaps, skipped_that_fit, without_row
from backend.agents.documents.answering.outline_sentences import outlines_told
from backend.agents.documents.answering.quoted import quoted
from backend.agents.documents.answering.quotes import Quote, literal
from backend.agents.documents.answering.row_sentences import rows_told
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.search.retrieval import Nearness, Retrieval

OLD_DAYS = 365
"""QuotableEvidence is called dated if the folder has a document that is newer by more than this."""

_NOT_FOUND = "Not found in your documents."
_NOT_ANSWERED = "The documents do not answer this question."
_NEAREST: dict[Nearness, str] = {
    "words": " The nearest passages are listed for you to judge.",
    "spelling": " The nearest passages are listed: they have words spelt much like those of the question.",
    "nothing": " No passage is near; to show what there is, the beginnings of some documents are listed.",
}
_CLOSING = "\n\n*Quoted and computed from the documents, not interpreted.*"


def answer(corpus: Corpus, findings: Findings) -> Composition:
    """What the documents say about the question, or that they say nothing (with the warning ``not_found``)."""
    retrieval, evidence = findings.retrieval, findings.evidence
    if findings.outlines:
        told = outlines_told(corpus, findings.outlines)
        return told.add(gaps(corpus, findings, told.quotes)).say(_CLOSING)
    told, stated = _figures(corpus, findings)
    if "not_found" in told.warnings:
        return told
    if evidence.is_enough and not findings.cells:
        names = names_of(findings.from_rows.lines) if findings.from_rows is not None else frozenset()
        told.add(quoted(retrieval, evidence, stated, beside_figures=bool(stated), names=names))
    elif findings.cells and findings.total is None and not retrieval.question.periods:
        told.add(changes_told(findings.cells, evidence))
    if findings.figures is None and not told.quotes:
        return not_found(corpus, retrieval, findings.still_reading)
    told.add(_doubts(corpus, findings, told.quotes))
    if not stated:
        told.add(_contradictions(retrieval, told.quotes))
    return told.add(gaps(corpus, findings, told.quotes)).say(_CLOSING)


def _figures(corpus: Corpus, findings: Findings) -> tuple[Composition, list[Quote]]:
    """The figures that were read, or that no row has them; with the warning ``not_found`` if only other periods do.
    The quotes are those of the figures that were asked for, without what goes with them."""
    told = Composition()
    if findings.from_rows is not None:
        told.add(rows_told(findings.retrieval.question, findings.from_rows))
    elif findings.missing and findings.evidence.is_enough:
        told.say(f"{without_row(findings.missing)}\n\n")
    if findings.total is not None:
        told.add(total_told(findings.total))
    elif findings.cells:
        told.add(cells_told(findings.cells))
    if findings.figures is not None:
        of_table = FiguresTold(corpus, findings.retrieval.question, findings.figures)
        if of_table.lacks_period and not findings.evidence.is_enough:
            assumed = "".join(f" {sentence}" for sentence in findings.retrieval.scope.assumed)
            return told.say(f"{_NOT_FOUND} ").add(of_table.lead()).say(assumed).warn("not_found", _NOT_ANSWERED), []
        stated = told.add(of_table.lead()).quotes
        return told.add(of_table.beside()).add(of_table.values()).add(of_table.doubts()), stated
    return told, told.quotes


def not_found(corpus: Corpus, retrieval: Retrieval, still_reading: str = "") -> Composition:
    """That the documents do not answer the question, with the words that they lack. Cites nothing."""
    documents, _ = corpus.sizes()
    told = Composition().say(_NOT_FOUND)
    if not retrieval.question.concepts:
        told.say(" The question has no word to search for: name what you are looking for.")
    elif retrieval.unknown:
        words = ", ".join(f"“{literal(word)}”" for word in _each_once(retrieval.unknown))
        none = f"None of the {documents} documents mentions" if documents != 1 else "The document does not mention"
        told.say(f" {none} {words}.")
    else:
        where = f"{documents} documents" if documents != 1 else "document"
        told.say(f" Its words occur in the {where}, but no passage has enough of them together.")
    is_of_nobody = bool(retrieval.scope.unknown) and not retrieval.scope.subjects
    told.say("".join(f" {sentence}" for sentence in retrieval.scope.assumed if not is_of_nobody))
    told.say(skipped_that_fit(corpus, retrieval)).say(f" {literal(still_reading)}" if still_reading else "")
    if retrieval.hits:
        told.say(_NEAREST[retrieval.nearness])
    return told.warn("not_found", _NOT_ANSWERED)


def _each_once(words: Sequence[str]) -> list[str]:
    """The words, each as it is first written."""
    return list({word.casefold(): word for word in reversed(words)}.values())[::-1]


def _doubts(corpus: Corpus, findings: Findings, quotes: Sequence[Quote]) -> Composition:
    doubts, retrieval = Composition(), findings.retrieval
    is_read = findings.from_rows is not None or bool(findings.cells)
    # The row of a table is all that there is to support its figure.
    if len(quotes) == 1 and not is_read:
        doubts.warn("thin_evidence", f"Only one place supports this answer: {quotes[0].document.title}.", quotes[0])
    if unmentioned := _unmentioned(findings):
        words = ", ".join(f"“{word}”" for word in _each_once(unmentioned))
        doubts.warn("partly_covered", f"The documents do not mention {words}; the answer leaves that open.")
    doubts.add(_other_subject(retrieval, quotes))
    cited = [quote.document.date for quote in quotes if quote.document.date]
    if cited and not retrieval.question.periods:
        newest, folder = max(cited), corpus.newest_date()
        if (date.fromisoformat(folder) - date.fromisoformat(newest)).days > OLD_DAYS:
            doubts.warn("dated_evidence", f"The newest document cited is of {newest}; the folder has one of {folder}.")
    return doubts


def _unmentioned(findings: Findings) -> list[str]:
    """The words of the question that no document has, without periods of which figures were read."""
    concepts = findings.retrieval.question.concepts
    read = {one.word for one in concepts if one.kind == "period" and findings.has_periods_asked}
    return [word for word in findings.retrieval.unknown if word not in read]


def _other_subject(retrieval: Retrieval, quotes: Sequence[Quote]) -> Composition:
    """A warning for what is cited of a document that is about none of the subjects asked about."""
    asked = {name for documents in retrieval.scope.by_subject.values() for name in documents}
    names = [name.casefold() for name in retrieval.scope.by_subject]
    other = [
        quote
        for quote in quotes
        if asked and quote.document.name not in asked and quote.document.profile.subjects
        # A table names those it is about in its rows.
        if not (quote.document.is_table and any(name in quote.text.casefold() for name in names))
    ]
    if not other:
        return Composition()
    titles = ", ".join(dict.fromkeys(quote.document.title for quote in other))
    message = f"Not about {' or '.join(retrieval.scope.by_subject)}: {titles}."
    return Composition().warn("other_subject", message, other[0])


def _contradictions(retrieval: Retrieval, quotes: Sequence[Quote]) -> Composition:
    """A warning for each two quotes that say nearly the same with other numbers, unless they are of different subjects
    that the question names."""
    told = Composition()
    subjects = {name: subject for subject, names in retrieval.scope.by_subject.items() for name in names}
    for older, newer in combinations(sorted(quotes, key=lambda quote: quote.document.date), 2):
        are_others = subjects.get(older.document.name) != subjects.get(newer.document.name)
        if not are_others and contradict(older, newer):
            titles = f"{older.document.title} and {newer.document.title}"
            later = ", the later one," if "" < older.document.date < newer.document.date else ""
            message = f"{titles}{later} say nearly the same with different numbers: check which one is right."
            told.warn("contradictory_evidence", message, newer)
    return told
