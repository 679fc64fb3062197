"""The comparison of transports on a real backend: what it finds whatever the machine."""

import asyncio
import shutil
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from evals.commands.bench import command
from evals.transports import control, presence, recovery, tabs, through_nginx
from evals.transports.bench import Bench, fresh_backend
from evals.transports.comparison import CASES
from evals.transports.streams import StreamFigures, measured_streams
from evals.transports.tables import CaseTable, as_markdown

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with fresh_backend() as backend:
        yield backend


def columns(table: CaseTable) -> dict[str, list[object]]:
    return {name: [row[place] for row in table.rows] for place, name in enumerate(table.columns)}


def test_both_transports_bring_every_token_and_the_channel_more_bytes(bench: Bench) -> None:
    async def both() -> list[StreamFigures]:
        return list(await asyncio.gather(measured_streams(bench, "sse", 2), measured_streams(bench, "websocket", 2)))

    sse, channel = asyncio.run(both())
    for figures in (sse, channel):
        assert len(figures.first_token_ms) == 2
        assert min(figures.first_token_ms) >= 200
        assert figures.events > 2 * 100
        assert len(figures.cells) == 6
    assert sse.events == channel.events
    assert channel.received_bytes > sse.received_bytes


def test_every_way_of_a_command_has_its_effect_timed(bench: Bench) -> None:
    found = columns(asyncio.run(control.measure(bench, pairs=3)))
    assert found["command over"] == ["new connection", "kept connection", "WebSocket"]
    assert found["n"] == [6, 6, 6]
    assert all(isinstance(value, float) and value > 0 for value in found["effect p50 ms"])


def test_cuts_at_every_event_lose_nothing_over_either(bench: Bench) -> None:
    found = columns(asyncio.run(recovery.measure(bench, rounds=1)))
    assert (found["transport"], found["lost"], found["twice"]) == (["sse", "websocket"], [0, 0], [0, 0])
    assert found["view as without a cut"] == ["yes", "yes"]
    assert all(isinstance(count, int) and count >= 39 for count in found["cuts"])


def test_six_streams_leave_a_browser_no_connection_and_six_channels_do(bench: Bench) -> None:
    table = asyncio.run(tabs.measure(bench, patience_s=1.0))
    found = columns(table)
    waits = [isinstance(value, str) for value in found["stop ms"]]
    assert list(zip(found["tabs"], found["transport"], waits, strict=True)) == [
        (5, "sse", False), (6, "sse", True), (6, "websocket", False), (12, "websocket", False),
    ]  # fmt: skip
    assert [isinstance(value, str) for value in found["opening one more page ms"]] == waits
    assert "| 6 | sse | not within 1 s | not within 1 s |" in as_markdown(table)


def test_what_people_say_of_themselves_is_seen_by_others(bench: Bench) -> None:
    found = columns(asyncio.run(presence.measure(bench, people=(3,), sayings=4)))
    assert (found["people"], found["transport"]) == ([3], ["websocket"])
    assert all(isinstance(value, float) and value > 0 for value in found["seen by another p50 ms"])
    assert all(isinstance(value, float) and value > 0 for value in found["messages/s each"])


@pytest.mark.skipif(shutil.which("nginx", path="/usr/sbin:/usr/bin") is None, reason="needs Debian's nginx")
def test_nginx_as_it_comes_passes_streams_and_refuses_the_channel(bench: Bench) -> None:
    found = columns(asyncio.run(through_nginx.measure(bench, ["as it comes"])))
    passed = [isinstance(value, float) for value in found["first token p50 ms"]]
    assert list(zip(found["nginx"], found["transport"], passed, strict=True)) == [
        ("as it comes", "sse", True),
        ("as it comes", "websocket", False),
    ]


def test_a_case_that_there_is_not_is_refused_with_the_nearest() -> None:
    result = CliRunner().invoke(command, ["transports", "--only", "stream"])
    assert result.exit_code == 2
    assert "There is no case 'stream'; did you mean 'streams'?" in result.output
    assert list(CASES) == ["streams", "control", "recovery", "nginx", "tabs", "presence", "stalled"]
