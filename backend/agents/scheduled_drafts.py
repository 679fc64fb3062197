"""Cues: what is sent, and when. Scenarios and recordings are both played as a schedule of cues.

A schedule is a series of cues with rising times that ends with exactly one ``ScheduledEnd``, ``ScheduledFailure`` or
``Hang``. It knows no clock: ``play_cues`` plays it on one, and ``backend.agents.plans`` derives the plan from it.
"""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, replace

from backend.agents.agent import AgentFailure
from backend.agents.clock import Clock
from backend.agents.person import Ask, PersonAnswer, PersonRequest, nobody_answers
from backend.protocol.events import Draft, StatusEvent
from backend.protocol.options import RunOptions

_EVENTS_PER_TURN = 32
_LONG_SLEEP_S = 3600.0


@dataclass(frozen=True, slots=True)
class ScheduledEnd:
    """The agent ends well."""


@dataclass(frozen=True, slots=True)
class ScheduledFailure:
    """The agent gives up, with the error that a reader sees."""

    code: str
    message: str
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """The agent sends nothing more and never returns."""


@dataclass(slots=True)
class ScheduledAsk:
    """A person is asked. The player of the schedule puts the ``answer`` here before it takes the next cue; the times of
    all later cues are meant without the time of the answer."""

    request: PersonRequest
    answer: PersonAnswer | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing at its time, in seconds since the start at speed 1."""

    at_s: float
    what: Draft | ScheduledAsk | ScheduledEnd | ScheduledFailure | Hang


def as_wanted(cues: Iterable[Cue], options: RunOptions) -> Iterable[Cue]:
    """The schedule with or without its status events; everything else keeps its time."""
    if options.status_events:
        return cues
    return (cue for cue in cues if not isinstance(cue.what, StatusEvent))


async def play_cues(
    cues: Iterable[Cue], clock: Clock, speed: float, ask: Ask = nobody_answers
) -> AsyncGenerator[Draft, None]:
    """The drafts of a schedule, each at its time divided by ``speed``; speed 0 never waits.

    Every wait ends at a moment counted from the start, so that the delays of single sleeps never add up. Raises
    ``AgentFailure`` for a ``ScheduledFailure``. Gives other tasks a turn at least every 32 events.
    """
    start = clock.now()
    unbroken = 0
    for cue in cues:
        delay = start + cue.at_s / speed - clock.now() if speed > 0 else 0.0
        unbroken += 1
        if delay > 0 or unbroken >= _EVENTS_PER_TURN:
            await clock.sleep(max(0.0, delay))
            unbroken = 0
        if isinstance(cue.what, ScheduledEnd):
            return
        if isinstance(cue.what, ScheduledFailure):
            raise AgentFailure(cue.what.code, cue.what.message, retryable=cue.what.retryable)
        if isinstance(cue.what, Hang):
            while True:
                await clock.sleep(_LONG_SLEEP_S)
        if isinstance(cue.what, ScheduledAsk):
            asked_at = clock.now()
            cue.what.answer = await ask(at_speed(cue.what.request, speed))
            start += clock.now() - asked_at
            continue
        yield cue.what


def at_speed(request: PersonRequest, speed: float) -> PersonRequest:
    """The request with its scripted answer at another speed; what a person takes, and its expiry, stay as they are."""
    scripted = request.scripted
    if scripted is None:
        return request
    after_s = scripted.after_s / speed if speed > 0 else 0.0
    return replace(request, scripted=replace(scripted, after_s=after_s))
