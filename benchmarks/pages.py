"""How fast the pages draw: ``python -m benchmarks.pages [--events N] [--rate N] [--sessions N]``. Prints figures.

One page follows a run of 10,000 token events at 200 a second in each UI; the goal is a render delay of at most 150 ms
at p95. Then 20 pages follow runs of their own at once, served by one process of that UI, at a language model's pace.
Their browser shares the machine with them, so that those figures say less about the UI than about both together.
"""

import argparse
import asyncio
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.async_api import Browser

from backend.launch.server import LocalServer
from evals.pages.browser import BrowserMissing, check_browser, open_browser
from evals.pages.frames import watch
from evals.pages.page_target import served
from tests.ui import delays
from tests.ui.delays import Measurement
from tests.ui.reader import Reader

MODULES = ("ui_gradio", "ui_streamlit")
SESSION_EVENTS = 1_000
SESSION_RATE = 50.0
GOAL_MS = 150
LONGEST_RUN_MS = 300_000


def main() -> None:
    """Measure both UIs and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, help="token events of the long run")
    parser.add_argument("--rate", type=float, default=200.0, help="token events a second of the long run")
    parser.add_argument("--sessions", type=int, default=20, help="pages at once in the second part; 0 leaves it out")
    arguments = parser.parse_args()
    try:
        check_browser()
    except BrowserMissing as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory() as folder:
        scenarios = Path(folder) / "scenarios"
        scenarios.mkdir()
        for events, rate in ((arguments.events, arguments.rate), (SESSION_EVENTS, SESSION_RATE)):
            (scenarios / f"measured_{events}.yaml").write_text(delays.scenario(events, rate), encoding="utf-8")
        with LocalServer(Path(folder) / "data", scenarios_dir=scenarios) as backend:
            asyncio.run(_measure_all(backend.url, arguments.events, arguments.sessions))


async def _measure_all(backend_url: str, events: int, sessions: int) -> None:
    # A thread for each run that is followed at once: the machine's default may be fewer.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(sessions + 1))
    async with open_browser() as browser:
        for module in MODULES:
            with served(module, backend_url) as url:
                await _long_run(browser, module, url, backend_url, events)
                if sessions:
                    await _many_sessions(browser, module, url, backend_url, sessions)


async def _long_run(browser: Browser, module: str, url: str, backend_url: str, events: int) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True)
    page = await context.new_page()
    async with delays.counted_traffic(page) as traffic:
        reader = Reader(page, url)
        await _prepare(reader, events)
        result = await _followed(reader, backend_url, traffic)
    await context.close()
    print(f"{module}, one page, {events} token events (goal: p95 at most {GOAL_MS} ms)")  # noqa: T201
    for key, value in result.summary().items():
        print(f"  {key:24} {value:>12,}")  # noqa: T201


async def _many_sessions(browser: Browser, module: str, url: str, backend_url: str, sessions: int) -> None:
    contexts = [
        await browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True) for _ in range(sessions)
    ]
    readers = [Reader(await context.new_page(), url) for context in contexts]
    for reader in readers:
        await _prepare(reader, SESSION_EVENTS)
    results = await asyncio.gather(*(_followed(reader, backend_url) for reader in readers))
    for context in contexts:
        await context.close()
    everything = Measurement(tuple(delay for result in results for delay in result.delays_ms), 0, 0, 0, 0)
    slowest = max(result.percentile(0.95) for result in results)
    print(f"{module}, {sessions} pages at once, {SESSION_EVENTS} token events each at {SESSION_RATE:g} a second")  # noqa: T201
    print(f"  {'render_delay_p50_ms':24} {everything.percentile(0.5):>12,.1f}")  # noqa: T201
    print(f"  {'render_delay_p95_ms':24} {everything.percentile(0.95):>12,.1f}")  # noqa: T201
    print(f"  {'slowest page, p95':24} {slowest:>12,.1f}")  # noqa: T201


async def _prepare(reader: Reader, events: int) -> None:
    """Everything before the question: the page is open, the agent chosen, and the frames are watched."""
    reader.page.set_default_timeout(LONGEST_RUN_MS)
    await reader.open()
    await reader.choose_agent(f"Measured {events}")
    await watch(reader.page)


async def _followed(reader: Reader, backend_url: str, traffic: delays.Traffic | None = None) -> Measurement:
    """Ask in this page, and measure until the run has completed."""
    await reader.ask("How fast is this drawn?")
    following = asyncio.create_task(delays.token_arrivals(backend_url, await reader.run_id()))
    await reader.expect_status("Completed", within_ms=LONGEST_RUN_MS)
    return delays.measured(await following, await delays.frames_shown(reader.page), traffic)


if __name__ == "__main__":
    main()
