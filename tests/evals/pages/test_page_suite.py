"""What is measured in pages, but for the pages themselves: see ``tests.ui.test_through``."""

import asyncio
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.launch.server import LocalServer
from backend.protocol.events import Event
from evals.commands.eval import command
from evals.evaluation.live import evaluate
from evals.pages import browser
from evals.pages.frames import PageClock, Shown
from evals.pages.page_suite import play_through
from evals.pages.page_target import PageError, PageTarget
from evals.pages.render_delay import (
    Painted,
    delays_ms,
    first_frames,
    known_arrivals,
    out_of_view_ms,
)
from evals.playing.target import Play
from evals.playing.watcher import Watcher
from evals.results.models import Target
from evals.suites.suite_file import parse_suite
from evals.wire.exchange import Address
from tests.metrics.traces import citation, done, status, token


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with LocalServer(tmp_path_factory.mktemp("data")) as server:
        yield server.url


@pytest.mark.browser
@pytest.mark.server
async def test_a_page_that_is_none_makes_failed_runs(backend: str, chromium_path: str, free_port: int) -> None:
    suite = parse_suite(
        b"suite: own\nrepeats: 2\nwarm_up: 0\nspeed: 0\nruns: [{agent: 'scripted:happy_path'}]", "own.yaml"
    )
    target = Target(url=backend, started_here=False)
    page = PageTarget("gradio", f"http://127.0.0.1:{free_port}")
    evaluation = await evaluate(suite, target, asyncio.Event(), Watcher(), [partial(play_through, page)])
    assert [run.result.error is None for run in evaluation.runs] == [True, True, False, False]
    assert evaluation.runs[2].result.error is not None
    assert evaluation.runs[2].result.error.startswith("The page could not be used: ")
    assert evaluation.results.verdict.exit_code == 1


async def test_a_suite_that_was_stopped_opens_no_page() -> None:
    stop = asyncio.Event()
    stop.set()
    suite = parse_suite(
        b"suite: own\nrepeats: 2\nruns: [{agent: a}, {agent: b, cancel: {after_events: 1}}]", "own.yaml"
    )
    plays = [Play(scenario, "Why?", None, "completed", {}) for scenario in suite.scenarios]
    nowhere = Address("http", "127.0.0.1", 9)
    seen, left = await play_through(PageTarget("gradio"), suite, plays, nowhere, stop, Watcher())
    assert (seen, left) == ([], 2), "a page does not count events"


def test_a_missing_browser_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYHEAD_CHROMIUM", str(tmp_path / "nothing"))
    with pytest.raises(browser.BrowserMissing, match="run scripts/ensure-browser"):
        browser.find_chromium()
    arguments = ["quick", "--out", str(tmp_path / "out"), "--through", "gradio", "--url", "http://127.0.0.1:9"]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert "Measuring a page needs Chromium" in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_missing_playwright_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    with pytest.raises(browser.BrowserMissing, match=r"^Measuring a page needs playwright, .*'\.\[browser\]'"):
        browser.check_browser()


def test_a_missing_ui_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_CHROMIUM", sys.executable)
    monkeypatch.setitem(sys.modules, "streamlit", None)
    with pytest.raises(PageError) as raised:
        browser.check_pages([PageTarget("streamlit")])
    assert str(raised.value) == (
        "The streamlit page needs streamlit, which is not installed here: run `pip install '.[streamlit]'` in "
        "Playhead's folder. Or give the address of one that is running: streamlit=http://HOST:PORT."
    )
    browser.check_pages([PageTarget("streamlit", "http://127.0.0.1:8501")])


@pytest.mark.parametrize("text", ["mosaic", "gradio=", "streamlit=ftp://x", ""])
def test_a_page_that_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(PageError, match="give gradio or streamlit"):
        PageTarget.parse(text)


def test_a_page_that_runs_already_has_an_address() -> None:
    assert PageTarget.parse("gradio=http://127.0.0.1:7860") == PageTarget("gradio", "http://127.0.0.1:7860")
    assert PageTarget.parse("streamlit") == PageTarget("streamlit", None)


ANSWER: list[Event] = [
    status("look", "started"),
    status("look", "finished"),
    citation(1, title="A"),
    token("Ab "),
    token("[1]"),
    token(" 12, "),
    token("Ωд!"),
    done(),
]


def shown(*rows: tuple[float, int, int, int]) -> list[Shown]:
    return [Shown(at, count, steps, sources, True) for at, count, steps, sources in rows]


def test_the_first_frame_that_shows_an_event_is_its_paint() -> None:
    frames = shown((10, 0, 1, 0), (20, 1, 1, 1), (30, 2, 1, 1), (40, 4, 1, 1))
    painted, untold = first_frames(ANSWER, frames)
    # The marker, the number and the end show no letters; the step's second status shows no further step.
    assert painted == [Painted(0, 10), Painted(2, 20), Painted(3, 30), Painted(6, 40)]
    assert untold == []
    clock = PageClock(zero_ns=5_000_000, bracket_ms=1.0)
    arrivals = [(10 + index) * 1_000_000 for index in range(8)]
    assert delays_ms(painted, arrivals, clock) == [5.0, 13.0, 22.0, 29.0]


def test_what_cannot_be_told_apart_is_left_out_and_told() -> None:
    painted, untold = first_frames(ANSWER, shown((10, 0, 1, 0), (40, 9, 1, 1)))
    assert painted == [Painted(0, 10), Painted(2, 40)]
    assert untold == ["The page shows 9 letters, the run has 4: their paint is not measured."]
    assert first_frames(ANSWER, [])[0] == []
    assert first_frames([], []) == ([], [])


def test_what_was_sent_before_the_harness_listened_came_at_its_earliest_moment() -> None:
    at_ms = [0.0, 10.0, 20.0, 30.0]
    # The way takes 2 ms; the harness asked at 15 ms, and got the first two at 16 ms together.
    stamps = [16_000_000, 16_000_000, 22_000_000, 35_000_000]
    assert known_arrivals(stamps, at_ms, asked_ns=15_000_000) == [2_000_000, 12_000_000, 22_000_000, 35_000_000]
    assert known_arrivals([16_000_000, 16_000_000], [0.0, 10.0], asked_ns=17_000_000) is None
    assert known_arrivals([], [], asked_ns=0) is None


def test_a_follower_loses_the_end_only_where_the_page_follows() -> None:
    frames = [
        Shown(0, 0, 1, 0, False),
        Shown(100, 5, 1, 0, False),
        Shown(900, 9, 1, 0, False),
        Shown(1200, 12, 1, 0, False),
        Shown(1300, 15, 1, 0, True),
        Shown(1900, 20, 1, 0, False),
    ]
    assert out_of_view_ms(frames) == 100.0, "only between 1200 and 1300: before, an answer is read from its beginning"


async def test_a_backend_that_is_gone_makes_failed_runs(free_port: int) -> None:
    suite = parse_suite(b"suite: own\nrepeats: 2\nruns: [{agent: a}]", "own.yaml")
    plays = [Play(scenario, "Why?", None, "completed", {}) for scenario in suite.scenarios]
    nowhere = Address("http", "127.0.0.1", free_port)
    seen, left = await play_through(PageTarget("gradio"), suite, plays, nowhere, asyncio.Event(), Watcher())
    assert left == 0
    assert [(run.result.error or "").startswith("Nobody answers at") for run in seen] == [True, True]
