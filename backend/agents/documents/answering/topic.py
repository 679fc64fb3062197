"""What a question is about, apart from whom and when: its words weighed by what the folder says together.

Rarity alone misleads: in a folder of financial reports "gross margin" stands on every third page and "contributing"
nearly nowhere, yet the question is about the first. Words that stand side by side in the question and in the documents
name a matter; words of asking and comparing name none.
"""

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from backend.agents.documents.answering.fitness import asks_for_cause
from backend.agents.documents.answering.wanted import is_short
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.profile import subject_key
from backend.agents.documents.search.framing_words import SAYING_NO_MATTER
from backend.agents.documents.search.matching import quoted
from backend.agents.documents.search.question import RELATED_FACTOR, Concept
from backend.agents.documents.search.question_words import numbers_of_names
from backend.agents.documents.search.retrieval import Retrieval, knows
from backend.agents.documents.search.vocabulary import TOPICAL, WEAK, related

_TOGETHER = 0.12
"""Of the passages with the rarer of two words, the share that must have both side by side."""
_FEWEST_TOGETHER = 2
_IN_MATTER, _BESIDE_MATTER = 1.6, 0.45
"""What a word counts more within a matter, and less outside of one where the question names any."""
_PAIR_SHARE = 0.4
_LEAST_IMPORTANCE = 0.5
_FILLER_FACTOR, _MOST_OF_FILLER = 0.15, 0.3
_MOST_EVENED = 3.0

_ASKING_AGAIN = "what|how|why|who|when|where|which|whether|if so|did|does|do|is|are|was|were|has|have"
_RELATING = "relat|compar|correlat|align|correspond|connect"
_PARTS = re.compile(
    rf"[?;:]\s|,?\s+(?:and|but|or)\s+(?=(?:{_ASKING_AGAIN})\b)|\b(?:{_RELATING})\w*\s+(?:to|with)\b"
    r"|(?<=\s)(?:reflect(?:s|ed)?|versus|vs)\b",
    re.IGNORECASE,
)
"""Where one part of a question ends and the next begins."""
_ALTERNATIVES = re.compile(r"\b([^\W\d_]{3,}(?:-[^\W\d_]+)?) or ([^\W\d_]{3,}(?:-[^\W\d_]+)?)\b")
_SPELT_OUT = re.compile(
    r"\b([A-Z][A-Z&]{1,7})\s*\(([^()]{4,60})\)|\b([A-Za-z][^()?.,]{3,60}?)\s*\(([A-Z][A-Z&]{1,7})\)"
)
"""An abbreviation and its words, either of them in brackets behind the other."""

_CAUSES = frozenset({"cause", "caused", "causes", "reason", "reasons"})


@dataclass(frozen=True, slots=True)
class Topic:
    """The concepts that a sentence must have to answer, each with how much it matters, and those not in the folder."""

    concepts: tuple[Concept, ...]
    missing: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The places of the two words of each matter among the concepts."""
        places = {one.word: place for place, one in enumerate(self.concepts) if one.kind == "word"}
        matters = [one.word.split() for one in self.concepts if one.kind == "phrase"]
        return [
            (places[words[0]], places[words[1]]) for words in matters if len(words) == 2 and places.keys() >= {*words}
        ]

    @property
    def weight(self) -> float:
        """The importance of all concepts together."""
        return sum(concept.importance for concept in self.concepts)


def topic_of(corpus: Corpus, retrieval: Retrieval) -> Topic:
    """The topic of a question in this folder."""
    question = retrieval.question
    words = _words_about(retrieval)
    if not words:
        return Topic(())
    matters = _matters(corpus, question.text, words)
    known = knows(corpus, words)
    missing = tuple(
        one.word for one, is_known in zip(words, known, strict=True) if not is_known and not is_filler(one.word)
    )
    parts = _parts_of(question.text, [*_with_names_of(words, matters), *matters])
    telling = _CAUSES if is_short(question.text) and asks_for_cause(question.text) else frozenset[str]()
    return Topic(tuple(_evened([_weighed(part, telling) for part in parts], missing)), missing)


def _words_about(retrieval: Retrieval) -> list[Concept]:
    """The words of the question that say what it is about, apart from whom and when."""
    words = _words_without(retrieval, retrieval.scope.named_in_text)
    # "What was decided about Globex?": without the name there is nothing to look for.
    says_nothing = all(is_filler(word.word) for word in words)
    return _words_without(retrieval, ()) if says_nothing and retrieval.scope.named_in_text else words


def _words_without(retrieval: Retrieval, named: Sequence[str]) -> list[Concept]:
    """The words of the question without those of its subjects and of these names."""
    text, scope = retrieval.question.text, retrieval.scope
    about = {word for name in (*scope.subjects, *named) for word in subject_key(name).split()}
    about -= {word for name in scope.merely_mentioned for word in subject_key(name).split()}
    about |= {*_rest_of_places(text, (*scope.subjects, *scope.resolved))}
    about |= {*numbers_of_names(text, scope.subjects, scope.documents or ())}
    # A driver may be a cause, and may drive a van.
    about |= {"driver"} if asks_for_cause(text) else set()
    concepts = (one for one in retrieval.question.concepts if one.kind != "period")
    words = [_at_least(one) for one in concepts if subject_key(one.word) not in about]
    return _alternatives_joined(text, _abbreviations_joined(text, words))


def _rest_of_places(text: str, names: Sequence[str]) -> Iterator[str]:
    """Words of the region right after a place that is known: ``Venice, Florida``."""
    for name in names:
        for match in re.finditer(rf"\b{re.escape(name)},\s+([A-Z][^\W\d_]+(?: [A-Z][^\W\d_]+)?)", text):
            yield from subject_key(match[1]).split()


def _at_least(word: Concept) -> Concept:
    """A word that every document of the folder has still says what is asked about one of them."""
    return (
        word
        if is_filler(word.word) and word.word not in TOPICAL
        else replace(word, importance=max(word.importance, _LEAST_IMPORTANCE))
    )


def _with_names_of(words: Sequence[Concept], matters: Sequence[Concept]) -> list[Concept]:
    """The words, each also found where another name of its matter stands."""
    others = [
        tuple(name for one in matters if word.word in one.word.split() for name in _others(one.word)) for word in words
    ]
    return [replace(word, phrases=(*word.phrases, *names)) for word, names in zip(words, others, strict=True)]


def _others(matter: str) -> tuple[tuple[str, float], ...]:
    """Other names of a matter of two words, with what they count."""
    return tuple((name, RELATED_FACTOR) for name in related(matter))


def _abbreviations_joined(text: str, words: Sequence[Concept]) -> list[Concept]:
    """An abbreviation that is spelt out beside it as one concept rather than as all of its words."""
    joined = list(words)
    for match in _SPELT_OUT.finditer(text):
        short, long = (match[1], match[2]) if match[1] else (match[4], match[3])
        parts = long.lower().split()[-len(short.replace("&", "")) - 1 :]
        first = next((one for one in joined if one.word == short.lower()), None)
        if first is None or "".join(part[0] for part in parts if part not in ("and", "of", "the"))[-len(short) :] != (
            short.replace("&", "").lower()
        ):
            continue
        spelt = " ".join(parts)
        joined = [
            replace(one, phrases=(*one.phrases, (spelt, 1.0))) if one is first else one
            for one in joined
            if one is first or one.word not in parts
        ]
    return joined


def _alternatives_joined(text: str, words: Sequence[Concept]) -> list[Concept]:
    """Two words with "or" between them as one concept that either of them stands for."""
    joined = list(words)
    for match in _ALTERNATIVES.finditer(text.lower()):
        one = next((concept for concept in joined if concept.word == match[1]), None)
        two = next((concept for concept in joined if concept.word == match[2]), None)
        if one is None or two is None or is_filler(one.word) or is_filler(two.word):
            continue
        both = replace(one, phrases=(*one.phrases, *two.phrases), importance=min(one.importance, two.importance))
        joined = [both if concept is one else concept for concept in joined if concept is not two]
    return joined


def _parts_of(text: str, concepts: Sequence[Concept]) -> list[list[Concept]]:
    """The concepts of each part of the question, every concept in the first part that has it."""
    texts = [part.lower() for part in _PARTS.split(text) if part.strip()]
    parts: list[list[Concept]] = [[] for _ in texts] or [[]]
    for concept in concepts:
        parts[next((place for place, part in enumerate(texts) if concept.word in part), 0)].append(concept)
    return [part for part in parts if part]


def _evened(parts: Sequence[Sequence[Concept]], missing: Collection[str]) -> list[Concept]:
    """All concepts, each part that names a matter weighing the same, however rare its words are."""
    weights = [
        sum(one.importance for one in part if one.word not in missing and not is_filler(one.word)) for part in parts
    ]
    heaviest = max(weights)
    factors = [min(heaviest / weight, _MOST_EVENED) if weight > 0 else 1.0 for weight in weights]
    return [
        replace(one, importance=one.importance * factor)
        for part, factor in zip(parts, factors, strict=True)
        for one in part
    ]


def _says_nothing(word: str) -> bool:
    return is_filler(word) and word not in TOPICAL


def is_filler(word: str) -> bool:
    """Whether a word says how something is asked rather than what about."""
    return word in SAYING_NO_MATTER or word in WEAK


def _weighed(part: Sequence[Concept], telling: Collection[str]) -> list[Concept]:
    """The concepts of one part: words of its matters count more, and all others less where there are any. ``telling``
    are fillers that are what is asked about."""
    within = {word for one in part if one.kind == "phrase" for word in one.word.split()}

    def factor(concept: Concept) -> float:
        if concept.word in within or concept.kind == "phrase":
            return _IN_MATTER if concept.kind == "word" else 1.0
        return _FILLER_FACTOR if is_mere(concept.word) else _BESIDE_MATTER if within else 1.0

    has_matter = any(not is_filler(one.word) for one in part)

    def is_mere(word: str) -> bool:
        return is_filler(word) and word not in telling and (has_matter or word not in TOPICAL)

    # However rare a word of asking is, it never outweighs what is asked about.
    most = {one.word: _MOST_OF_FILLER if is_mere(one.word) else math.inf for one in part}
    least = {one.word: 0.0 if is_mere(one.word) or has_matter else _LEAST_IMPORTANCE for one in part}
    return [
        replace(one, importance=max(min(one.importance * factor(one), most[one.word]), least[one.word])) for one in part
    ]


def _matters(corpus: Corpus, text: str, words: Sequence[Concept]) -> list[Concept]:
    """Two words that stand side by side both in the question and, often, in the documents, as one concept each."""
    flat = " ".join(text.lower().split())
    pairs = [
        (one, two)
        for one, two in pairwise(words)
        if f"{one.word} {two.word}" in flat and not (_says_nothing(one.word) and _says_nothing(two.word))
    ]
    if not pairs:
        return []
    expressions = [quoted(f"{one.word} {two.word}") for one, two in pairs]
    singles = [quoted(word) for one, two in pairs for word in (one.word, two.word)]
    together, alone = corpus.frequencies(expressions), corpus.frequencies(singles)
    return [
        Concept(
            f"{one.word} {two.word}",
            ((f"{one.word} {two.word}", 1.0), *_others(f"{one.word} {two.word}")),
            (one.importance + two.importance) * _PAIR_SHARE,
            "phrase",
        )
        for place, (one, two) in enumerate(pairs)
        if together[place] >= _FEWEST_TOGETHER
        and together[place] >= _TOGETHER * min(alone[2 * place], alone[2 * place + 1])
    ]
