"""The documents agent: answers from a folder, and from the files of the conversation before that."""

from collections.abc import AsyncIterator, Sequence

from backend.agents.agent import AgentFailure, RunContext, RunRequest
from backend.agents.documents.attached import AttachedDocuments, readable, without_pointing
from backend.agents.documents.indexing.folder import FolderError
from backend.agents.documents.indexing.folder_index import StoppedError
from backend.agents.documents.indexing.schema import IndexUnusableError
from backend.agents.documents.library import Library
from backend.agents.documents.library_answer import LibraryAnswer
from backend.agents.person import PAUSED_BY_STEPS, Ask
from backend.protocol.events import CitationEvent, Draft, StatusEvent, WarningEvent

_READING = "read-files"


class DocumentsAgent:
    """Answers from the documents of a library."""

    steerable = PAUSED_BY_STEPS

    def __init__(self, library: Library) -> None:
        self._library = library

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """The drafts of one answer. Of earlier turns only the questions count, and only for a question that says too
        little by itself (``search.follow_up``); what was answered is never searched.

        Raises ``AgentFailure`` if the folder or its index cannot be used.
        """
        try:
            async for draft in self._answered(request, context):
                yield draft
                await context.checkpoint()
                # Give the loop a turn: an answer is ready at once, and its watchers are served in between.
                await context.clock.sleep(0)
        except (FolderError, IndexUnusableError) as error:
            raise AgentFailure("documents_unavailable", str(error)) from error
        except StoppedError as error:
            raise AgentFailure("interrupted", str(error), retryable=True) from error

    async def _answered(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        if readable(context.files):
            async for draft in self._from_files(request, context):
                yield draft
        else:
            async for draft in self._from_folder(request, context.ask if request.options.may_ask else None):
                yield draft

    def _from_folder(self, request: RunRequest, ask: Ask | None = None) -> AsyncIterator[Draft]:
        return LibraryAnswer(self._library, request.question, _earlier(request), ask).drafts()

    async def _from_files(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """The answer of the attached files, or that of the folder where only the folder has one."""
        yield StatusEvent(step_id=_READING, step="reading", label="Reading the attached files")
        async with AttachedDocuments.read(context.files, context.alive) as attached:
            question, *earlier = map(without_pointing, (request.question, *_earlier(request)))
            own: list[Draft] = []
            if attached.names:
                own = [draft async for draft in LibraryAnswer(attached.library, question, earlier).drafts()]
        other = [] if _is_found(own) else [draft async for draft in self._from_folder(request)]
        from_folder = not own or _is_found(other)
        read = ", ".join(attached.names) or "no text could be read"
        detail = f"{read}: no answer in {'it' if len(attached.names) == 1 else 'them'}" if own and from_folder else read
        yield StatusEvent(step_id=_READING, step="reading", state="finished", detail=detail)
        for problem in attached.problems:
            yield WarningEvent(code="attachment_unread", message=problem, step_id=_READING)
        if from_folder and _is_found(other):
            message = "The attached files do not answer this: the answer is from the other documents."
            yield WarningEvent(code="not_in_attachments", message=message, step_id=_READING)
        for draft in other if from_folder else map(_naming_the_file, own):
            yield draft


def _earlier(request: RunRequest) -> list[str]:
    return [turn.question for turn in request.history]


def _is_found(drafts: Sequence[Draft]) -> bool:
    """Whether these drafts answer the question."""
    return bool(drafts) and not any(isinstance(draft, WarningEvent) and draft.code == "not_found" for draft in drafts)


def _naming_the_file(draft: Draft) -> Draft:
    """A citation whose source names the attached file, whatever source the file itself names."""
    if not isinstance(draft, CitationEvent) or not draft.document_id or draft.document_id in (draft.source or ""):
        return draft
    return draft.model_copy(update={"source": f"{draft.document_id}, {draft.source}"})
