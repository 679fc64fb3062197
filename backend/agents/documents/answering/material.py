"""The passages that an answer may quote: those retrieved, and more of each document that the question is about."""

from backend.agents.documents.answering.topic import Topic, is_filler
from backend.agents.documents.indexing.corpus import Corpus, Passage
from backend.agents.documents.search.matching import expression
from backend.agents.documents.search.retrieval import Retrieval

_MOST_DOCUMENTS = 8
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
    if names is None:
        batches = [corpus.search(searched, "prose", _OF_ALL)]
    else:
        limit = _OF_ONE if len(names) == 1 else _OF_EACH
        batches = [corpus.search(searched, "prose", limit, [name]) for name in names[:_MOST_DOCUMENTS]]
        found = {number: passage for number, passage in found.items() if passage.document.name in names}
    for batch in batches:
        found.update({passage.number: passage for passage, _ in batch if passage.number not in found})
    return list(found.values())
