"""The ports of this floor: what an agent is, who offers agents, and what both are given."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import JsonValue

from backend.agents.clock import Clock, SystemClock
from backend.protocol.events import Draft, KnownEvent
from backend.protocol.options import RunOptions
from backend.protocol.recordings import Recording
from backend.settings import Settings

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) while something long is prepared."""

Usage = Mapping[str, JsonValue]
"""What a model charged for: ``input_tokens``, ``output_tokens`` and whatever else its provider counts."""

UnsuccessfulOutcome = Literal["failed", "interrupted", "timed_out", "cancelled"]


def _unreported(usage: Usage) -> None:
    """Nobody listens for usage."""


def _unheard() -> None:
    """Nobody asks whether the agent is silent."""


class AgentFailure(Exception):
    """An agent's own word that it cannot go on: becomes the run's ``error`` event.

    ``outcome`` is how the run ends by it. ``interrupted`` is for an answer whose stream broke off without its end.
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
    """No agent of that name; the message says which there are."""


def refuse_variant(agent: str, variant: str) -> None:
    """For an agent that is the only one of its family. Raises ``UnknownAgentError`` where a variant of it is named."""
    if variant:
        raise UnknownAgentError(f"There is no agent {f'{agent}:{variant}'!r}: use {agent!r}.")


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the session and the answer it got."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is about."""

    run_id: str
    question: str
    options: RunOptions = field(default_factory=RunOptions)
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class RunContext:
    """What an agent is given to work with."""

    clock: Clock = field(default_factory=SystemClock)
    report_usage: Callable[[Usage], None] = _unreported
    """To be called with the run's usage so far, as often as it grows; the last one goes into ``done``."""
    alive: Callable[[], None] = _unheard
    """To be called where something came that makes no draft, such as a piece of a model's thinking: an agent that
    sends nothing for too long is ended."""


class Agent(Protocol):
    """Produces the drafts of one run.

    The iterator is closed (or its task cancelled) when the run is cancelled or timed out; it must let
    ``CancelledError`` through and release what it holds. Raise ``AgentFailure`` for an error a reader may see.

    An agent that needs another timeout than the server's has an attribute ``default_options`` (``RunOptions``); its
    ``timeout_s`` holds for runs whose own options name none.
    """

    def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """Drafts in the order in which watchers shall see them."""
        ...


@dataclass(frozen=True, slots=True)
class AgentOffer:
    """An agent on offer. ``agent`` is the name to run it by, such as ``scripted:happy_path``."""

    agent: str
    title: str
    description: str
    examples: tuple[str, ...] = ()
    """Questions to try."""


class AgentProvider(Protocol):
    """Offers the agents of one family. The part of a name before the first colon finds the provider."""

    @property
    def name(self) -> str:
        """The family's name, such as ``scripted``."""
        ...

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """Do what takes long once, at start-up; gives sentences that warn the operator."""
        ...

    async def offers(self) -> Sequence[AgentOffer]:
        """The agents on offer now."""
        ...

    async def open(self, variant: str) -> Agent:
        """The agent named ``<name>:<variant>`` (``variant`` is empty without a colon).

        Raises ``UnknownAgentError`` where there is none.
        """
        ...

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """The events a run of it would send on a perfect machine, stamped, or None where that cannot be known."""
        ...


class RecordingSource(Protocol):
    """Where recordings are found by id: an imported recording's, or a past run's."""

    async def find(self, recording_id: str) -> Recording | None:
        """The recording, or None."""
        ...

    async def listed(self) -> Sequence[tuple[str, str]]:
        """Pairs (id, question) of the imported recordings."""
        ...


@dataclass(frozen=True, slots=True)
class AgentEnvironment:
    """What an entry point of ``playhead.agents`` is called with to make its provider."""

    settings: Settings
    recordings: RecordingSource
