"""Plans: the events that a schedule would leave on a perfect machine, where nothing takes time.

The supervisor stamps drafts and ends runs; here the same follows from the schedule alone. A test plays every bundled
scenario through the real supervisor and compares.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.agents.asked_input import answering_status, asked_input, opening_statuses
from backend.agents.input_answers import SCENARIO, recorded_answer
from backend.agents.person import PersonAnswer
from backend.agents.scheduled_drafts import Cue, Hang, ScheduledAsk, ScheduledEnd, ScheduledFailure, at_speed
from backend.agents.time_limits import TimeLimits
from backend.protocol.ending import Ending, Tally, end_run, fell_silent, took_too_long
from backend.protocol.events import ErrorEvent, KnownEvent, StatusEvent, stamp


class UnplannedError(ValueError):
    """What the run sends depends on a person."""


def planned_events(cues: Iterable[Cue], speed: float, limits: TimeLimits) -> list[KnownEvent]:
    """The stamped events of a run that plays the schedule, with closing statuses, error and ``done``.

    Limits do not depend on the speed, since the supervisor counts real seconds; they stand still while a request waits
    for its answer. Raises ``UnplannedError`` for a request that the schedule does not answer itself.
    """
    events: list[KnownEvent] = []
    tally = Tally()
    last_s = waited_s = 0.0

    def write(draft: KnownEvent, at_s: float) -> None:
        events.append(stamp(draft, tally.last_seq + 1, at_s * 1000))
        tally.add(events[-1:])

    for cue in cues:
        due_s = (cue.at_s / speed if speed > 0 else 0.0) + waited_s
        ends_s = min(limits.timeout_s + waited_s, last_s + limits.silence_s)
        ending: Ending | None = None
        if isinstance(cue.what, Hang) or due_s >= ends_s:
            due_s, ending = ends_s, _overdue(ends_s - waited_s, limits)
        elif isinstance(cue.what, ScheduledAsk):
            opened, answered = _answered(cue.what, f"input-{len(tally.person.inputs) + 1}", due_s, speed)
            for status in opened:
                write(status, due_s)
            waited_s += answered.after_s
            last_s = due_s + answered.after_s
            write(answered.status, last_s)
        elif isinstance(cue.what, ScheduledEnd):
            ending = Ending("completed")
        elif isinstance(cue.what, ScheduledFailure):
            failure = cue.what
            ending = Ending(
                "failed", ErrorEvent(code=failure.code, message=failure.message, retryable=failure.retryable)
            )
        else:
            write(cue.what, due_s)
            last_s = due_s
        if ending is not None:
            closing, done = end_run(tally, ending, due_s * 1000)
            return [*events, *closing, done]
    raise ValueError("The schedule has no end.")


@dataclass(frozen=True, slots=True)
class _Answered:
    status: StatusEvent
    after_s: float


def _answered(asked: ScheduledAsk, input_id: str, at_s: float, speed: float) -> tuple[list[StatusEvent], _Answered]:
    """The statuses of a request and of its scripted answer, which the schedule is given."""
    request = at_speed(asked.request, speed)
    scripted = request.scripted
    if scripted is None:
        raise UnplannedError("The run asks a person: what it sends cannot be known.")
    opened = asked_input(request, input_id, at_s * 1000)
    asked.answer = PersonAnswer.of(request, scripted.given)
    recorded = recorded_answer(opened.request, scripted.given, by=None, via=SCENARIO, waited_ms=scripted.after_s * 1000)
    return opening_statuses(opened), _Answered(answering_status(opened, recorded), scripted.after_s)


def _overdue(ends_s: float, limits: TimeLimits) -> Ending:
    """If both limits are exceeded, the limit for the whole run counts."""
    if ends_s >= limits.timeout_s:
        return took_too_long(limits.timeout_s)
    return fell_silent(limits.silence_s, limits.longest_silence_s)
