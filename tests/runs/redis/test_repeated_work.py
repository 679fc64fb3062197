"""Work that is repeated ends when it is to end, even where a library swallows that."""

import asyncio

from backend.runs.redis.repeated_work import cancel_all, repeat


async def test_a_cancellation_that_gets_lost_is_made_again() -> None:
    lost, begun = [True], asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not lost:
                raise
            lost.pop()

    working, sleeping = asyncio.create_task(repeat(work)), asyncio.create_task(asyncio.sleep(3600))
    await begun.wait()
    await cancel_all([working, sleeping])
    assert (working.cancelled(), sleeping.cancelled(), lost) == (True, True, [])
    await cancel_all([working])
