"""The passages that an answer may quote: those retrieved, and more of each document that the question is about."""

from collections.abc import Iterator, Sequence

from backend.agents.documents.answering.fitness import asks_for_cause, stands_below_cause
from backend.agents.documents.answering.topic import Topic, is_filler
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import Passage
from backend.agents.documents.search.matching import expression
from backend.agents.documents.search.retrieval import Retrieval

_MOST_DOCUMENTS = 8
_NEAREST = 2
"""Documents of the best passages: where a whole folder is asked, more of these is looked at."""
_FEW = 3
_OF_CAUSES = 4
_CAUSES = "cause OR causes OR reason OR reasons OR ursache OR ursachen OR grund OR begründung OR raison OR raisons"
_OF_ONE, _OF_EACH, _OF_ALL = 24, 12, 30
"""Passages looked at of the one document in scope, of each of several, and of a whole folder."""


def passages_for(corpus: Corpus, retrieval: Retrieval, topic: Topic) -> list[Passage]:
    """Passages that have words of the topic, each once, the retrieved ones first."""
    found = {hit.passage.number: hit.passage for hit in retrieval.hits if hit.coverage > 0}
    telling = [one for one in topic.concepts if not is_filler(one.word)]
    searched = expression(telling or topic.concepts)
    if not searched:
        return list(found.values())
    names = retrieval.scope.documents
    if names is not None:
        # A table names those it is about in its rows.
        found = {one.number: one for one in found.values() if one.document.name in names or one.document.is_table}
    batches = _of_folder(corpus, retrieval, searched) if names is None else _of_scope(corpus, names, searched)
    causes = _of_causes(corpus, retrieval, list(found.values())) if asks_for_cause(retrieval.question.text) else ()
    for passage in (*batches, *causes):
        found.setdefault(passage.number, passage)
    return list(found.values())


def _of_folder(corpus: Corpus, retrieval: Retrieval, searched: str) -> Iterator[Passage]:
    """Passages of the whole folder, and more of the documents that the best passages are from."""
    nearest = [name for name in retrieval.names if not corpus.document(name).is_table][:_NEAREST]
    yield from (passage for passage, _ in corpus.search(searched, "prose", _OF_ALL))
    for name in nearest:
        yield from (passage for passage, _ in corpus.search(searched, "prose", _OF_EACH, [name]))


def _of_causes(corpus: Corpus, retrieval: Retrieval, found: Sequence[Passage]) -> Iterator[Passage]:
    """Where it is asked why, passages of the best documents below a heading that announces the cause: they need not
    repeat the words of the question."""
    names = retrieval.scope.documents or [one.document.name for one in found if not one.document.is_table]
    for name in list(dict.fromkeys(names))[:_NEAREST]:
        for passage, _ in corpus.search(_CAUSES, "prose", _OF_CAUSES, [name]):
            if stands_below_cause(retrieval.question.text, passage.heading):
                yield passage


def _of_scope(corpus: Corpus, names: Sequence[str], searched: str) -> Iterator[Passage]:
    """Passages of each document in scope, and of few documents their first one: a title page says where, when and by
    whom, in words that no question repeats."""
    limit = _OF_ONE if len(names) == 1 else _OF_EACH
    for name in names[:_MOST_DOCUMENTS]:
        yield from (passage for passage, _ in corpus.search(searched, "prose", limit, [name]))
    if len(names) <= _FEW:
        yield from (passage for name in names for passage in corpus.openings(1, [name]))
