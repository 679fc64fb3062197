"""How much each word of a question counts in a folder: the rarer, the more."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.search.matching import expression, quoted
from backend.agents.documents.search.question import RELATED_FACTOR, Concept, Question
from backend.agents.documents.search.vocabulary import WEAK

SHORTEST_PREFIX = 5
"""Letters of the shortest beginning that may stand for a word."""
_SUBJECT_FACTOR = 0.2
"""What most titles of a folder name (the company, say) says little about what is asked."""
_UNKNOWN_FACTOR, _UNKNOWN_FLOOR = 1.3, 4.0
_FEWEST_TITLES, _MOST_TITLES = 3, 0.6


@dataclass(frozen=True, slots=True)
class _Counted:
    """A concept, and how many passages have it."""

    concept: Concept
    count: int


def weighed_words(corpus: Corpus, question: Question) -> tuple[Question, tuple[str, ...]]:
    """The question with its words weighed, and those that occur nowhere."""
    counted = _counted(corpus, question.concepts)
    concepts = tuple(one.concept for one in counted)
    unknown = tuple(one.concept.word for one in counted if not one.count and one.concept.word not in WEAK)
    return replace(question, concepts=concepts).with_importance(_weights(corpus, counted)), unknown


def _counted(corpus: Corpus, concepts: Sequence[Concept]) -> list[_Counted]:
    """The concepts in order; a longer word that no passage has also stands for words that begin like it."""
    counts = corpus.frequencies(expression([concept]) for concept in concepts)
    counted = [_Counted(concept, count) for concept, count in zip(concepts, counts, strict=True)]
    return [one if one.count or not _has_prefix(one.concept) else _by_prefix(corpus, one.concept) for one in counted]


def _has_prefix(concept: Concept) -> bool:
    return concept.kind == "word" and len(concept.word) >= SHORTEST_PREFIX + 2


def _by_prefix(corpus: Corpus, concept: Concept) -> _Counted:
    widened = replace(concept, phrases=(*concept.phrases, (concept.word[:-2] + "*", RELATED_FACTOR)))
    return _Counted(widened, corpus.frequencies([expression([widened])])[0])


def _weights(corpus: Corpus, counted: Sequence[_Counted]) -> tuple[float, ...]:
    """How much each concept counts: the rarer, the more."""
    documents, passages = corpus.sizes()
    rarities = [math.log(1 + (passages - one.count + 0.5) / (one.count + 0.5)) for one in counted]
    # In a large folder a word that is nowhere would outweigh all others: it counts little more than a rare one.
    rarest = max((rarity for rarity, one in zip(rarities, counted, strict=True) if one.count), default=0.0)
    limit = max(_UNKNOWN_FLOOR, _UNKNOWN_FACTOR * rarest)
    # What most titles name is what the whole folder is about.
    titled = corpus.titled(quoted(one.concept.word) for one in counted)

    def weight(one: _Counted, rarity: float, share_of_titles: float) -> float:
        if not one.count:
            return 0.0 if one.concept.word in WEAK else min(rarity, limit)
        is_subject = documents >= _FEWEST_TITLES and share_of_titles >= _MOST_TITLES
        return rarity * _SUBJECT_FACTOR if is_subject else rarity

    return tuple(map(weight, counted, rarities, titled))
