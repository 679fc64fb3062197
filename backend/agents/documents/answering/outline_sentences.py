"""Outlines of documents as an answer states them."""

from collections.abc import Sequence

from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.leads import lead, leads_of
from backend.agents.documents.answering.outline import DocumentOutline
from backend.agents.documents.answering.quotes import Quote, literal, shown
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.readers.delimited import MAX_SEARCHED_ROWS

_MOST_SUBJECTS = 6


def outlines_told(corpus: Corpus, outlines: Sequence[DocumentOutline]) -> Composition:
    """The outlines one after the other; of several that are not in full one line each."""
    told = Composition()
    is_list = len(outlines) > 1 and not any(one.sections or one.within for one in outlines)
    if is_list:
        documents, _ = corpus.sizes()
        told.say(_folder(corpus) if len(outlines) < documents else "")
        told.say(f"What {len(outlines)} of {documents} documents say first:\n")
        leads = leads_of(one.document for one in outlines)
        for one in outlines:
            told.say(f"\n- {leads[one.document.name]}{_size(one)}: ").add(_line(one.opening))
        return told.say("\n\nName a document to see its sections." if any(not one.rows for one in outlines) else "")
    for place, one in enumerate(outlines):
        told.say("\n\n" if place else "").add(_in_full(one))
    return told


def _folder(corpus: Corpus) -> str:
    """Whom most documents of the folder are about."""
    subjects = [f"{literal(name)} ({count})" for name, count in corpus.main_subjects(_MOST_SUBJECTS)]
    return f"Most documents are about {', '.join(subjects)}. " if subjects else ""


def _in_full(outline: DocumentOutline) -> Composition:
    told = Composition()
    if outline.rows:
        return told.say(f"{lead(outline.document)}{_size(outline)}. Its first row: ").add(_line(outline.opening))
    name = lead(outline.document)
    told.say(f"{name}, the section “{literal(outline.within)}”:" if outline.within else f"{name} says first:")
    told.say("\n")
    for quote in outline.opening:
        told.say("\n- ").say(shown(quote)).cite(quote)
    if outline.sections:
        told.say("\n\nIts main parts, each with what it says first:\n")
    for section in outline.sections:
        page = f" (page {section.page})" if section.page is not None else ""
        told.say(f"\n- {literal(section.title)}{page}")
        told.say(f": {shown(section.quote)}" if section.quote else "").cite(section.quote)
    if outline.left_out:
        told.say(f"\n\n{outline.left_out} more {'parts are' if outline.left_out > 1 else 'part is'} not shown.")
    return told


def _size(outline: DocumentOutline) -> str:
    columns = f" with the columns {literal(outline.columns)}" if outline.columns else ""
    if outline.rows >= MAX_SEARCHED_ROWS:
        return f", a table of which {outline.rows:,} rows can be searched{columns}"
    return f", a table of {outline.rows:,} rows{columns}" if outline.rows else ""


def _line(quotes: Sequence[Quote]) -> Composition:
    if not quotes:
        return Composition().say("no sentence that can be quoted")
    return Composition().say(shown(quotes[0])).cite(quotes[0])
