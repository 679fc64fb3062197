"""A conversation as foreign clients send it, whole with every question: what is asked now, and what was said before."""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.access.callers import caller_now
from backend.agents.agent import Turn
from backend.api.problems import RequestProblem
from backend.api.questions import check_agent, check_question, check_silence
from backend.api.resources import USUAL_AGENT
from backend.api.services import Services
from backend.protocol.options import RunOptions
from backend.protocol.sendable import not_unicode
from backend.runs.history import MAX_TURNS
from backend.runs.records import RunRecord
from backend.runs.store import UnknownSessionError

MAX_CONVERSATION_BYTES = 8 * 1024 * 1024
"""The size of a request with a whole conversation, charts included."""

MAX_HISTORY_CHARACTERS = 256 * 1024
"""How much earlier conversation an agent receives at most; the earliest is left out."""

_OWN_ID = re.compile(r"ses_[A-Za-z0-9_-]{22}", re.ASCII)
"""An id as the server makes it, which nobody can guess."""

_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation. ``role`` is ``user``, ``assistant``, or anything else, which is passed over."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class LastQuestion:
    """The last question of a conversation, and the turns before it."""

    question: str
    history: tuple[Turn, ...] = ()


def asked_in(messages: Iterable[Said]) -> LastQuestion:
    """What the conversation asks: its last user message. Several of one role in a row count as one.

    Raises a problem where there is no user message. Text after the last one, such as the beginning of an
    answer, is passed over; so are instructions to the model, which are the agent's own to give.
    """
    said: list[Said] = []
    for message in messages:
        if message.role not in ("user", "assistant") or not message.text:
            continue
        if said and said[-1].role == message.role:
            said[-1] = Said(message.role, f"{said[-1].text}\n\n{message.text}")
        else:
            said.append(message)
    while said and said[-1].role != "user":
        said.pop()
    if not said:
        raise RequestProblem(422, "no-question", "No message is a user's: send the question as the last message.")
    return LastQuestion(said[-1].text, _turns(said[:-1]))


def _turns(said: Sequence[Said]) -> tuple[Turn, ...]:
    """The latest turns that have an answer."""
    turns: list[Turn] = []
    room = MAX_HISTORY_CHARACTERS
    for place in range(len(said) - 1, -1, -1):
        if said[place].role != "assistant":
            continue
        turn = Turn(said[place - 1].text if place > 0 else "", said[place].text)
        room -= len(turn.question) + len(turn.answer)
        if room < 0 or len(turns) == MAX_TURNS:
            break
        turns.append(turn)
    return tuple(reversed(turns))


def text_in(content: Any) -> str:
    """The text of a message: a text, or the parts of it that are text."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [
        part.get("text") for part in parts if isinstance(part, dict) and part.get("type") in ("text", "input_text")
    ]
    return "".join(text for text in texts if isinstance(text, str))


def session_named(name: str) -> str | None:
    """The session that a client's name of a conversation means: that name itself, where it can stand in an address.
    None where the client names none.

    On a server with tokens a name that others could guess is the conversation of the caller's own token."""
    if not name:
        return None
    seed = caller_now().seed
    if seed and not _OWN_ID.fullmatch(name):
        return f"ses_{_digest(seed, name)}"
    return name if _PLAIN_ID.fullmatch(name) else f"ses_{_digest(name)}"


def key_named(dialect: str, *names: str) -> str:
    """The idempotency key for a request that a client gave these names."""
    seed = caller_now().seed
    return f"{dialect} {_digest(seed, *names) if seed else _digest(*names)}"


async def accept(
    services: Services,
    asked: LastQuestion,
    agent: str,
    session_id: str | None,
    options: RunOptions,
    *,
    history: Sequence[Turn] | None,
    key: str | None = None,
) -> tuple[RunRecord, bool]:
    """Start the requested run, or find the one that the key began. Raises a problem if neither is possible.

    ``session_id`` is None where a new conversation begins. ``history`` is the conversation that the agent receives;
    None means the session's earlier runs.
    """
    _check_text(asked)
    check_question(asked.question)
    check_silence(options.silence_s, services.settings.max_silence_s)
    await check_agent(services.catalogue, agent)
    record = RunRecord.asked(asked.question, agent, options, session_id=session_id, key=key)
    return await services.supervisor.accept(record, history)


def usual_agent(services: Services) -> str:
    """The agent where a request names none: the one that the operator chose, else the documents'."""
    return next(iter(services.settings.chosen_agents), USUAL_AGENT)


async def runs_of(services: Services, session_id: str | None) -> tuple[RunRecord, ...]:
    """The session's runs in order; none where there is no session of that id."""
    if session_id is None:
        return ()
    try:
        return (await services.store.session(session_id)).runs
    except UnknownSessionError:
        return ()


def _check_text(asked: LastQuestion) -> None:
    texts = [asked.question, *(text for turn in asked.history for text in (turn.question, turn.answer))]
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError as error:
        raise RequestProblem(422, "question-not-text", not_unicode("A message")) from error


def _digest(*names: str) -> str:
    joined = "\0".join(names).encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(hashlib.sha256(joined).digest()[:16]).decode("ascii").rstrip("=")
