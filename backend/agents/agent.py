"""The ports of this floor: an agent, a provider of agents, and the context that both get."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from pydantic import JsonValue

from backend.agents.clock import Clock, SystemClock
from backend.agents.person import NOT_STEERABLE, People, PersonAnswer, PersonMessage, PersonRequest, Steerable
from backend.protocol.events import Draft, KnownEvent
from backend.protocol.options import RunOptions
from backend.protocol.recordings import Replayable
from backend.settings import Settings

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) during long preparations."""

Usage = Mapping[str, JsonValue]
"""The usage that a model charges: ``input_tokens``, ``output_tokens`` and whatever else its provider counts."""

UnsuccessfulOutcome = Literal["failed", "interrupted", "timed_out", "cancelled"]


def _unreported(usage: Usage) -> None:
    """Ignores the usage."""


def _unknown_time() -> None:
    """The run's time where nobody measures it."""


def _unheard() -> None:
    """Ignores the sign of life."""


class AgentFailure(Exception):
    """Ends the run with an ``error`` event.

    ``outcome`` is the run's outcome. ``interrupted`` is for an answer whose stream broke off before its end.
    """

    def __init__(
        self, code: str, message: str, *, retryable: bool = False, outcome: UnsuccessfulOutcome = "failed"
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.outcome = outcome


class UnknownAgentError(LookupError):
    """There is no agent of that name; the message lists the agents there are."""


def refuse_variant(agent: str, variant: str) -> None:
    """For an agent that is the only one of its family. Raises ``UnknownAgentError`` if ``variant`` is not empty."""
    if variant:
        raise UnknownAgentError(f"There is no agent {f'{agent}:{variant}'!r}: use {agent!r}.")


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class RunRequest:
    """The question of a run, with the earlier turns and the options."""

    run_id: str
    question: str
    options: RunOptions = field(default_factory=RunOptions)
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that was attached to a question. Its content is at ``path``, to be read and never to be changed; ``name``
    has an ending that fits ``kind``, which was found by the content (``backend.protocol.file_kinds``)."""

    name: str
    kind: str
    media_type: str
    size: int
    """In bytes."""
    path: Path
    is_new: bool = True
    """False for a file of an earlier question of the conversation."""


@dataclass(frozen=True, slots=True)
class ConversationFiles:
    """The files of a conversation, those of earlier questions first. ``folder`` is deleted with them: an agent may keep
    there what it made of them. None without any."""

    attachments: tuple[AttachedFile, ...] = ()
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class RunContext:
    """The clock and the callbacks that an agent works with."""

    clock: Clock = field(default_factory=SystemClock)
    report_usage: Callable[[Usage], None] = _unreported
    """Call this with the run's usage so far whenever it grows; the last call goes into ``done``."""
    alive: Callable[[], None] = _unheard
    """Call this for input that makes no draft, such as a piece of a model's thinking: an agent that stays silent for
    too long is ended."""
    run_ms: Callable[[], float | None] = _unknown_time
    """The milliseconds since the run was accepted, as in ``at_ms``; None if nobody measures them."""
    files: ConversationFiles = ConversationFiles()

    people: People = field(default_factory=People)
    """How the agent reaches the people who watch: use ``ask``, ``messages`` and ``checkpoint``."""

    @property
    def attachments(self) -> tuple[AttachedFile, ...]:
        """The files that were attached to this question and to the earlier ones of its conversation, these first."""
        return self.files.attachments

    async def ask(self, request: PersonRequest) -> PersonAnswer:
        """Ask a person and wait for the answer. Several requests may be open at once, each awaited in a task.

        The run's time limits stand still while the agent waits. Raises ``AgentFailure`` for a request that is too
        large or does not fit its kind, and for one that expired with ``on_expiry="fail"``.
        """
        return await self.people.ask(request)

    async def messages(self) -> Sequence[PersonMessage]:
        """The messages that people sent since the last call, oldest first. They count as delivered now."""
        return await self.people.messages()

    async def checkpoint(self) -> None:
        """Return at once, or at the end of a pause: an agent that pauses by steps calls this before each."""
        await self.people.checkpoint()


class Agent(Protocol):
    """Produces the drafts of one run.

    The iterator is closed (or its task cancelled) when the run is cancelled or times out; it must let
    ``CancelledError`` through and release its resources. Raise ``AgentFailure`` for an error that a reader may see.

    An agent that needs other time limits than the server's has an attribute ``default_options`` (``RunOptions``); its
    ``timeout_s`` and ``silence_s`` apply to runs whose options have none. An agent whose runs can be paused, or that
    reads messages, has an attribute ``steerable`` (``Steerable``).
    """

    def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """Yield the drafts in the order in which watchers see them."""
        ...


@dataclass(frozen=True, slots=True)
class AgentOffer:
    """An agent on offer. ``agent`` is its name in requests, such as ``scripted:happy_path``."""

    agent: str
    title: str
    description: str
    examples: tuple[str, ...] = ()
    """Questions to try."""
    file_kinds: tuple[str, ...] = ()
    """The kinds of files that can be attached to its questions (``backend.protocol.file_kinds.KINDS``)."""
    steerable: Steerable = NOT_STEERABLE
    """What people can do with its runs, beside cancelling them."""


class AgentProvider(Protocol):
    """Offers the agents of one family. The part of a name before the first colon finds the provider."""

    @property
    def name(self) -> str:
        """The family's name, such as ``scripted``."""
        ...

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """Do slow work once, at start-up; return warnings for the operator, one sentence each."""
        ...

    async def offers(self) -> Sequence[AgentOffer]:
        """The agents on offer now."""
        ...

    async def open(self, variant: str) -> Agent:
        """The agent named ``<name>:<variant>`` (``variant`` is empty without a colon).

        Raises ``UnknownAgentError`` if there is none.
        """
        ...

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """The stamped events that the run would send on a perfect machine, or None if they cannot be known."""
        ...


class RecordingSource(Protocol):
    """Finds recordings by id, imported ones and past runs."""

    async def find(self, recording_id: str) -> Replayable | None:
        """The recording, or None."""
        ...

    async def listed(self) -> Sequence[tuple[str, str]]:
        """Pairs (id, question) of the imported recordings."""
        ...


@dataclass(frozen=True, slots=True)
class AgentEnvironment:
    """The argument of an entry point of ``playhead.agents``, which returns a provider."""

    settings: Settings
    recordings: RecordingSource
