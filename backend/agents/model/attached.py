"""Attached files as a model receives them: documents as numbered text, pictures as they are."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from pydantic_ai.messages import BinaryContent, UserContent

from backend.agents.agent import AttachedFile, RunContext
from backend.agents.documents.attached import AttachedDocuments, readable
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.indexing.stored_documents import Document
from backend.agents.model.work import Work
from backend.protocol.events import StatusEvent, WarningEvent
from backend.protocol.file_kinds import PICTURES

MOST_CHARACTERS: Final = 120_000
"""How much of the documents' text goes with the question, shared by all of them."""

_STEP = "read-files"


@asynccontextmanager
async def prompt_with_files(
    question: str, context: RunContext, work: Work
) -> AsyncIterator[str | Sequence[UserContent]]:
    """The question with the files of the conversation. Within the context the search tool finds their passages."""
    pictures = [file for file in context.attachments if file.kind in PICTURES]
    if not readable(context.files):
        yield [question, *await _shown(pictures)] if pictures else question
        return
    await work.send(StatusEvent(step_id=_STEP, step="reading", label="Reading the attached files"))
    async with AttachedDocuments.read(context.files, context.alive) as attached:
        texts = await in_thread(lambda: _texts(attached))
        read = ", ".join(attached.names) or "no text could be read"
        await work.send(StatusEvent(step_id=_STEP, step="reading", state="finished", detail=read))
        for problem in attached.problems:
            await work.send(WarningEvent(code="attachment_unread", message=problem, step_id=_STEP))
        work.attached = attached.library if texts else None
        numbered = [
            _told(document, work.sources.number_of_document(document), text, MOST_CHARACTERS // len(texts))
            for document, text in texts
        ]
        yield [question, *numbered, *await _shown(pictures)]


def _texts(attached: AttachedDocuments) -> list[tuple[Document, str]]:
    corpus = attached.library.corpus
    return [(corpus.document(name), corpus.text(name)) for name in attached.names]


def _told(document: Document, number: int, text: str, most: int) -> str:
    left_out = f"\n[{len(text) - most:,} more characters are left out.]" if len(text) > most else ""
    return f"Attached file {document.name}, to be cited as [{number}]:\n\n{text[:most]}{left_out}"


async def _shown(pictures: Sequence[AttachedFile]) -> list[UserContent]:
    parts: list[UserContent] = []
    for picture in pictures:
        data = await in_thread(picture.path.read_bytes)
        parts += [f"Attached picture {picture.name}:", BinaryContent(data, media_type=picture.media_type)]
    return parts
