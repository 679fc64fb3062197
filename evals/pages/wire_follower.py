"""Follows the run that a page starts, on the harness's own measuring path, in a thread of its own: messages of the
browser would make its stamps late otherwise."""

import asyncio
import threading

from backend.client import RunClient, close_shared_http
from evals.playing.run_player import RUNS_PATH
from evals.wire.arrivals import get_request
from evals.wire.exchange import Address, Capture, exchange
from evals.wire.message_end import message_end

LOOK_S = 0.02
"""Seconds between two looks at the list of runs."""


class Follower:
    """Waits for a new run of this question and agent, then follows it to its end.

    Use it as an async context: inside, the runs that were there before are known, and Ask may be pressed.
    """

    def __init__(self, address: Address, question: str, agent: str, deadline_s: float) -> None:
        self.run_id = ""
        self._address = address
        self._question = question
        self._agent = agent
        self._deadline_s = deadline_s
        self._ready = asyncio.Event()
        self._gone = threading.Event()

    async def __aenter__(self) -> "Follower":
        loop = asyncio.get_running_loop()
        self._following = asyncio.create_task(asyncio.to_thread(asyncio.run, self._follow(loop)))
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait([ready, self._following], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._gone.set()
        await asyncio.wait([self._following])
        # The caller of ``capture`` has got it; if there is none, the page's own failure is reported.
        self._following.exception()

    async def capture(self) -> Capture | None:
        """The captured stream, once the run has ended or its time is over; None if no run was started within it. Raises
        ``ClientError`` if the backend does not list its runs."""
        return await asyncio.shield(self._following)

    async def _follow(self, caller: asyncio.AbstractEventLoop) -> Capture | None:
        client = RunClient(self._address.url)
        try:
            before = await self._runs(client)
            caller.call_soon_threadsafe(self._ready.set)
            try:
                async with asyncio.timeout(self._deadline_s):
                    while not (new := await self._runs(client) - before):
                        if self._gone.is_set():
                            return None
                        await asyncio.sleep(LOOK_S)
            except TimeoutError:
                return None
        finally:
            await close_shared_http()
        (self.run_id,) = list(new)[:1]
        request = get_request(self._address, f"{RUNS_PATH}/{self.run_id}/events")
        return await exchange(self._address, request, self._deadline_s, over=message_end)

    async def _runs(self, client: RunClient) -> set[str]:
        page = await client.runs(text=self._question, agent=self._agent, limit=20)
        return {run.run_id for run in page.runs}
