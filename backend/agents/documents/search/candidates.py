"""Passages that may answer a question, from the documents of its scope and from no others."""

from collections.abc import Collection, Iterator, Mapping

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.folder_facts import FolderFacts
from backend.agents.documents.indexing.profile import subject_key
from backend.agents.documents.indexing.stored_documents import Passage
from backend.agents.documents.search.matching import quoted
from backend.agents.documents.search.scope import Scope

_LONGEST_NAME = 4
_MANY = 24
_MOST_WITHOUT_SUBJECT = 0.5


def scoped_candidates(
    corpus: Corpus, expression: str, scope: Scope, limits: Mapping[str, int]
) -> Iterator[tuple[Passage, float]]:
    """The passages with their bm25, up to ``limits`` of each kind of document (prose, table).

    Beside the documents of the scope, passages that name the subject themselves count: those of documents about nobody
    in particular, and those below a heading with the name.
    """
    found: dict[int, tuple[Passage, float]] = {}
    facts = corpus.facts()
    present = {"prose": facts.documents - facts.tables, "table": facts.tables}
    for within, documents in _searches(corpus, expression, scope):
        for kind, limit in ((kind, limit) for kind, limit in limits.items() if present[kind]):
            for passage, score in corpus.search(within, kind, limit, documents):
                if documents is not None or (_is_in_scope(passage, scope) and _is_named(passage, scope, facts)):
                    found.setdefault(passage.number, (passage, score))
    yield from _without_foreign_sections(corpus, scope, list(found.values()))


def _is_in_scope(passage: Passage, scope: Scope) -> bool:
    """Whether a passage is not from a document about the subject that is left out, as it is of another period."""
    if not scope.by_subject or scope.documents is None or passage.document.name in scope.documents:
        return True
    return {subject_key(name) for name in scope.by_subject}.isdisjoint(
        subject_key(name) for name in passage.document.profile.subjects
    )


def _is_named(passage: Passage, scope: Scope, facts: FolderFacts) -> bool:
    """Whether a passage that has the name of a subject in its text may count: of a document about somebody else only
    one below a heading with the name does."""
    if not scope.by_subject or passage.document.name in facts.without_subject:
        return True
    heading = passage.heading.casefold()
    return any(name.casefold() in heading for name in scope.by_subject)


def _searches(corpus: Corpus, expression: str, scope: Scope) -> Iterator[tuple[str, Collection[str] | None]]:
    if scope.named_in_text:
        yield f"({expression}) AND {{heading body}} : ({_any_of(scope.named_in_text)})", scope.documents
        return
    yield expression, scope.documents
    if scope.documents is not None and len(scope.documents) > _MANY:
        # Of many alike, the first of the scope are among the candidates whatever the others score.
        yield expression, scope.documents[:_MANY]
    if scope.by_subject:
        names = _any_of(scope.by_subject)
        facts = corpus.facts()
        if _is_most(facts):
            yield f"({expression}) AND {{heading body}} : ({names})", None
            return
        if facts.without_subject:
            yield f"({expression}) AND {{heading body}} : ({names})", facts.without_subject
        yield f"({expression}) AND {{heading}} : ({names})", None


def _is_most(facts: FolderFacts) -> bool:
    """Whether most documents are about nobody in particular: it is faster then to search all than to name them."""
    return len(facts.without_subject) > facts.documents * _MOST_WITHOUT_SUBJECT


def _any_of(names: Collection[str]) -> str:
    return " OR ".join(quoted(name) for name in names)


def _without_foreign_sections(
    corpus: Corpus, scope: Scope, found: list[tuple[Passage, float]]
) -> Iterator[tuple[Passage, float]]:
    """The passages without those below a heading that names another subject of the folder."""
    if not scope.by_subject:
        yield from found
        return
    headings = {passage.heading for passage, _ in found}
    keys = {heading: {part for title in heading.split(" > ") for part in _names_in(title)} for heading in headings}
    shares = corpus.directory.shares(key for parts in keys.values() for key in parts)
    own = {subject_key(name) for name in scope.by_subject}
    for passage, score in found:
        mine = {subject_key(name) for name in passage.document.profile.subjects} | own
        about = {key for key in keys[passage.heading] if shares.get(key, (0, 0))[0]}
        if not about or about & mine:
            yield passage, score


def _names_in(title: str) -> Iterator[str]:
    """A heading as a whole: one that only mentions a name is about something else."""
    key = subject_key(title)
    if key and len(key.split()) <= _LONGEST_NAME:
        yield key
