"""The run that a tab replays, and how it is opened: by an address, from the list, from a file."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from backend.desk.backend_watch import BETWEEN_TRIALS_S, ReadyCall, wait_for_backend
from backend.desk.choices import Choice, RunsCall, latest_runs
from backend.desk.player import Moment, Player, SeenRun
from backend.desk.run_recording import RecordingCall, recording_of_run
from backend.present.pages.addresses import MOMENT, RUN, SHARE, moment_ms
from backend.present.pages.cards import read_choice
from backend.present.pages.problem import Problem, recording_of_file
from backend.present.strip.fold import EMPTY_STRIP, strip_of
from backend.present.strip.model import StripModel
from backend.present.strip.page_data import ShownStrip
from backend.present.timeline.moment_text import moment_html
from backend.present.words import replay as words_replay
from backend.protocol.events import DoneEvent, Event
from backend.protocol.playback import Playback, Playhead
from backend.protocol.recordings import Recording
from backend.protocol.share_ids import is_share


class ReplayCalls(ReadyCall, RunsCall, RecordingCall, Protocol):
    """The calls of the client that the Replay page needs."""


@dataclass(frozen=True, slots=True)
class ShownRun:
    """The opened run as the page shows it, frozen."""

    run_id: str
    """The run for feedback and shares; empty if there can be none."""
    question: str
    events: tuple[Event, ...]
    hint: str
    """A note for the reader on this run; may be empty."""
    unfinished: bool
    """True if more of it can be fetched."""
    address: Mapping[str, str]
    """The parameters of the address that leads here; empty for a recording from a file."""
    moment: Moment


@dataclass(slots=True)
class OpenedRun(Player):
    """The run that one tab replays. ``opened_id`` is the id of the run or share it was opened by, empty for a recording
    from a file and while nothing is open."""

    playback: Playback = field(default_factory=lambda: Playback(()))
    opened_id: str = ""
    is_open: bool = False
    strip: StripModel = EMPTY_STRIP

    @property
    def run_id(self) -> str:
        """The run for feedback and shares; empty if there can be none."""
        return "" if is_share(self.opened_id) else self.opened_id

    def named(self) -> dict[str, str]:
        """The run's parameters for the page's address; empty ones are left out of it."""
        return {RUN: self.run_id, SHARE: "" if self.run_id else self.opened_id}

    def address(self) -> dict[str, str]:
        """The same, with the moment."""
        moment = str(round(self.position_ms())) if self.opened_id and self.playhead.at_ms else ""
        return {**self.named(), MOMENT: moment}

    def moment(self) -> Moment:
        """The page at the playhead; no run while nothing is open."""
        if not self.is_open:
            return Moment((), strip=self.strip_data())
        at_ms = self.position_ms()
        seen = SeenRun(self.playback.view_at(at_ms), at_ms)
        return Moment((seen,), moment_html(self.playback, at_ms), self.playhead.playing, self.strip_data())

    def strips(self) -> tuple[ShownStrip, ...]:
        """The run on the strip; none while nothing is open."""
        return (ShownStrip(self.strip),) if self.is_open else ()

    def open(self, recording: Recording, opened_id: str, at_ms: float) -> None:
        """Open another run, or more of the same, with the playhead at that moment."""
        self.playback = Playback(recording.events, recording.header.question)
        self.strip = strip_of(recording.events)
        self.opened_id, self.is_open = opened_id, True
        self.playhead = Playhead(speed=self.playhead.speed)
        self.seek(at_ms)

    def shown(self) -> ShownRun | None:
        """The run as the page shows it; None while nothing is open."""
        if not self.is_open:
            return None
        events = self.playback.events
        unfinished = bool(self.opened_id) and not (events and isinstance(events[-1], DoneEvent))
        hint = words_replay.STILL_RUNNING if unfinished else "" if self.opened_id else words_replay.TEMPORARY_LINK
        return ShownRun(self.run_id, self.playback.question, events, hint, unfinished, self.address(), self.moment())


@dataclass(frozen=True, slots=True)
class ReplayOffer:
    """The latest runs on offer, a notice above all else, and the open run."""

    runs: tuple[Choice, ...]
    notice: Problem | None
    shown: ShownRun | None


class ReplayDesk:
    """Opens runs to be replayed, for one backend."""

    def __init__(self, client: ReplayCalls, between_trials_s: float = BETWEEN_TRIALS_S) -> None:
        """``between_trials_s``: seconds between two tries to reach the backend."""
        self._client = client
        self._between_trials_s = between_trials_s

    async def arrive(self, opened: OpenedRun, address: Mapping[str, str]) -> AsyncGenerator[ReplayOffer, None]:
        """Offer the latest runs and open the run in the address, unless it is open already. While the backend is away,
        the offer has a notice; this starts again by itself once it is back."""
        while True:
            runs = await latest_runs(self._client)
            notice = await self._open_named(opened, address)
            if notice is None and not opened.is_open:
                notice = runs if isinstance(runs, Problem) else Problem("nothing_to_replay")
            yield ReplayOffer(() if isinstance(runs, Problem) else runs, notice, opened.shown())
            if notice is None or not notice.passes:
                return
            await wait_for_backend(self._client, self._between_trials_s)

    async def runs(self) -> tuple[Choice, ...] | None:
        """The latest runs; None if the backend does not return any, so that an older list stays."""
        runs = await latest_runs(self._client)
        return None if isinstance(runs, Problem) else runs

    async def choose(self, opened: OpenedRun, run_id: str, at_ms: float = 0.0) -> Problem | None:
        """Open a run or a share. Returns the reason if it cannot be opened; then the open run stays."""
        return self._take(opened, await recording_of_run(self._client, run_id), run_id, at_ms)

    async def press(self, opened: OpenedRun, choice: str) -> Problem | None:
        """Open the run whose card was pressed. Returns the reason if it cannot be opened."""
        kind, run_id = read_choice(choice)
        return await self.choose(opened, run_id) if kind == "run" else None

    async def open_file(self, opened: OpenedRun, data: bytes) -> Problem | None:
        """Open a recording from a file, which stays in this tab. Returns the reason if it cannot be opened."""
        return self._take(opened, recording_of_file(data), "", 0.0)

    async def refresh(self, opened: OpenedRun) -> str:
        """Load new events of a run that was not over. Returns a sentence if that fails, else an empty one."""
        problem = await self.choose(opened, opened.opened_id, opened.position_ms())
        return problem.sentence_shown if problem else ""

    async def _open_named(self, opened: OpenedRun, address: Mapping[str, str]) -> Problem | None:
        wanted = address.get(RUN) or address.get(SHARE) or ""
        if not wanted or wanted == opened.opened_id:
            return None
        return await self.choose(opened, wanted, moment_ms(address.get(MOMENT, "")))

    def _take(self, opened: OpenedRun, found: Recording | Problem, opened_id: str, at_ms: float) -> Problem | None:
        if isinstance(found, Problem):
            return found
        opened.open(found, opened_id, at_ms)
        return None
