"""Whatever is done with runs, in any order and over restarts: SQLite's history is that of the store in memory."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings, strategies as st

from backend.protocol.events import Outcome
from backend.runs.records import RunRecord
from backend.runs.review import FeedbackRecord, ShareRecord, UnknownShareError
from backend.runs.search import RunQuery
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import KeyReusedError, RunStore, UnknownRunError, UnknownSessionError
from tests.memory_store import MemoryStore
from tests.runs.logs import a_record, append, the_end, words

QUESTIONS = ["Why?", "WHY NOT?", "100 %", "a_b", "Übersicht?"]
AGENTS = ["documents", "scripted:happy_path"]
OUTCOMES: list[Outcome] = ["completed", "failed", "cancelled"]
REFUSALS = (UnknownRunError, UnknownSessionError, UnknownShareError, KeyReusedError)

Call = Callable[[RunStore], Awaitable[Any]]


@dataclass
class Both:
    """Two stores that are told the same."""

    folder: Path
    memory: MemoryStore = field(default_factory=MemoryStore)
    runs: list[str] = field(default_factory=list)
    made: int = 0

    async def open(self) -> None:
        self.sqlite = SqliteStore(self.folder, memory_runs=1)
        await self.sqlite.open()

    async def tell(self, call: Call) -> object:
        """What both answer, which is the same."""
        answers = [await _answer(call, store) for store in (self.memory, self.sqlite)]
        assert answers[0] == answers[1]
        return answers[0]

    def any_run(self, place: int) -> str:
        return self.runs[place % len(self.runs)] if self.runs else "run_nobody"

    async def submit(self, place: int) -> None:
        self.made += 1
        session = f"ses_{place % 3}"
        record = a_record(
            run_id=f"run_{self.made}",
            session_id=session,
            question=QUESTIONS[place % len(QUESTIONS)],
            agent=AGENTS[place % len(AGENTS)],
        )
        await self.tell(lambda store: store.submit(record))
        await self.tell(lambda store: append(store, record.run_id, words(place % 3)))
        self.runs.append(record.run_id)

    async def finish(self, place: int) -> None:
        run_id = self.any_run(place)
        known = await _answer(lambda store: store.record(run_id), self.memory)
        last_seq = known.last_seq if isinstance(known, RunRecord) else 0
        done = the_end(last_seq + 1, outcome=OUTCOMES[place % len(OUTCOMES)], latency_ms=place + 0.5, ttft_ms=0.25)
        await self.tell(lambda store: store.finish(run_id, [], done))

    async def delete(self, place: int) -> None:
        await self.tell(lambda store: store.delete(self.any_run(place)))

    async def purge(self, place: int) -> None:
        await self.tell(lambda store: store.purge(f"ses_{place % 4}"))

    async def rename(self, place: int) -> None:
        title = [*QUESTIONS, "Mine"][place % (len(QUESTIONS) + 1)]
        await self.tell(lambda store: _without_update(store.rename(f"ses_{place % 4}", title)))

    async def comment(self, place: int) -> None:
        self.made += 1
        key = f"key-{place}" if place % 2 else None
        said = FeedbackRecord(f"fb_{self.made}", self.any_run(place), "up", "", place / 2, "now", idempotency_key=key)
        await self.tell(lambda store: store.add_feedback(said))

    async def share(self, place: int) -> None:
        self.made += 1
        link = ShareRecord(f"share_{self.made}", self.any_run(place), f"{self.made:09}")
        await self.tell(lambda store: store.share(link))

    async def unshare(self, place: int) -> None:
        shares = await self.memory.shares()
        share_id = shares[place % len(shares)].share_id if shares else "share_nobody"
        await self.tell(lambda store: store.unshare(share_id))
        await self.tell(lambda store: store.shared(share_id))

    async def restart(self, place: int) -> None:
        """Only where nothing runs: a restart would end it, which is another test's matter."""
        if not (await self.memory.runs(RunQuery(outcome="running"))).runs:
            await self.sqlite.close()
            await self.open()

    async def compare(self) -> None:
        queries = [RunQuery(), *(RunQuery(text=text) for text in ("why", "%", "_", "ÜBER"))]
        queries += [RunQuery(agent=AGENTS[0]), RunQuery(outcome="running"), RunQuery(outcome="failed", text="y")]
        queries += [RunQuery(session_id=f"ses_{place}") for place in range(3)]
        for query in queries:
            for limit in (2, 100):
                await self.tell(partial(_walk, query=query, limit=limit))
        await self.tell(lambda store: store.feedback())
        await self.tell(lambda store: store.shares())
        await self.tell(_sessions)
        for run_id in self.runs:
            await self.tell(partial(_known, run_id=run_id))


async def _answer(call: Call, store: RunStore) -> Any:
    try:
        return await call(store)
    except REFUSALS as refusal:
        return type(refusal)


async def _walk(store: RunStore, query: RunQuery, limit: int) -> list[RunRecord]:
    found: list[RunRecord] = []
    before: str | None = ""
    while before is not None:
        page = await store.runs(query, limit, before)
        found += page.runs
        before = page.next
    return found


async def _known(store: RunStore, run_id: str) -> tuple[RunRecord, Sequence[FeedbackRecord]]:
    return await store.record(run_id), await store.feedback(run_id)


async def _sessions(store: RunStore) -> list[tuple[object, ...]]:
    """Every session with its runs; when it was last touched is the store's own clock."""
    listed = [await store.session(each.session_id) for each in await store.sessions()]
    return [(each.session_id, each.title, each.created_at, each.runs) for each in listed]


async def _without_update(renaming: Awaitable[Any]) -> tuple[str, str]:
    session = await renaming
    return session.session_id, session.title


Act = Callable[[Both, int], Awaitable[None]]
ACTS: Sequence[Act] = (
    *(Both.submit, Both.submit, Both.finish, Both.finish, Both.delete, Both.purge, Both.rename),
    *(Both.comment, Both.share, Both.unshare, Both.restart),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 40)), max_size=40))
async def test_the_history_on_disk_is_the_one_in_memory(acts: list[tuple[Act, int]]) -> None:
    with TemporaryDirectory() as folder:
        both = Both(Path(folder))
        await both.open()
        try:
            for act, place in acts:
                await act(both, place)
            await both.compare()
        finally:
            await both.sqlite.close()
