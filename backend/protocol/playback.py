"""Scrubbing: a recorded run as anybody saw it at any moment, and where the playhead stands.

No clock lives here: the caller passes the reading of a monotonic one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import inf
from typing import Final

from backend.protocol.attempts import standing
from backend.protocol.events import Event, TokenEvent
from backend.protocol.run_view import RunView
from backend.protocol.view import fold

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""The speeds on offer; 1 is the pace at which the run happened."""

_CHECKPOINT_EVENTS = 256
"""A view is kept after this many events each: a move of the playhead folds fewer than that."""

_CHECKPOINT_SHARE = 512
"""In a long run the distance grows to this part of what came before: a kept view costs a copy of its answer, a move no
more than a few milliseconds."""


class Playback:
    """A run that is over, or as much of it as is known, to be looked at as it was at any moment.

    ``view_at`` gives what ``protocol.view.view_at`` gives, from views kept along the way: a run is folded once, when
    it is loaded, and not at every move. The kept views have no answer of their own, only its length: each answer is a
    beginning of the longest one, so that memory grows with the text and not with its square.
    """

    def __init__(self, events: Sequence[Event], question: str = "") -> None:
        self.events: tuple[Event, ...] = tuple(standing(events))
        self.question = question
        # A time that goes back hides nothing that came before it, as in ``view_at``.
        self._reached_ms = list(accumulate((event.at_ms for event in self.events), max))
        self._stops = _stops(self.events)
        view, place = RunView.start(question), 0
        self._places, self._checkpoints = [0], [_Checkpoint.of(view)]
        while (following := place + max(_CHECKPOINT_EVENTS, place // _CHECKPOINT_SHARE)) <= len(self.events):
            view, place = fold(view, self.events[place:following]), following
            self._places.append(place)
            self._checkpoints.append(_Checkpoint.of(view))
        self._answer = view.message.answer

    @property
    def duration_ms(self) -> float:
        """The time of the last event, in milliseconds since the run was accepted; 0 without events."""
        return self._reached_ms[-1] if self._reached_ms else 0.0

    def view_at(self, t_ms: float) -> RunView:
        """The view as it was ``t_ms`` milliseconds after the run was accepted."""
        count = self.count_at(t_ms)
        kept = bisect_right(self._places, count) - 1
        return fold(self._checkpoints[kept].view(self._answer), self.events[self._places[kept] : count])

    def count_at(self, t_ms: float) -> int:
        """How many events had come by then."""
        return bisect_right(self._reached_ms, t_ms)

    def event_index_at(self, t_ms: float) -> int:
        """The place in ``events`` of the last event that had come by then; -1 before the first one."""
        return self.count_at(t_ms) - 1

    def next_event_ms(self, t_ms: float, types: Collection[str] | None = None) -> float | None:
        """The time of the next event after ``t_ms``, or None after the last one.

        Token events that follow each other count as one, by the first of them. ``types``: only events of these types.
        """
        times = self._times(types)
        place = bisect_right(times, t_ms)
        return times[place] if place < len(times) else None

    def previous_event_ms(self, t_ms: float, types: Collection[str] | None = None) -> float | None:
        """As ``next_event_ms``, in the other direction."""
        times = self._times(types)
        place = bisect_left(times, t_ms)
        return times[place - 1] if place > 0 else None

    def _times(self, types: Collection[str] | None) -> list[float]:
        return [self._reached_ms[index] for index in self._stops if types is None or self.events[index].type in types]


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    """A view without its answer, of which it knows the length."""

    rest: RunView
    length: int

    @classmethod
    def of(cls, view: RunView) -> "_Checkpoint":
        return cls(_with_answer(view, ""), len(view.message.answer))

    def view(self, answer: str) -> RunView:
        """The view again; ``answer`` begins with its own."""
        return _with_answer(self.rest, answer[: self.length])


def _with_answer(view: RunView, answer: str) -> RunView:
    return view.model_copy(update={"message": view.message.model_copy(update={"answer": answer})})


def _stops(events: Sequence[Event]) -> list[int]:
    """The places where something begins: each event but the second and further ones of a row of tokens."""
    return [
        index
        for index, event in enumerate(events)
        if not (isinstance(event, TokenEvent) and index > 0 and isinstance(events[index - 1], TokenEvent))
    ]


@dataclass(frozen=True, slots=True)
class Playhead:
    """Where the playhead stands, or how it moves: at ``at_ms`` when the clock read ``since_s``, ``speed`` times as
    fast as the run happened from then on, if it is ``playing``."""

    at_ms: float = 0.0
    speed: float = 1.0
    playing: bool = False
    since_s: float = 0.0

    def position_ms(self, now_s: float, duration_ms: float = inf) -> float:
        """Where it stands when the clock reads ``now_s``: never before the start nor behind the end."""
        moved = (now_s - self.since_s) * 1000 * self.speed if self.playing else 0.0
        return min(max(0.0, self.at_ms + moved), duration_ms)

    def has_ended(self, now_s: float, duration_ms: float = inf) -> bool:
        """Whether it has come to the end by then."""
        return self.position_ms(now_s, duration_ms) >= duration_ms

    def play(self, now_s: float, duration_ms: float = inf) -> "Playhead":
        """Start to move; from the beginning where it stands at the end."""
        at_ms = self.position_ms(now_s, duration_ms)
        return replace(self, at_ms=0.0 if at_ms >= duration_ms else at_ms, playing=True, since_s=now_s)

    def pause(self, now_s: float, duration_ms: float = inf) -> "Playhead":
        """Stop where it is."""
        return replace(self, at_ms=self.position_ms(now_s, duration_ms), playing=False, since_s=now_s)

    def seek(self, t_ms: float, now_s: float) -> "Playhead":
        """Move to a time, and continue playing from there if it is playing."""
        return replace(self, at_ms=max(0.0, t_ms), since_s=now_s)

    def with_speed(self, speed: float, now_s: float, duration_ms: float = inf) -> "Playhead":
        """Move at another speed from here on. Raises ``ValueError`` for one that is not above 0."""
        if speed <= 0:
            raise ValueError("The speed must be above 0.")
        return replace(self, at_ms=self.position_ms(now_s, duration_ms), speed=speed, since_s=now_s)
