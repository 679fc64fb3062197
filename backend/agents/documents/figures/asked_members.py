"""The members of a measure that a question names before it (``Gadget sales``) or behind it (``sales from Gadgets``)."""

from collections.abc import Callable, Sequence

from backend.agents.documents.figures.business_measures import MEASURES
from backend.agents.documents.figures.measure_words import is_generic
from backend.agents.documents.figures.question_tokens import Token, is_content, is_filler, is_skipped, is_verb

_LINKS_WORDS = """
from of for in by to through attributed generated derived earned coming came come comes contributed was were is
"""
_LINKS = frozenset(_LINKS_WORDS.split())


def members_named(tokens: Sequence[Token], start: int, end: int) -> list[tuple[str, ...]]:
    """The words of each member of the measure that stands from ``start`` to ``end``; empty without any."""
    return [*_before(tokens, start), *_behind(tokens, end)] or _called_segment(tokens)


def _before(tokens: Sequence[Token], start: int) -> list[tuple[str, ...]]:
    words: list[str] = []
    groups: list[tuple[str, ...]] = []
    for place in range(start - 1, -1, -1):
        token = tokens[place]
        if token.word in ("or", "and") and words:
            groups.insert(0, tuple(words))
            words = []
        elif is_content(token):
            words.insert(0, token.word)
        elif not is_skipped(token.word):
            break
        if token.is_broken or (tokens[place + 1].is_broken and place + 1 < start):
            break
    groups.insert(0, tuple(words))
    return [group for group in groups if group] if not tokens[start].is_broken else []


def _behind(tokens: Sequence[Token], end: int) -> list[tuple[str, ...]]:
    """Members after a preposition: ``sales from Gadgets``, ``revenue was attributed to its Gadgets segment``."""
    place = _past(tokens, end, lambda word: is_filler(word) or is_generic(word))
    linked = _past(tokens, place, lambda word: word in _LINKS)
    if linked == place or tokens[linked - 1].word in ("was", "were", "is"):
        return []
    return [group for group in _coordinated(tokens[linked:]) if group]


def _coordinated(tokens: Sequence[Token]) -> list[tuple[str, ...]]:
    """The names that stand together at the beginning of these words (``gadgets and gizmos``), without measures."""
    groups: list[list[str]] = [[]]
    for token in tokens:
        if token.is_broken or (groups[-1] and is_verb(token)):
            break
        if token.word in ("or", "and"):
            groups.append([])
        elif is_content(token):
            groups[-1].append(token.word)
        elif not is_skipped(token.word):
            break
    return [tuple(word for word in group if (word,) not in MEASURES) for group in groups]


def _past(tokens: Sequence[Token], place: int, passes: Callable[[str], bool]) -> int:
    """The place after the words from here on that pass, within the clause."""
    while place < len(tokens) and not tokens[place].is_broken and passes(tokens[place].word):
        place += 1
    return place


def _called_segment(tokens: Sequence[Token]) -> list[tuple[str, ...]]:
    """``the Gadgets segment``, wherever it stands."""
    for place, token in enumerate(tokens):
        if token.word in ("segment", "division") and place:
            words: list[str] = []
            for earlier in range(place - 1, -1, -1):
                if not is_content(tokens[earlier]) or tokens[earlier + 1].is_broken:
                    break
                words.insert(0, tokens[earlier].word)
            if words:
                return [tuple(words)]
    return []
