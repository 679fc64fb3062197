"""A run asked for in either UI's page and measured there, beside the same run on the wire."""

import asyncio
from functools import partial

import pytest

from evals.evaluation.live import evaluate
from evals.pages.page_suite import play_through
from evals.pages.page_target import PageTarget
from evals.pages.render_delay import letters
from evals.playing.watcher import Watcher
from evals.results.models import Target
from evals.suites.suite_file import parse_suite

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_a_run_is_seen_through_a_page(ui_name: str, ui_url: str, backend_url: str) -> None:
    page = PageTarget.parse(f"{ui_name.removeprefix('ui_')}={ui_url}")
    suite = parse_suite(b"suite: own\nrepeats: 1\nwarm_up: 0\nruns: [{agent: 'scripted:brief'}]", "own.yaml")
    target = Target(url=backend_url, started_here=False)
    evaluation = await evaluate(suite, target, asyncio.Event(), Watcher(), [partial(play_through, page)])
    direct, seen = evaluation.runs
    assert direct.result.as_expected, (direct.result.error, direct.result.surprises)
    assert seen.result.as_expected, (seen.result.error, seen.result.surprises)
    assert (direct.result.through, seen.result.through) == (None, page.interface)
    assert seen.result.page is not None
    assert seen.result.page.notes == ()
    tokens = sum(letters(event.text) > 0 for event, _ in seen.wire.tokens)
    assert seen.result.page.painted_events == tokens + 5, "three steps and two sources"
    # On the browser's own clock: nothing is on the page before it was sent.
    status_ms, text_ms = (seen.result.metrics[key] for key in ("perceived_ttfs_ms", "perceived_ttft_ms"))
    assert status_ms is not None
    assert text_ms is not None
    assert 0 < status_ms <= text_ms
    assert text_ms > (seen.result.server_metrics["ttft_ms"] or 0)
    # Two clocks: nothing was painted before it came, but for the bracket within which they were read.
    median, p95 = (seen.result.metrics[key] for key in ("render_delay_p50_ms", "render_delay_p95_ms"))
    assert median is not None
    assert p95 is not None
    assert seen.result.page.clock_bracket_ms is not None
    assert -seen.result.page.clock_bracket_ms < median <= p95
    assert all(seen.result.metrics[key] is None for key in ("connect_ms", "ttft_ms", "e2e_ms"))
    assert seen.result.metrics["lost"] == 0
    assert evaluation.results.summary["perceived_ttft_ms"].n_missing == 0
    (layer,) = evaluation.results.layers
    assert list(layer.pages_ms) == [page.interface]
    assert layer.agent_ms + layer.wire_ms + layer.pages_ms[page.interface] == pytest.approx(
        text_ms - (seen.result.server_metrics["ttft_ms"] or 0) + (direct.result.server_metrics["ttft_ms"] or 0),
        abs=0.01,
    )
