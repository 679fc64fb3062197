"""Which words a text has, by the same tokenizer and stemmer that the index uses."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from backend.agents.documents.indexing.schema import searchable
from backend.agents.documents.search.question import Concept
from backend.agents.documents.search.tokens import stems_of


def quoted(phrase: str) -> str:
    """A phrase as an FTS5 string: nothing inside it is read as syntax, except a star at its end (any ending)."""
    return (
        '"' + phrase.replace('"', " ").replace("\x00", " ").rstrip("*") + '"' + (" *" if phrase.endswith("*") else "")
    )


def expression(concepts: Sequence[Concept]) -> str:
    """An FTS5 expression for texts with any word of any concept; empty without concepts."""
    return " OR ".join(dict.fromkeys(quoted(phrase) for concept in concepts for phrase, _ in concept.phrases))


@lru_cache(maxsize=8192)
def stems_as_indexed(text: str) -> str:
    """The stems of a text's words as the index has them, with a blank before and after each."""
    return stems_of(searchable(text))


class TextMatcher:
    """A few texts that can be asked which of them have a word or phrase."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [stems_as_indexed(text) for text in texts]

    def having(self, phrase: str) -> frozenset[int]:
        """Places of the texts with this phrase; its words stand in order, and count by their stems."""
        stems = stems_of(phrase.rstrip("*"))
        if stems.isspace():
            return frozenset()
        wanted = stems.rstrip() if phrase.endswith("*") else stems
        return frozenset(place for place, text in enumerate(self._texts) if wanted in text)

    def strengths(self, concept: Concept) -> dict[int, float]:
        """How well each text has the concept, 0 to 1; texts without it are left out."""
        found: dict[int, float] = {}
        for phrase, weight in sorted(concept.phrases, key=lambda item: item[1]):
            found.update(dict.fromkeys(self.having(phrase), weight))
        return found
