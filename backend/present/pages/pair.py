"""Two runs to compare: what is known of each, the names they have on the page, and the clock they share."""

from dataclasses import dataclass, field
from typing import Final, Literal

from backend.present.pages.comparison import Compared
from backend.present.pages.problem import Problem
from backend.present.timeline.playhead_clock import PlayheadClock
from backend.present.words import compare as words_compare
from backend.protocol.events import DoneEvent
from backend.protocol.pair_playback import PairPlayback
from backend.protocol.playback import Playback
from backend.protocol.recordings import Recording

Which = Literal["first", "second"]
BOTH: Final[tuple[Which, Which]] = ("first", "second")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. ``run_id`` is the run's or a share's id, empty for one from a file."""

    recording: Recording
    run_id: str = ""

    @property
    def running(self) -> bool:
        """Whether more of it is to come."""
        events = self.recording.events
        return bool(self.run_id) and not (events and isinstance(events[-1], DoneEvent))

    @property
    def playback(self) -> Playback:
        """What is known of it, to be looked at as it was at any moment."""
        return Playback(self.recording.events, self.recording.header.question)


def side_of(found: Recording | Problem, run_id: str = "") -> Side | Problem:
    """The side that a recording makes, or why there is none."""
    return found if isinstance(found, Problem) else Side(found, run_id)


def _nothing() -> PairPlayback:
    return PairPlayback(Playback(()), Playback(()))


@dataclass(slots=True)
class Pair(PlayheadClock):
    """What one tab compares, under one playhead; a side may be missing. ``serial`` tells one pair from the next: who
    draws one stops once it has moved on."""

    playback: PairPlayback = field(default_factory=_nothing)
    first: Side | None = None
    second: Side | None = None
    serial: int = 0

    @property
    def sides(self) -> tuple[Side, ...]:
        """Those that are there."""
        return tuple(side for side in (self.first, self.second) if side is not None)

    @property
    def complete(self) -> bool:
        """Whether there are two."""
        return len(self.sides) == len(BOTH)

    @property
    def running(self) -> bool:
        """Whether more of one of them is to come."""
        return any(side.running for side in self.sides)

    @property
    def run_ids(self) -> tuple[str, str]:
        """The ids for the page's address; empty for a run from a file, which is in this tab only."""
        return self.first.run_id if self.first else "", self.second.run_id if self.second else ""

    def side(self, which: Which) -> Side:
        """That one. Raises ``ValueError`` where it is missing."""
        found = self.first if which == "first" else self.second
        if found is None:
            raise ValueError("There are not two runs to compare.")
        return found

    def put(self, which: Which, side: Side | None) -> None:
        """Another run for one side. The playhead goes to the end, where all of both is seen."""
        self._hold(which, side)
        self.serial += 1
        self.pause()
        self.seek(self.playback.duration_ms)

    def learn(self, which: Which, side: Side) -> None:
        """More of the same run; the playhead stays at the end of what is known."""
        self._hold(which, side)
        self.seek(self.playback.duration_ms)

    def compared(self) -> tuple[Compared, Compared]:
        """Both under the names they have on the page. Raises ``ValueError`` where one is missing."""
        first, second = (self.side(which).recording for which in BOTH)
        names = _names(first, second)
        return (
            Compared(names[0], first.events, first.header.question),
            Compared(names[1], second.events, second.header.question),
        )

    def _hold(self, which: Which, side: Side | None) -> None:
        if which == "first":
            self.first = side
        else:
            self.second = side
        known = [found.playback if found is not None else Playback(()) for found in (self.first, self.second)]
        self.playback = PairPlayback(*known)


def _names(first: Recording, second: Recording) -> tuple[str, str]:
    """What tells the two apart: the agent, else with or without status, else which of them is the first."""
    agents = first.header.agent, second.header.agent
    if all(agents) and agents[0] != agents[1]:
        return agents
    statuses = first.header.options.status_events, second.header.options.status_events
    if statuses[0] != statuses[1]:
        with_status, without = words_compare.WITH_STATUS, words_compare.WITHOUT_STATUS
        return (with_status, without) if statuses[0] else (without, with_status)
    return words_compare.FIRST_RUN, words_compare.SECOND_RUN
