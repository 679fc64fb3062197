"""Playing a schedule: at its times, at any speed, without piling up delays."""

import asyncio

import pytest

from backend.agents.agent import AgentFailure
from backend.agents.scheduled_drafts import Cue, Hang, ScheduledEnd, ScheduledFailure, play_cues
from backend.protocol.events import Draft, TokenEvent
from tests.fakes import VirtualClock, turn


class LateClock(VirtualClock):
    """Sleeps longer than asked, as a busy machine does."""

    def __init__(self, late_s: float) -> None:
        super().__init__()
        self._late_s = late_s

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds + self._late_s)


class TenHours(VirtualClock):
    """Says when ten hours have been slept."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.now() >= 36_000:
            self.over.set()


def tokens(*times: float) -> list[Cue]:
    return [
        *(Cue(at, TokenEvent(text=str(place))) for place, at in enumerate(times)),
        Cue(times[-1] + 1, ScheduledEnd()),
    ]


async def arrivals(cues: list[Cue], clock: VirtualClock, speed: float) -> list[tuple[float, Draft]]:
    start = clock.now()
    return [(clock.now() - start, draft) async for draft in play_cues(cues, clock, speed)]


@pytest.mark.parametrize(("speed", "factor"), [(1.0, 1.0), (4.0, 0.25), (0.5, 2.0), (0.0, 0.0)])
async def test_every_draft_comes_at_its_time_divided_by_the_speed(speed: float, factor: float) -> None:
    times = [0.0, 0.1, 0.1, 1.0, 1.7]
    got = await arrivals(tokens(*times), VirtualClock(start=500.0), speed)
    assert [at for at, _ in got] == pytest.approx([at * factor for at in times])
    assert [draft.text for _, draft in got if isinstance(draft, TokenEvent)] == ["0", "1", "2", "3", "4"]


async def test_late_sleeps_do_not_add_up() -> None:
    times = [place * 0.02 for place in range(500)]
    got = await arrivals(tokens(*times), LateClock(0.004), 1.0)
    lateness = [at - due for (at, _), due in zip(got, times, strict=True)]
    assert max(lateness) <= 0.0041
    assert min(lateness) >= 0.0


async def test_a_schedule_that_is_behind_catches_up_without_waiting() -> None:
    clock = VirtualClock()
    got = []
    async for draft in play_cues(tokens(0.0, 0.1, 0.2, 3.0), clock, 1.0):
        got.append((clock.now(), draft))
        if len(got) == 1:
            await clock.sleep(1.0)  # a slow reader
    assert [at for at, _ in got] == pytest.approx([0.0, 1.0, 1.0, 3.0])


async def test_the_end_waits_for_its_time() -> None:
    clock = VirtualClock()
    await arrivals([Cue(0.0, TokenEvent(text="a")), Cue(2.5, ScheduledEnd())], clock, 1.0)
    assert clock.now() == pytest.approx(2.5)


async def test_a_failure_is_raised_at_its_time() -> None:
    clock = VirtualClock()
    cues = [Cue(0.0, TokenEvent(text="a")), Cue(1.0, ScheduledFailure("gone", "It went away.", True))]
    with pytest.raises(AgentFailure, match="It went away") as failed:
        await arrivals(cues, clock, 2.0)
    assert (failed.value.code, failed.value.retryable) == ("gone", True)
    assert clock.now() == pytest.approx(0.5)


@pytest.mark.parametrize("speed", [0.0, 1.0])
async def test_a_hang_never_returns_and_can_be_cancelled(speed: float) -> None:
    clock = TenHours()
    task = asyncio.create_task(arrivals([Cue(0.0, Hang())], clock, speed))
    await asyncio.wait_for(clock.over.wait(), timeout=30)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_other_tasks_get_a_turn_at_full_speed() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await turn()

    task = asyncio.create_task(other())
    async for _ in play_cues(tokens(*[0.0] * 3200), VirtualClock(), 0.0):
        pass
    task.cancel()
    assert turns >= 90
