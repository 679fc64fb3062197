"""One evaluation from end to end: ask the target what it offers, play the suite, score every run, put it
together.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from backend.client import RunClient, close_shared_http
from evals.assembling import assemble
from evals.results import Results, Target
from evals.runner import play_suite, warm_up_plays
from evals.scoring import ScoredRun, score
from evals.suite import Suite
from evals.target import Play, prepare
from evals.transport import Address


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results, and the scored runs with their events, from which the report is drawn. Runs of recordings are read
    again each time one is asked for: ask once."""

    results: Results
    runs: Sequence[ScoredRun]


class Watcher:
    """Hears how far an evaluation is. This one says nothing; the command's draws a bar."""

    def begins(self, plays: list[Play], concurrency: int) -> None:
        """All runs that will be played, warm-up runs first."""

    def run_ended(self, play: Play) -> None:
        """One of them has ended."""

    def scoring(self, done: int, total: int) -> None:
        """The runs are being scored: ``done`` of ``total`` are."""


async def evaluate(suite: Suite, target: Target, stop: asyncio.Event, watcher: Watcher) -> Evaluation:
    """Measure the target with the suite. Setting ``stop`` ends it early with what is complete by then.

    Raises ``TargetError``, ``ClientError`` or ``AddressError`` where nothing can be measured at all. What
    goes wrong in a run is in its results.
    """
    address = Address.parse(target.url)
    try:
        plays = await prepare(suite, RunClient(address.url))
    finally:
        await close_shared_http()
    scheduled = [play for play in plays for _ in range(play.entry.repeats)]
    watcher.begins(warm_up_plays(suite, plays) + scheduled, suite.concurrency)
    session = await play_suite(suite, plays, address, stop, watcher.run_ended)
    scored = []
    for played in session.runs:
        scored.append(score(played))
        watcher.scoring(len(scored), len(session.runs))
    return Evaluation(assemble(suite, target, session, scored), scored)
