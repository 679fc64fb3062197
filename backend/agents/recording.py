"""Recorded runs, played again with their own timing.

The events before ``done`` come again as drafts, which the supervisor stamps anew. The end comes again as far as an
agent can end a run: a recorded ``completed`` ends well, and a recorded error is raised again with its code and message.
A run cannot be cancelled, timed out or interrupted a second time, so the replay of such a run fails with a sentence
about its end (code ``recorded_cancelled`` and so on): its answer is partial, and ``completed`` would be wrong. A
recording without ``done`` fails with ``recording_cut``. Events of unknown types cannot be drafts; they are left out,
and a warning counts them.
"""

from collections.abc import AsyncIterator, Iterator, Sequence

from backend.access.callers import caller_now
from backend.agents.agent import (
    AgentEnvironment,
    AgentOffer,
    Progress,
    RecordingSource,
    RunContext,
    RunRequest,
    UnknownAgentError,
)
from backend.agents.person import PAUSED_EXACTLY
from backend.agents.plans import planned_events
from backend.agents.scheduled_drafts import Cue, ScheduledEnd, ScheduledFailure, as_wanted, play_cues
from backend.agents.time_limits import TimeLimits
from backend.protocol.events import DoneEvent, Draft, ErrorEvent, KnownEvent, UnknownEvent, WarningEvent
from backend.protocol.options import RunOptions
from backend.protocol.recordings import RecordingError, Replayable
from backend.settings import Settings

LONGEST_REPLAY_S = 3600.0
"""A replay always ends by itself, so it has the longest time limits that a run may have."""

_OWN_OPTIONS = RunOptions(timeout_s=LONGEST_REPLAY_S, silence_s=LONGEST_REPLAY_S)

_ENDINGS = {"cancelled": "was cancelled", "timed_out": "timed out", "interrupted": "was interrupted"}


def recorded_schedule(recording: Replayable) -> Iterator[Cue]:
    """A recording as a schedule, its times counted from the acceptance of the run.

    A time before that of the previous event is raised to it.
    """
    at_s = 0.0
    unread = 0
    error: ErrorEvent | None = None
    for event in recording.events:
        at_s = max(at_s, event.at_ms / 1000)
        if isinstance(event, DoneEvent):
            yield from _warned(at_s, unread)
            yield Cue(at_s, _ending(event, error))
            return
        if isinstance(event, UnknownEvent):
            unread += 1
        elif isinstance(event, ErrorEvent):
            error = event
        else:
            yield Cue(at_s, event.model_copy(update={"seq": 0, "at_ms": 0.0}))
    yield from _warned(at_s, unread)
    reason = recording.cut or "The recording was cut: it has no done."
    yield Cue(at_s, ScheduledFailure("recording_cut", reason) if error is None else _again(error))


def agent_of(recording_id: str) -> str:
    """The full name of the agent that plays the recording with that id."""
    return f"recording:{recording_id}"


class RecordingAgent:
    """A recording as an agent. Its answer is the recorded one, whatever the question."""

    def __init__(self, recording: Replayable) -> None:
        self._recording = recording
        self.default_options = _OWN_OPTIONS
        self.steerable = PAUSED_EXACTLY

    def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """Play the recording once, at the speed of the request's options."""
        cues = as_wanted(recorded_schedule(self._recording), request.options)
        return play_cues(cues, context.clock, request.options.speed)


class RecordingProvider:
    """Offers ``recording:<id>`` for every recording of the source, and lists the imported ones."""

    def __init__(self, source: RecordingSource, settings: Settings) -> None:
        self._source = source
        self._settings = settings

    @property
    def name(self) -> str:
        """``recording``."""
        return "recording"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """There is nothing to prepare."""
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        """The imported recordings, for a host: an id is all it takes to play one. Past runs are not listed."""
        if not caller_now().is_host:
            return []
        return [
            AgentOffer(
                agent=agent_of(recording_id),
                title=f"Recording: {_shortened(question)}",
                description="Plays a recorded run again with its own timing.",
                examples=(question,) if question else (),
                steerable=PAUSED_EXACTLY,
            )
            for recording_id, question in await self._source.listed()
        ]

    async def open(self, variant: str) -> RecordingAgent:
        """The agent that plays the recording with that id. Raises ``UnknownAgentError``."""
        return RecordingAgent(await self._find(variant))

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent]:
        """The recorded events as a replay would send them. Raises ``UnknownAgentError``."""
        limits = TimeLimits.of(request.options, _OWN_OPTIONS, self._settings)
        cues = as_wanted(recorded_schedule(await self._find(variant)), request.options)
        return planned_events(cues, request.options.speed, limits)

    async def _find(self, recording_id: str) -> Replayable:
        if not recording_id:
            raise UnknownAgentError("Which recording? Name it by its id, as in recording:<id>.")
        try:
            recording = await self._source.find(recording_id)
        except RecordingError as error:
            raise UnknownAgentError(f"The recording {recording_id!r} cannot be played: {error}") from error
        if recording is None:
            raise UnknownAgentError(f"There is no recording and no past run with the id {recording_id!r}.")
        return recording


def provide(environment: AgentEnvironment) -> RecordingProvider:
    """Entry point of ``playhead.agents``."""
    return RecordingProvider(environment.recordings, environment.settings)


def _ending(done: DoneEvent, error: ErrorEvent | None) -> ScheduledEnd | ScheduledFailure:
    if done.outcome == "completed":
        return ScheduledEnd()
    if done.outcome in _ENDINGS:
        after = f" after {done.at_ms / 1000:.1f} s"
        return ScheduledFailure(f"recorded_{done.outcome}", f"The recorded run {_ENDINGS[done.outcome]}{after}.")
    if error is not None:
        return _again(error)
    return ScheduledFailure("recorded_failed", "The recorded run failed and does not say why.")


def _again(error: ErrorEvent) -> ScheduledFailure:
    return ScheduledFailure(error.code, error.message, error.retryable)


def _warned(at_s: float, unread: int) -> Iterator[Cue]:
    if unread:
        events = "1 recorded event is" if unread == 1 else f"{unread:,} recorded events are"
        message = f"{events} of a type this Playhead does not know, and left out."
        yield Cue(at_s, WarningEvent(code="recording_unread", message=message))


def _shortened(question: str, limit: int = 60) -> str:
    text = " ".join(question.split()) or "no question"
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."
