"""Files for the next question: chosen, looked at, uploaded, and taken out again."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from backend.client.agent_replies import TakenFiles
from backend.client.errors import ClientError
from backend.client.replies import KnownFile
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.present.words import files as words
from backend.protocol.file_kinds import kind_by_name, titles_of


class AttachmentCalls(Protocol):
    """The calls of the client that are needed here. See ``RunClient``."""

    async def upload_file(self, name: str, data: bytes) -> KnownFile: ...  # noqa: D102 - said by the class

    async def delete_file(self, file_id: str) -> None: ...  # noqa: D102 - said by the class


class Attachments:
    """The files of the Ask page's next question, for one backend."""

    def __init__(self, client: AttachmentCalls) -> None:
        self._client = client

    async def attach(self, conversation: Conversation, files: Iterable[tuple[str, bytes]], agent: str) -> None:
        """Attach files, each a name and its content, for a question to this agent. What the state says of refusals is
        of this call alone. Files that are too large need not be given whole."""
        conversation.change(refusals=())
        for name, data in files:
            sentence = _refusal(conversation.state, name, data, agent)
            if not sentence:
                try:
                    file = await self._client.upload_file(name, data)
                except ClientError as error:
                    sentence = error.sentence
                else:
                    conversation.change(chosen=(*conversation.state.chosen, file))
            if sentence:
                conversation.change(refusals=(*conversation.state.refusals, sentence))

    async def detach(self, conversation: Conversation, file_id: str) -> None:
        """Take a chosen file out again."""
        left = tuple(file for file in conversation.state.chosen if file.file_id != file_id)
        if left == conversation.state.chosen:
            return
        conversation.change(chosen=left, refusals=())
        # One of an earlier question stays with it, and any other is deleted after a day.
        with suppress(ClientError):
            await self._client.delete_file(file_id)


def taken_by(state: ConversationState, agent: str) -> TakenFiles | None:
    """The files that this agent takes; None if none. An empty name is the agent that the page starts with."""
    return state.taken.get(agent or state.usual)


def attachments_problem(state: ConversationState, agent: str) -> str:
    """Why the chosen files cannot go with a question to this agent; empty if they can."""
    if not state.chosen:
        return ""
    taken = taken_by(state, agent)
    if taken is None:
        return words.NONE_TAKEN
    other = next((file for file in state.chosen if file.kind not in taken.kinds), None)
    return _not_taken(other.name, taken) if other is not None else ""


def _refusal(state: ConversationState, name: str, data: bytes, agent: str) -> str:
    taken = taken_by(state, agent)
    if taken is None:
        return words.NONE_TAKEN
    if len(state.chosen) >= taken.max_files:
        return words.TOO_MANY.format(limit=taken.max_files, name=name)
    if not data:
        return words.EMPTY.format(name=name)
    if len(data) > taken.max_bytes:
        return words.TOO_LARGE.format(name=name, limit=taken.max_bytes // 1024**2)
    # A name without a known ending is left to the backend, which looks at the content.
    named = kind_by_name(name)
    return _not_taken(name, taken) if named and named not in taken.kinds else ""


def _not_taken(name: str, taken: TakenFiles) -> str:
    return words.NOT_TAKEN.format(name=name, kinds=words.kinds_in_words(titles_of(taken.kinds)))
