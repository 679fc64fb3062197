"""How long a run may take, be silent and go unwatched."""

from dataclasses import dataclass, replace

from backend.agents.agent import Agent
from backend.agents.time_limits import TimeLimits
from backend.protocol.ending import Ending, fell_silent, took_too_long
from backend.protocol.events import WarningEvent
from backend.protocol.options import RunOptions
from backend.runs.records import RunRecord
from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds; ``abandon_s`` is None for a run that continues when nobody watches. ``size`` is in bytes."""

    times: TimeLimits
    abandon_s: float | None
    size: int
    settings: Settings

    @classmethod
    def of(cls, record: RunRecord, settings: Settings) -> "Limits":
        """The limits of a run: its own where it names them, else the server's."""
        return cls(
            times=TimeLimits.of(record.options, RunOptions(), settings),
            abandon_s=settings.abandon_grace_s if record.options.on_abandon == "cancel" else None,
            size=settings.max_recording_bytes,
            settings=settings,
        )

    def for_agent(self, agent: Agent, options: RunOptions) -> "Limits":
        """The limits once the agent is known: its own times, where it has some and the run names none."""
        own = getattr(agent, "default_options", None)
        if not isinstance(own, RunOptions):
            return self
        return replace(self, times=TimeLimits.of(options, own, self.settings))

    def overdue(self, total_s: float, silence_s: float, unwatched_s: float | None) -> Ending | None:
        """How the run ends if one of its times is over, the total first. ``unwatched_s`` is None while
        watched."""
        if total_s >= self.times.timeout_s:
            return took_too_long(self.times.timeout_s)
        if silence_s >= self.times.silence_s:
            return fell_silent(self.times.silence_s, self.times.longest_silence_s)
        if self.abandon_s is not None and unwatched_s is not None and unwatched_s >= self.abandon_s:
            message = f"No client watched the run for {self.abandon_s:g} s, so it was cancelled."
            return Ending("cancelled", last_words=(WarningEvent(code="abandoned", message=message),))
        return None

    def remaining(self, total_s: float, silence_s: float, unwatched_s: float | None) -> float:
        """Seconds until the next of its times is over, if nothing happens."""
        left = [self.times.timeout_s - total_s, self.times.silence_s - silence_s]
        if self.abandon_s is not None and unwatched_s is not None:
            left.append(self.abandon_s - unwatched_s)
        return min(left)
