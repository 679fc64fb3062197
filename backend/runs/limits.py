"""How long a run may take, be silent and go unwatched."""

from dataclasses import dataclass, replace

from backend.agents.agent import Agent
from backend.protocol.ending import Ending, fell_silent, took_too_long
from backend.protocol.events import WarningEvent
from backend.protocol.options import RunOptions
from backend.runs.records import RunRecord
from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds; ``abandon_s`` is None for a run that continues when nobody watches. ``size`` is in bytes."""

    total_s: float
    silence_s: float
    abandon_s: float | None
    size: int

    @classmethod
    def of(cls, record: RunRecord, settings: Settings) -> "Limits":
        """The limits of a run: its own where it names them, else the server's."""
        return cls(
            total_s=record.options.timeout_s or settings.default_timeout_s,
            silence_s=settings.silence_timeout_s,
            abandon_s=settings.abandon_grace_s if record.options.on_abandon == "cancel" else None,
            size=settings.max_recording_bytes,
        )

    def for_agent(self, agent: Agent, options: RunOptions) -> "Limits":
        """The limits once the agent is known: its own timeout, where it has one and the run names none."""
        own = getattr(agent, "default_options", None)
        if options.timeout_s is not None or not isinstance(own, RunOptions) or own.timeout_s is None:
            return self
        return replace(self, total_s=own.timeout_s)

    def overdue(self, total_s: float, silence_s: float, unwatched_s: float | None) -> Ending | None:
        """How the run ends if one of its times is over, the total first. ``unwatched_s`` is None while
        watched."""
        if total_s >= self.total_s:
            return took_too_long(self.total_s)
        if silence_s >= self.silence_s:
            return fell_silent(self.silence_s)
        if self.abandon_s is not None and unwatched_s is not None and unwatched_s >= self.abandon_s:
            message = f"No client watched the run for {self.abandon_s:g} s, so it was cancelled."
            return Ending("cancelled", last_words=(WarningEvent(code="abandoned", message=message),))
        return None

    def remaining(self, total_s: float, silence_s: float, unwatched_s: float | None) -> float:
        """Seconds until the next of its times is over, if nothing happens."""
        left = [self.total_s - total_s, self.silence_s - silence_s]
        if self.abandon_s is not None and unwatched_s is not None:
            left.append(self.abandon_s - unwatched_s)
        return min(left)
