"""The latest runs as cards, and the pairs among them worth comparing."""

from collections.abc import Sequence
from typing import Final, Protocol

from backend.client.errors import ClientError
from backend.client.replies import RunSummary
from backend.desk.choices import LATEST_RUNS, RunsCall
from backend.desk.run_recording import RecordingCall
from backend.desk.run_strips import RunStrips
from backend.present.pages.cards import PairCard, RunCard

RECENT: Final = 6
"""Cards on a first screen."""
PAIRS: Final = 3


class RecentCalls(RunsCall, RecordingCall, Protocol):
    """The calls of the client that the cards need."""


class RecentRuns:
    """Cards of the latest runs, for one backend. Without a backend there are none."""

    def __init__(self, client: RecentCalls, strips: RunStrips) -> None:
        self._client = client
        self._strips = strips

    async def cards(self) -> tuple[RunCard, ...]:
        """The latest runs, the newest first."""
        return await self.with_strips((await self._latest(RECENT))[:RECENT])

    async def pairs(self) -> tuple[PairCard, ...]:
        """Runs that ended and were asked the same question: the newest of each question with the newest of another
        agent, or else with the one before."""
        pairs = _pairs(await self._latest(LATEST_RUNS))[:PAIRS]
        cards = {card.run.run_id: card for card in await self.with_strips([run for pair in pairs for run in pair])}
        return tuple(PairCard(cards[first.run_id], cards[second.run_id]) for first, second in pairs)

    async def with_strips(self, runs: Sequence[RunSummary]) -> tuple[RunCard, ...]:
        """These runs with their strips, as far as they can be loaded."""
        strips = await self._strips.of(run.run_id for run in runs)
        return tuple(RunCard(run, strips.get(run.run_id)) for run in runs)

    async def _latest(self, limit: int) -> tuple[RunSummary, ...]:
        try:
            return (await self._client.runs(limit=limit)).runs
        except ClientError:
            # The page says so elsewhere.
            return ()


def _pairs(runs: Sequence[RunSummary]) -> list[tuple[RunSummary, RunSummary]]:
    by_question: dict[str, list[RunSummary]] = {}
    for run in runs:
        if run.ended and run.question:
            by_question.setdefault(run.question, []).append(run)
    pairs = []
    for newest, *others in by_question.values():
        if others:
            second = next((other for other in others if other.agent != newest.agent), others[0])
            pairs.append((newest, second))
    return pairs
