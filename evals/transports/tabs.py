"""Six tabs of a browser: it opens six connections over HTTP/1.1 to one host, for all of its tabs together."""

import asyncio
from contextlib import AsyncExitStack
from time import perf_counter_ns
from typing import Final

from evals.playing.steering import outcome_of
from evals.transports.bench import Bench, taken
from evals.transports.scenarios import LASTING
from evals.transports.tables import CaseTable, Cell
from evals.wire.arrivals import get_request, post_request
from evals.wire.exchange import Capture, exchange

CONNECTIONS: Final = 6
PATIENCE_S: Final = 3.0

COLUMNS: Final = ("tabs", "transport", "stop ms", "opening one more page ms")


class BrowserConnections:
    """What a browser opens over HTTP/1.1 to one host. Its WebSockets are counted apart, and it opens many more."""

    def __init__(self, bench: Bench, patience_s: float) -> None:
        """``patience_s`` is how long a request is waited for."""
        self._bench = bench
        self._patience_s = patience_s
        self._free = asyncio.Semaphore(CONNECTIONS)

    async def stream(self, run_id: str, begun: asyncio.Event) -> Capture:
        """Follow a run, on a connection that is taken as long."""

        def heard(stamp: int, data: bytes) -> bool:
            begun.set()
            return False

        async with self._free:
            request = get_request(self._bench.address, f"/v1/runs/{run_id}/events")
            return await exchange(self._bench.address, request, 60.0, heard)

    async def request(self, request: bytes) -> Cell:
        """How long a request takes, the wait for a connection included, in milliseconds."""
        began_ns = perf_counter_ns()
        try:
            async with asyncio.timeout(self._patience_s), self._free:
                done = outcome_of(await exchange(self._bench.address, request, self._patience_s))
        except TimeoutError:
            return f"not within {self._patience_s:g} s"
        return round(((done.replied_ns or perf_counter_ns()) - began_ns) / 1e6, 1)


async def measure(bench: Bench, patience_s: float = PATIENCE_S) -> CaseTable:
    """Tabs that each follow a run, and a person who presses Stop in the last of them."""

    def browser() -> BrowserConnections:
        return BrowserConnections(bench, patience_s)

    rows = [
        (CONNECTIONS - 1, "sse", *await _over_sse(browser(), bench, CONNECTIONS - 1)),
        (CONNECTIONS, "sse", *await _over_sse(browser(), bench, CONNECTIONS)),
        (CONNECTIONS, "websocket", *await _over_channels(browser(), bench, CONNECTIONS)),
        (2 * CONNECTIONS, "websocket", *await _over_channels(browser(), bench, 2 * CONNECTIONS)),
    ]
    note = (
        f"A client with {CONNECTIONS} connections, as browsers have over HTTP/1.1 for one host; WebSockets are not"
        " counted among them. Each tab follows a run of its own. In the last one a person presses Stop, then "
        "opens one more page."
    )
    return CaseTable("tabs", "Six tabs over HTTP/1.1", COLUMNS, tuple(rows), note)


async def _over_sse(browser: BrowserConnections, bench: Bench, tabs: int) -> tuple[Cell, Cell]:
    runs = [(await bench.start(LASTING))[0] for _ in range(tabs)]
    begun = [asyncio.Event() for _ in runs]
    streams = [asyncio.create_task(browser.stream(*each)) for each in zip(runs, begun, strict=True)]
    await asyncio.gather(*(event.wait() for event in begun))
    stop = post_request(bench.address, f"/v1/runs/{runs[-1]}/cancel", {}, "application/json")
    page = get_request(bench.address, "/v1/agents")
    cells = await browser.request(stop), await browser.request(page)
    await _end(bench, runs)
    await asyncio.gather(*streams)
    return cells


async def _over_channels(browser: BrowserConnections, bench: Bench, tabs: int) -> tuple[Cell, Cell]:
    started = [await bench.start(LASTING) for _ in range(tabs)]
    async with AsyncExitStack() as stack:
        channels = []
        for run_id, session in started:
            channel = await stack.enter_async_context(bench.channel(session, Capture()))
            taken(await channel.command("follow", run=run_id))
            channels.append(channel)
        done = taken(await channels[-1].command("cancel", run=started[-1][0]))
        stopped = round(((done.replied_ns or 0) - (done.sent_ns or 0)) / 1e6, 1)
        page = await browser.request(get_request(bench.address, "/v1/agents"))
        await _end(bench, [run_id for run_id, _ in started])
    return stopped, page


async def _end(bench: Bench, runs: list[str]) -> None:
    for run_id in runs:
        await bench.call(f"/v1/runs/{run_id}/cancel", {})
