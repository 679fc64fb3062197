"""A run as a list of events with their times on one plane: what every metric is computed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from backend.metrics.answer import Answer, grow
from backend.metrics.expectation import Expectation
from backend.metrics.steps import StepSpan, step_spans
from backend.protocol.attempts import steps_back
from backend.protocol.checks import Violation, check
from backend.protocol.events import DoneEvent, Event, StatusEvent, TokenEvent
from backend.protocol.person_time import PersonTime

Plane = Literal["wire", "server", "planned"]
"""Whose clock the times were read on: the harness's on arrival, the server's, or the script's."""


@dataclass(frozen=True)
class Trace:
    """One run on one plane.

    ``received`` are all events in the order they came, duplicates included; ``received_ms`` their times in
    milliseconds since the request was sent (wire) or the run was accepted (server, planned). ``close_ms`` is
    the time at which the stream ended, None where the plane has no such moment. ``kernel_ms`` are the times at which
    the kernel had received each of ``received``, None where it did not say; empty where it said nothing. ``sources``
    maps document ids to whole texts, where they are at hand. ``expectation`` is what a suite knows to be right about
    the answer, None where nobody says it.
    """

    plane: Plane
    received: tuple[Event, ...]
    received_ms: tuple[float, ...]
    close_ms: float | None = None
    connect_ms: float | None = None
    kernel_ms: tuple[float | None, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    expectation: Expectation | None = None

    def __post_init__(self) -> None:
        if len(self.received) != len(self.received_ms):
            raise ValueError("A trace needs one time for every event.")

    @classmethod
    def of_server_times(cls, plane: Plane, events: Iterable[Event]) -> "Trace":
        """The events by the clock of ``at_ms``."""
        known = tuple(events)
        return cls(plane, known, tuple(event.at_ms for event in known))

    @cached_property
    def _fresh(self) -> tuple[int, ...]:
        """Indexes of the events that change anything: no duplicates, and nothing after the first done."""
        last_seq = 0
        indexes: list[int] = []
        for index, event in enumerate(self.received):
            if steps_back(event, last_seq):
                last_seq = event.seq - 1
                while indexes and self.received[indexes[-1]].seq > last_seq:
                    indexes.pop()
            if event.seq == 0 or event.seq > last_seq:
                last_seq = max(last_seq, event.seq)
                indexes.append(index)
                if isinstance(event, DoneEvent):
                    break
        return tuple(indexes)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events a reader sees: without duplicates, up to the first done."""
        return tuple(self.received[index] for index in self._fresh)

    @cached_property
    def times_ms(self) -> tuple[float, ...]:
        """The times of ``events``."""
        return tuple(self.received_ms[index] for index in self._fresh)

    @cached_property
    def activity_ms(self) -> tuple[float, ...]:
        """When anything came that was not shown, such as a model's reasoning, in order, as far as the events say so.

        The times are the server's; on another plane each keeps its distance to the event that carries it.
        """
        found = [
            max(0.0, at_ms - max(0.0, event.at_ms - hidden_ms))
            for event, at_ms in zip(self.events, self.times_ms, strict=True)
            if isinstance(event, StatusEvent)
            for hidden_ms in event.activity_ms or ()
        ]
        return tuple(sorted(found))

    @cached_property
    def tokens(self) -> tuple[tuple[TokenEvent, float], ...]:
        """Every token event with text, and its time."""
        pairs = zip(self.events, self.times_ms, strict=True)
        return tuple((event, at_ms) for event, at_ms in pairs if isinstance(event, TokenEvent) and event.text)

    @cached_property
    def done(self) -> DoneEvent | None:
        """The end of the run, or None if it never came."""
        last = self.events[-1] if self.events else None
        return last if isinstance(last, DoneEvent) else None

    @cached_property
    def done_ms(self) -> float | None:
        """When done came."""
        return self.times_ms[-1] if self.done else None

    @cached_property
    def end_ms(self) -> float:
        """Until when something could be on screen: done, else the close, else the last event."""
        if self.done_ms is not None:
            return self.done_ms
        return max([0.0, *self.times_ms, *([self.close_ms] if self.close_ms is not None else [])])

    @cached_property
    def answer(self) -> Answer:
        """How the answer grew."""
        return grow(self.events, self.times_ms)

    @cached_property
    def steps(self) -> tuple[StepSpan, ...]:
        """Every step and how long it took."""
        return step_spans(self.events, self.times_ms)

    @cached_property
    def person(self) -> PersonTime:
        """How much of the run was a person's time."""
        person = PersonTime()
        for event, at_ms in zip(self.events, self.times_ms, strict=True):
            person.add(event, at_ms)
        return person

    def without_people(self) -> "Trace":
        """The same run as if people answered at once and never paused it: every time less the time of people before
        it."""
        if not self.person.intervals:
            return self

        def moved(at_ms: float) -> float:
            return at_ms - self.person.before(at_ms)

        kernel_ms = tuple(None if at_ms is None else moved(at_ms) for at_ms in self.kernel_ms)
        close_ms = None if self.close_ms is None else moved(self.close_ms)
        return replace(self, received_ms=tuple(map(moved, self.received_ms)), close_ms=close_ms, kernel_ms=kernel_ms)

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """Violations of the rules for every stream."""
        return tuple(check(self.received))

    def first_ms(self, *types: type[Event]) -> float | None:
        """When the first event of one of these types came."""
        return next(
            (at_ms for event, at_ms in zip(self.events, self.times_ms, strict=True) if isinstance(event, types)),
            None,
        )


def gaps_ms(times_ms: Sequence[float]) -> list[float]:
    """The differences between successive times."""
    return [later - earlier for earlier, later in pairwise(times_ms)]
