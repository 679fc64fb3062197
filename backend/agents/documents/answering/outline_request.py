"""Which documents or sections a question wants outlined: those that it names, or all there are."""

from collections.abc import Iterator, Sequence

from backend.agents.documents.answering.outline import DocumentOutline, outline_of
from backend.agents.documents.answering.topic import is_filler
from backend.agents.documents.answering.wanted import wanted_by
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import Section
from backend.agents.documents.search.asked_outline import asked_outline, other_words
from backend.agents.documents.search.matching import quoted, stems_as_indexed
from backend.agents.documents.search.retrieval import Retrieval
from backend.agents.documents.search.stop_words import STOP_WORDS
from backend.agents.documents.search.tokens import stems_of
from backend.agents.documents.search.vocabulary import TOPICAL

MOST_LISTED = 8
_MOST_IN_FULL = 2
_MOST_SEARCHED = 8
"""Documents whose headings are looked at."""
_NUMBERING = frozenset(["item", "note", "part", "section", "chapter", "appendix", "annex", "article", "no"])
_TOPICAL_STEMS = frozenset(stems_of(" ".join(TOPICAL)).split())


def outlines(corpus: Corpus, retrieval: Retrieval) -> list[DocumentOutline]:
    """The outlines that a question asks for, or empty: of documents as a whole, or of the sections with the name that
    it names."""
    words = asked_outline(retrieval.question.text)
    if words is None or retrieval.scope.unknown:
        return []
    scope = retrieval.scope
    known = _stems(" ".join((*scope.resolved, *scope.subjects)))
    rest = [word for word in words if not _stems(word) <= known]
    if not rest:
        return _of_documents(corpus, scope.documents)
    named = corpus.titled_so(" AND ".join(quoted(word) for word in words), MOST_LISTED + 1)
    if scope.documents is not None:
        named = tuple(name for name in named if name in scope.documents)
    if 0 < len(named) <= MOST_LISTED:
        return _of_documents(corpus, named)
    documents, _ = corpus.sizes()
    if all(is_filler(word) for word in rest) and (documents == 1 or scope.documents):
        return _of_documents(corpus, scope.documents)
    return named_sections(corpus, retrieval)


def named_sections(corpus: Corpus, retrieval: Retrieval) -> list[DocumentOutline]:
    """The outlines of sections whose heading is all that the question is about: "What are the risk factors?". A figure
    or a day is not answered with a section."""
    text, scope = retrieval.question.text, retrieval.scope
    if wanted_by(text).is_one_thing or (scope.periods and not scope.in_period) or scope.unknown:
        return []
    said, matter = stems_as_indexed(text), _matter(retrieval)
    found = []
    for name in _few(corpus, scope.documents):
        paths = {path for section in corpus.sections(name) for path in _paths_so_named(section, said, matter)}
        if paths:
            found.append(outline_of(corpus, name, min(paths, key=len)))
    return [one for one in found if one.opening or one.sections]


def _matter(retrieval: Retrieval) -> set[str]:
    """The stems of what the question is about, apart from whom and when."""
    scope = retrieval.scope
    known = _stems(" ".join((*scope.resolved, *scope.subjects)))
    words = (_stems(word) for word in other_words(retrieval.question.text) if not is_filler(word))
    return {stem for stems in words if not stems <= known for stem in stems}


def _of_documents(corpus: Corpus, names: Sequence[str] | None) -> list[DocumentOutline]:
    listed = list(names or dict.fromkeys(one.document.name for one in corpus.openings(MOST_LISTED)))[:MOST_LISTED]
    return [outline_of(corpus, name, is_brief=len(listed) > _MOST_IN_FULL) for name in listed]


def _few(corpus: Corpus, names: Sequence[str] | None) -> Sequence[str]:
    """The documents in scope, if they are few enough to look at all of their headings."""
    if names is None:
        documents, _ = corpus.sizes()
        names = [one.document.name for one in corpus.openings(_MOST_SEARCHED)] if documents <= _MOST_SEARCHED else []
    return names if len(names) <= _MOST_SEARCHED else []


def _paths_so_named(section: Section, said: str, matter: set[str]) -> Iterator[tuple[str, ...]]:
    """The paths to headings of which the question has every word side by side, and no other matter."""
    for depth, heading in enumerate(section.path, start=1):
        words = [word for word in stems_as_indexed(heading).split() if word not in STOP_WORDS]
        words = [word for word in words if word not in _NUMBERING and not word[:1].isdigit()]
        is_name = len(words) > 1 or (len(words) == 1 and (bool(matter) or words[0] in _TOPICAL_STEMS))
        if is_name and f" {' '.join(words)} " in said and matter <= set(words):
            yield section.path[:depth]


def _stems(text: str) -> set[str]:
    return set(stems_of(text).split())
