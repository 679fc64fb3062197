"""One evaluation from end to end: ask the target what it offers, play the suite, score every run, put it
together.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backend.client import RunClient, close_shared_http
from evals.files.events_parquet import EventBatch, event_batch
from evals.playing.connections import carry
from evals.playing.foreign.target import ForeignTarget
from evals.playing.runner import at_once, play_suite, warm_up_plays
from evals.playing.target import Play, prepare
from evals.results.assembly import assemble
from evals.results.models import Results, Target
from evals.scoring.page_figures import Through
from evals.scoring.scored_run import ScoredRun, score
from evals.suites.suite import Suite
from evals.wire.arrivals import parse
from evals.wire.exchange import Address

RUNS_AT_A_TIME = 100


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results, and the scored runs with their events, from which the report is drawn. Runs of recordings are read
    again each time one is asked for: ask once."""

    results: Results
    runs: Sequence[ScoredRun]
    packed: Sequence[EventBatch] | None = None
    """The events of ``runs``, packed while they were scored, where they were not to be held."""

    def event_batches(self) -> Iterator[EventBatch]:
        """Every event of every run, in the order of the runs."""
        if self.packed is not None:
            yield from self.packed
            return
        for start in range(0, len(self.runs), RUNS_AT_A_TIME):
            yield event_batch(self.runs[start : start + RUNS_AT_A_TIME])


class Watcher:
    """Hears how far an evaluation is. This one says nothing; the command's draws a bar."""

    def begins(self, plays: list[Play], at_once: float) -> None:
        """All runs that will be played, warm-up runs first; so many at once, on average."""

    def run_ended(self, play: Play) -> None:
        """One of them has ended."""

    def opening(self, page: Through, plays: list[Play]) -> None:
        """These runs, the next ones, are asked for in this UI's page, one at a time."""

    def scoring(self, done: int, total: int) -> None:
        """The runs are being scored: ``done`` of ``total`` are."""


async def evaluate(
    suite: Suite,
    target: Target,
    stop: asyncio.Event,
    watcher: Watcher,
    through: Sequence[Through] = (),
    foreign: ForeignTarget | None = None,
) -> Evaluation:
    """Measure the target with the suite, then the same through the pages of these UIs, one run at a time. Setting
    ``stop`` ends it early with what is complete by then. ``foreign`` is the target where it is no backend of ours; no
    page can be asked for it then.

    Raises ``TargetError``, ``ClientError``, ``AddressError`` or ``PageError`` where nothing can be measured at all.
    What goes wrong in a run is in its results.
    """
    address = Address.parse(target.url) if foreign is None else foreign.address
    if through:
        from evals.pages.browser import check_pages

        check_pages(through)
    if foreign is None:
        plays = await _prepared(suite, address)
    else:
        suite = foreign.asked(suite)
        plays = await foreign.prepare(suite)
    scheduled = [play for _ in suite.loads for play in plays for _ in range(play.entry.repeats)]
    watcher.begins(warm_up_plays(suite, plays) + scheduled, at_once(suite, plays))
    session = await play_suite(
        suite, plays, address, stop, watcher.run_ended, carry if foreign is None else foreign.carry
    )
    scored = []
    for played in session.runs:
        scored.append(score(played, parse if foreign is None else foreign.read))
        watcher.scoring(len(scored), len(session.runs))
    for page in through:
        from evals.pages.session import play_through

        seen, left = await play_through(page, suite, plays, address, stop, watcher)
        scored += seen
        session = replace(session, unfinished=session.unfinished + left)
    return Evaluation(assemble(suite, target, session, scored), scored)


async def _prepared(suite: Suite, address: Address) -> list[Play]:
    """What a backend of ours is asked."""
    try:
        return await prepare(suite, RunClient(address.url))
    finally:
        await close_shared_http()
