"""What later documents say of a cell in an answer: a schedule stays as it was printed, and a notice changes it."""

from collections.abc import Sequence

from backend.agents.documents.answering.asked_matter import says_otherwise
from backend.agents.documents.answering.candidates import Candidate
from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.evidence import QuotableEvidence
from backend.agents.documents.answering.leads import lead
from backend.agents.documents.answering.quotes import shown
from backend.agents.documents.answering.topic import is_filler
from backend.agents.documents.figures.measure_words import plain_word, words_in
from backend.agents.documents.figures.named_cells import NamedCells


def changes_told(found: Sequence[NamedCells], evidence: QuotableEvidence) -> Composition:
    """The newest sentence that says of one of these cells that it is otherwise, with a warning; empty without one.

    It has every word of the question that the names of the cell have, and is from another document that is later, or
    that has a date where the table's has none.
    """
    changes = [(one, cell) for cell in found for one in evidence.candidates if _changes(one, cell, evidence)]
    if not changes:
        return Composition()
    change, cell = max(changes, key=lambda pair: pair[0].passage.document.time)
    quote, table = change.full_quote, cell.row.document
    told = Composition().say(f"\n\nFrom the documents:\n\n- {lead(quote.document)}: {shown(quote)}").cite(quote)
    when = "is older" if table.time else "has no date"
    message = (
        f"{lead(quote.document)} speaks of a change, and {lead(table)} {when}: its figure may be the one before it."
    )
    return told.warn("later_document", message, quote)


def _changes(one: Candidate, cell: NamedCells, evidence: QuotableEvidence) -> bool:
    document, table = one.passage.document, cell.row.document
    if document.name == table.name or document.time <= table.time or not says_otherwise(one.quote.text):
        return False
    label = {*words_in(cell.row.label)}
    names = label.union(*(words_in(each.column) for each in cell.cells))
    strengths = {
        plain_word(concept.word): strength
        for concept, strength in zip(evidence.topic.concepts, one.alone, strict=True)
        if concept.kind == "word" and not is_filler(concept.word)
    }
    named = [strength for word, strength in strengths.items() if word in names]
    return bool(named) and all(named) and not label.isdisjoint(strengths)
