"""The latest runs as cards, and the pairs among them."""

from dataclasses import dataclass, field

from backend.client.errors import BackendGone
from backend.client.replies import RunsPage, RunSummary
from backend.desk.recent_runs import RECENT, RecentRuns
from backend.desk.run_strips import RunStrips
from backend.protocol.events import DoneEvent
from tests.desk.fake_backend import FakeBackend


@dataclass
class Past:
    """A backend with these runs in its history, the newest first."""

    runs_kept: list[RunSummary] = field(default_factory=list)
    recordings: FakeBackend = field(default_factory=FakeBackend)
    away: bool = False

    async def runs(self, *, limit: int) -> RunsPage:
        if self.away:
            raise BackendGone("Nobody answers.")
        return RunsPage(runs=tuple(self.runs_kept[:limit]))

    async def recording(self, run_id: str) -> bytes:
        return await self.recordings.recording(run_id)

    def add(self, run_id: str, question: str, agent: str, *, ended: bool = True) -> None:
        outcome = "completed" if ended else None
        self.runs_kept.append(RunSummary(run_id=run_id, question=question, agent=agent, outcome=outcome))
        self.recordings.keep(run_id, (500, DoneEvent()))


def recent(past: Past) -> RecentRuns:
    return RecentRuns(past, RunStrips(past))


async def test_the_latest_runs_come_with_their_strips() -> None:
    past = Past()
    for number in range(RECENT + 2):
        past.add(f"run_{number}", "Why?", "a")
    cards = await recent(past).cards()
    assert [card.run.run_id for card in cards] == [f"run_{number}" for number in range(RECENT)]
    assert all(card.strip is not None and card.strip.end_ms == 500 for card in cards)


async def test_pairs_have_the_same_question_and_other_agents_if_there_are_any() -> None:
    past = Past()
    past.add("running", "Why?", "a", ended=False)
    past.add("newest", "Why?", "a")
    past.add("same_agent", "Why?", "a")
    past.add("other_agent", "Why?", "b")
    past.add("alone", "How?", "a")
    past.add("twice_1", "Who?", "a")
    past.add("twice_2", "Who?", "a")
    pairs = await recent(past).pairs()
    assert [(pair.first.run.run_id, pair.second.run.run_id) for pair in pairs] == [
        ("newest", "other_agent"),
        ("twice_1", "twice_2"),
    ]


async def test_without_a_backend_there_are_no_cards() -> None:
    past = Past(away=True)
    assert await recent(past).cards() == ()
    assert await recent(past).pairs() == ()
