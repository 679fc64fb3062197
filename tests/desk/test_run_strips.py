"""The strips of listed runs: ended ones are fetched once, the others again, and one that is lost is left out."""

from backend.client.errors import BackendGone
from backend.desk.run_strips import RunStrips
from backend.protocol.events import DoneEvent, TokenEvent
from tests.desk.fake_backend import GONE, FakeBackend


class CountingBackend(FakeBackend):
    """Counts how often each recording is fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    async def recording(self, run_id: str) -> bytes:
        self.fetched.append(run_id)
        return await super().recording(run_id)


async def test_ended_runs_are_fetched_once_and_running_ones_again() -> None:
    backend = CountingBackend()
    ended = ((0, TokenEvent(text="A.")), (500, DoneEvent()))
    backend.keep("over", *ended)
    running = backend.keep("running", (0, TokenEvent(text="A")))
    lost = backend.keep("lost", *ended)
    await lost.lose(BackendGone(GONE.sentence))
    strips = RunStrips(backend)
    first = await strips.of(["over", "running", "lost", "over"])
    assert [(name, strip.end_ms) for name, strip in first.items()] == [("over", 500), ("running", 0)]
    await running.add((900, TokenEvent(text="B")))
    second = await strips.of(["over", "running"])
    assert (second["over"], second["running"].token_events) == (first["over"], 2)
    assert sorted(backend.fetched) == ["lost", "over", "running", "running"]
