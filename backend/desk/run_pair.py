"""The two runs that a tab compares: their events, their names on the page, and the clock they share."""

from dataclasses import dataclass, field
from typing import Final, Literal

from backend.desk.player import Moment, Player, SeenRun
from backend.desk.reader_rights import NO_RIGHTS, ReaderRights
from backend.present.pages.addresses import BLIND, FIRST, SECOND
from backend.present.pages.comparison import Compared
from backend.present.pages.problem import Problem
from backend.present.strip.fold import strip_of
from backend.present.strip.model import StripModel
from backend.present.strip.page_data import ShownStrip
from backend.present.timeline.moment_text import pair_moment_html
from backend.present.words import compare as words_compare
from backend.protocol.events import DoneEvent
from backend.protocol.pair_playback import PairPlayback
from backend.protocol.playback import Playback
from backend.protocol.recordings import Recording, RecordingHeader

Which = Literal["first", "second"]
BOTH: Final[tuple[Which, Which]] = ("first", "second")


@dataclass(frozen=True, slots=True)
class PairedRun:
    """One of the two. ``run_id`` is the run's or a share's id, empty for one from a file; ``problem`` is the reason if
    no more of it can be loaded and its end is missing for good."""

    recording: Recording
    run_id: str = ""
    problem: Problem | None = None

    @property
    def running(self) -> bool:
        """True if more events will come."""
        return bool(self.run_id) and self.problem is None and not self.ended

    @property
    def ended(self) -> bool:
        """True if its end is known."""
        events = self.recording.events
        return bool(events) and isinstance(events[-1], DoneEvent)


def _nothing() -> PairPlayback:
    return PairPlayback(Playback(()), Playback(()))


@dataclass(slots=True)
class RunPair(Player):
    """The pair that one tab compares, under one playhead; a side may be missing. ``serial`` distinguishes one pair from
    the next: a stream of one stops once the tab has moved on to another."""

    playback: PairPlayback = field(default_factory=_nothing)
    first: PairedRun | None = None
    second: PairedRun | None = None
    serial: int = 0
    blind: bool = False
    """True while the page does not say which agents they are of."""
    rights: ReaderRights = NO_RIGHTS
    """What the reader may do; nothing until it is known."""
    _strips: dict[Which, tuple[Recording, StripModel]] = field(default_factory=dict)

    @property
    def sides(self) -> tuple[PairedRun, ...]:
        """The sides that are there."""
        return tuple(side for side in (self.first, self.second) if side is not None)

    @property
    def complete(self) -> bool:
        """True if there are two."""
        return len(self.sides) == len(BOTH)

    @property
    def running(self) -> bool:
        """True if one of them is still running."""
        return any(side.running for side in self.sides)

    @property
    def problem(self) -> Problem | None:
        """Why no more of one of them can be loaded."""
        return next((side.problem for side in self.sides if side.problem), None)

    def named(self) -> dict[str, str]:
        """Both runs' parameters for the page's address; empty for a run from a file, which is in this tab only."""
        named = {FIRST: self.first.run_id if self.first else "", SECOND: self.second.run_id if self.second else ""}
        return {**named, BLIND: "1" if self.blind and all(named.values()) else ""}

    def side(self, which: Which) -> PairedRun:
        """That side. Raises ``ValueError`` if it is missing."""
        found = self.first if which == "first" else self.second
        if found is None:
            raise ValueError("There are not two runs to compare.")
        return found

    def put(self, which: Which, side: PairedRun | None) -> None:
        """Put another run on one side. The playhead moves to the end, where all of both is visible."""
        self.serial += 1
        self.pause()
        self.learn(which, side)

    def learn(self, which: Which, side: PairedRun | None) -> None:
        """Keep more of the same run; the playhead stays at the known end."""
        if which == "first":
            self.first = side
        else:
            self.second = side
        known = [_playback(run) for run in self.sides] if self.complete else []
        self.playback = PairPlayback(*known) if known else _nothing()
        self.seek(self.playback.duration_ms)

    def compared(self) -> tuple[Compared, Compared]:
        """Both with their names on the page. Raises ``ValueError`` if one is missing."""
        first, second = (self.side(which).recording for which in BOTH)
        names = _BLIND_NAMES if self.blind else _names(first.header, second.header)
        return (
            Compared(names[0], first.events, first.header.question),
            Compared(names[1], second.events, second.header.question),
        )

    def moment(self) -> Moment:
        """The page: both at the playhead, or all that is known while one of them runs."""
        if not self.complete:
            return Moment((), strip=self.strip_data())
        at_ms, live = self.position_ms(), self.running
        seen = tuple(
            SeenRun(view, view.stream.last_at_ms if live else at_ms, still=not live)
            for view in self.playback.views_at(at_ms)
        )
        first, second = self.compared()
        text = "" if live else pair_moment_html(self.playback, (first.name, second.name), at_ms)
        return Moment(seen, text, self.playhead.playing, self.strip_data())

    def strips(self) -> tuple[ShownStrip, ...]:
        """Both runs on the strip, each by the name that it has on the page; none if a side is missing."""
        if not self.complete:
            return ()
        first, second = self.compared()
        names = (first.name, second.name)
        return tuple(
            ShownStrip(self.strip_of_side(which), name=name, scope=which)
            for which, name in zip(BOTH, names, strict=True)
        )

    def strip_of_side(self, which: Which) -> StripModel:
        """The strip of the recording on that side, folded once. Raises ``ValueError`` if it is missing."""
        recording = self.side(which).recording
        known = self._strips.get(which)
        if known is None or known[0] is not recording:
            known = self._strips[which] = (recording, strip_of(recording.events))
        return known[1]


_BLIND_NAMES: Final = (words_compare.ANSWER_A, words_compare.ANSWER_B)


def _playback(side: PairedRun) -> Playback:
    return Playback(side.recording.events, side.recording.header.question)


def _names(first: RecordingHeader, second: RecordingHeader) -> tuple[str, str]:
    """Names that distinguish the two: the agent, else with or without status, else first and second."""
    if first.agent and second.agent and first.agent != second.agent:
        return first.agent, second.agent
    statuses = first.options.status_events, second.options.status_events
    if statuses[0] != statuses[1]:
        with_status, without = words_compare.WITH_STATUS, words_compare.WITHOUT_STATUS
        return (with_status, without) if statuses[0] else (without, with_status)
    return words_compare.FIRST_RUN, words_compare.SECOND_RUN
