"""What is taken as a question, as an agent, as an idempotency key, and as a wish for a stream."""

from collections.abc import Sequence

from backend.access.callers import caller_now
from backend.access.tokens import digest_of
from backend.agents.agent import UnknownAgentError
from backend.agents.offered_agents import OfferedAgents
from backend.api.problems import RequestProblem
from backend.protocol.attachments import MAX_ATTACHMENTS, Attachment
from backend.protocol.file_kinds import titles_of
from backend.protocol.options import MAX_QUESTION_BYTES
from backend.runs.store import RunStore

MAX_KEY_CHARACTERS = 200


def check_question(question: str) -> None:
    """Raise a problem unless the question is text that an agent can be given."""
    if not question.strip():
        raise RequestProblem(422, "empty-question", "The question is empty: write one.")
    if "\0" in question:
        raise RequestProblem(422, "question-not-text", "The question contains a NUL character: remove it.")
    size = len(question.encode("utf-8"))
    if size > MAX_QUESTION_BYTES:
        raise RequestProblem(
            413,
            "question-too-large",
            f"The question has {size:,} bytes, at most {MAX_QUESTION_BYTES:,} are accepted: "
            "shorten it, or put the text into a document.",
            limit_bytes=MAX_QUESTION_BYTES,
        )


def check_silence(silence_s: float | None, longest_s: float) -> None:
    """Raise a problem for a silence limit above the operator's."""
    if silence_s is not None and silence_s > longest_s:
        raise RequestProblem(
            422,
            "silence-limit-too-long",
            f"silence_s is {silence_s:g}, and this server allows an agent at most {longest_s:g} s of silence: ask for "
            "less, or start the server with a longer --max-silence-s.",
            limit_s=longest_s,
        )


async def check_agent(catalogue: OfferedAgents, agent: str) -> None:
    """Raise a problem unless there is an agent of that name, ready to run."""
    try:
        await catalogue.find(agent)
    except UnknownAgentError as error:
        nearest = await catalogue.nearest(agent)
        raise RequestProblem(422, "unknown-agent", str(error), nearest=nearest) from error


async def check_attachments(
    catalogue: OfferedAgents, store: RunStore, agent: str, file_ids: Sequence[str]
) -> tuple[Attachment, ...]:
    """The files of these ids. Raises a problem where the agent does not take them, and ``UnknownFileError``.

    That they are new, or of the same conversation, is for the store to say: ``RunStore.submit``.
    """
    if not file_ids:
        return ()
    if len(set(file_ids)) != len(file_ids):
        raise RequestProblem(422, "file-named-twice", "attachments names a file twice: name each once.")
    if len(file_ids) > MAX_ATTACHMENTS:
        raise RequestProblem(
            422,
            "too-many-attachments",
            f"The question has {len(file_ids)} files, at most {MAX_ATTACHMENTS} are accepted: leave some out.",
            limit=MAX_ATTACHMENTS,
        )
    offers = {offer.agent: offer for offer in await catalogue.offers()}
    taken = offers[agent].file_kinds if agent in offers else ()
    if not taken:
        raise RequestProblem(
            422, "agent-takes-no-files", f"The agent {agent!r} takes no files: leave them out, or ask another agent."
        )
    files = [(await store.file(file_id)).attachment for file_id in file_ids]
    for file in files:
        if file.kind not in taken:
            [kind], titles = titles_of([file.kind]), ", ".join(titles_of(taken))
            raise RequestProblem(
                422,
                "file-kind-not-taken",
                f"{file.name} is a {kind}, which the agent {agent!r} does not take. It takes: {titles}.",
                kinds=list(taken),
            )
    return tuple(files)


def check_key(key: str | None) -> str | None:
    """The idempotency key, or None where there is none. Two tokens never have the same one. Raises a problem for one
    that cannot be kept."""
    if key is None:
        return None
    key = key.strip()
    if not key or len(key) > MAX_KEY_CHARACTERS or not key.isascii() or not key.isprintable():
        raise RequestProblem(
            400,
            "malformed-key",
            f"The Idempotency-Key must be 1 to {MAX_KEY_CHARACTERS} printable ASCII characters, such as a UUID.",
        )
    seed = caller_now().seed
    return digest_of(f"{seed}\0{key}") if seed else key


def wants_stream(accept: str | None) -> bool:
    """Whether an Accept header asks for the event stream as the answer."""
    return asks_for(accept, "text/event-stream")


def asks_for(accept: str | None, media_type: str) -> bool:
    """Whether an Accept header names the media type, and does not rule it out."""
    for part in (accept or "").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name == media_type:
            return not any(parameter.replace(" ", "") in ("q=0", "q=0.0") for parameter in parameters)
    return False
