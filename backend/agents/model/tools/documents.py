"""Search in the user's documents: numbered passages, so that the model can cite them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ToolFailed

from backend.agents.documents.answering.artifacts import passages_artifact
from backend.agents.documents.indexing.folder import FolderError
from backend.agents.documents.indexing.folder_index import StoppedError
from backend.agents.documents.indexing.schema import IndexUnusableError
from backend.agents.documents.search.question import understand
from backend.agents.documents.search.retrieval import Retrieval, retrieve
from backend.agents.model.work import Work

if TYPE_CHECKING:
    from backend.agents.documents.library import Library

LONGEST_QUERY = 1_000


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage as the model reads it."""

    number: int
    title: str
    source: str
    date: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundPassages:
    """The passages that a search found, best first."""

    passages: list[FoundPassage]
    note: str


async def search_documents(ctx: RunContext[Work], query: str) -> FoundPassages:
    """Search the user's documents and attached files. Gives the passages that cover the query best, each with the
    number to cite it by.

    Args:
        ctx: The run.
        query: What to look for, in words that the documents may use; name periods such as FY2026 Q3.
    """
    work = ctx.deps
    libraries = [library for library in (work.attached, work.library) if library is not None]
    try:
        found = [await _retrieved(library, query[:LONGEST_QUERY]) for library in libraries]
    except (FolderError, IndexUnusableError) as error:
        raise ToolFailed(str(error)) from error
    # What answers the query comes first, and of that what the asker attached.
    found.sort(key=lambda retrieval: not retrieval.is_answered)
    hits = [hit for retrieval in found for hit in retrieval.hits]
    if hits:
        artifact = passages_artifact(hits, is_answered=found[0].is_answered)
        await work.send(artifact.model_copy(update={"artifact_id": work.artifact_id("passages")}))
    passages = [
        FoundPassage(
            number=work.sources.number_of_passage(hit.passage),
            title=hit.passage.document.title,
            source=hit.passage.document.source,
            date=hit.passage.document.date,
            heading=hit.passage.heading,
            text=hit.passage.text,
        )
        for hit in hits
    ]
    return FoundPassages(passages=passages, note=_note(found[0]))


async def _retrieved(library: "Library", query: str) -> Retrieval:
    try:
        return await library.read(lambda: retrieve(library.corpus, understand(query)))
    except StoppedError as error:
        raise ToolFailed(str(error)) from error


def _note(retrieval: Retrieval) -> str:
    if not retrieval.hits:
        return "Nothing was found."
    unknown = f" In no document: {', '.join(retrieval.unknown)}." if retrieval.unknown else ""
    if retrieval.is_answered:
        return unknown.strip()
    return f"These are the nearest passages, but none covers the query well.{unknown}"
