"""One evaluation from end to end: ask the target for its agents, play the suite, score every run, assemble the
results."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from backend.client import RunClient, close_shared_http
from evals.evaluation.assembly import assemble
from evals.files.evaluation import Evaluation
from evals.playing.foreign.target import ForeignTarget
from evals.playing.run_player import play_run
from evals.playing.runner import at_once, play_suite, warm_up_plays
from evals.playing.target import Play, prepare
from evals.playing.watcher import Watcher
from evals.playing.workers import workers_of
from evals.results.models import Target
from evals.scoring.scored_run import ScoredRun, score
from evals.suites.suite import Suite
from evals.wire.captures import read_capture
from evals.wire.exchange import Address

PlayInPage = Callable[[Suite, Sequence[Play], Address, asyncio.Event, Watcher], Awaitable[tuple[list[ScoredRun], int]]]
"""Plays a suite in the page of one UI: its scored runs, and the number of runs left out after the event was set. See
``evals.pages.page_suite``."""


async def evaluate(
    suite: Suite,
    target: Target,
    stop: asyncio.Event,
    watcher: Watcher,
    pages: Sequence[PlayInPage] = (),
    foreign: ForeignTarget | None = None,
) -> Evaluation:
    """Measure the target with the suite, then play the same suite in each of ``pages``, one run at a time. Setting
    ``stop`` ends it early; complete runs are kept. ``foreign`` is the target if it is not a Playhead backend; no page
    can ask it then.

    Raises ``TargetError``, ``ClientError`` or ``TargetAddressError`` if nothing can be measured at all. Faults of a run
    are in its results.
    """
    address = Address.parse(target.url) if foreign is None else foreign.address
    if foreign is None:
        plays = await _prepared(suite, address)
    else:
        suite = foreign.asked(suite)
        plays = await foreign.prepare(suite)
    scheduled = [play for _ in suite.loads for play in plays for _ in range(play.scenario.repeats)]
    watcher.begins(warm_up_plays(suite, plays) + scheduled, at_once(suite, plays))
    play, read = (play_run, read_capture) if foreign is None else (foreign.play_run, foreign.read)
    played = await play_suite(suite, plays, address, stop, watcher.run_ended, play)
    scored = []
    for run in played.runs:
        scored.append(score(run, read))
        watcher.scoring(len(scored), len(played.runs))
    if foreign is None:
        scored = await _with_workers(scored, address)
    for play_in_page in pages:
        seen, left = await play_in_page(suite, plays, address, stop, watcher)
        scored += seen
        played = replace(played, unfinished=played.unfinished + left)
    return Evaluation(assemble(suite, target, played, scored), scored)


async def _with_workers(scored: list[ScoredRun], address: Address) -> list[ScoredRun]:
    """The runs with the workers that ran them."""
    try:
        workers = await workers_of([run.result.run_id for run in scored], RunClient(address.url))
    finally:
        await close_shared_http()
    return [
        replace(run, result=run.result.model_copy(update={"worker": workers.get(run.result.run_id)})) for run in scored
    ]


async def _prepared(suite: Suite, address: Address) -> list[Play]:
    """The plays for a Playhead backend."""
    try:
        return await prepare(suite, RunClient(address.url))
    finally:
        await close_shared_http()
