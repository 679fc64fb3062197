"""Plans: the events that a schedule would leave on a perfect machine, where nothing takes time.

The supervisor stamps drafts and ends runs; here the same follows from the schedule alone. A test plays every bundled
scenario through the real supervisor and compares.
"""

from collections.abc import Iterable

from backend.agents.scheduled_drafts import Cue, Hang, ScheduledEnd, ScheduledFailure
from backend.agents.time_limits import TimeLimits
from backend.protocol.ending import Ending, Tally, end_run, fell_silent, took_too_long
from backend.protocol.events import ErrorEvent, KnownEvent, stamp


def planned_events(cues: Iterable[Cue], speed: float, limits: TimeLimits) -> list[KnownEvent]:
    """The stamped events of a run that plays the schedule, with closing statuses, error and ``done``.

    Limits do not depend on the speed, since the supervisor counts real seconds.
    """
    events: list[KnownEvent] = []
    tally = Tally()
    last_s = 0.0
    for cue in cues:
        due_s = cue.at_s / speed if speed > 0 else 0.0
        ends_s = min(limits.timeout_s, last_s + limits.silence_s)
        ending: Ending | None = None
        if isinstance(cue.what, Hang) or due_s >= ends_s:
            due_s, ending = ends_s, _overdue(ends_s, limits)
        elif isinstance(cue.what, ScheduledEnd):
            ending = Ending("completed")
        elif isinstance(cue.what, ScheduledFailure):
            failure = cue.what
            ending = Ending(
                "failed", ErrorEvent(code=failure.code, message=failure.message, retryable=failure.retryable)
            )
        else:
            events.append(stamp(cue.what, tally.last_seq + 1, due_s * 1000))
            tally.add(events[-1:])
            last_s = due_s
        if ending is not None:
            closing, done = end_run(tally, ending, due_s * 1000)
            return [*events, *closing, done]
    raise ValueError("The schedule has no end.")


def _overdue(ends_s: float, limits: TimeLimits) -> Ending:
    """If both limits are exceeded, the limit for the whole run counts."""
    if ends_s >= limits.timeout_s:
        return took_too_long(limits.timeout_s)
    return fell_silent(limits.silence_s, limits.longest_silence_s)
