"""``GET /metrics``: what an operator's Prometheus reads, what it means, and who may read it."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from backend.api.monitoring.definitions import METRICS
from tests.api.backend_server import BackendServer
from tests.api.readers import finish, followed, start
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "operations.md"
ROW = re.compile(r"^\| `(playhead_\w+)` \| (\w+) \| (?:`(\w+)`)? *\| (.+) \|$", re.MULTILINE)


def read(client: httpx2.Client) -> dict[str, float]:
    """Every sample of Playhead's own, as Prometheus's own parser reads it."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def until(client: httpx2.Client, fits: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """The samples once they are so; connections are counted out a moment after they are cut."""
    deadline = time.monotonic() + 30
    while not fits(samples := read(client)):
        assert time.monotonic() < deadline, samples
    return samples


def test_the_document_and_the_code_name_the_same_metrics() -> None:
    rows = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert rows == [(metric.name, metric.kind, metric.label, metric.help) for metric in METRICS.values()]


def test_names_and_units_keep_the_conventions() -> None:
    for metric in METRICS.values():
        assert re.fullmatch(r"playhead(_[a-z]+)+", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert not re.search(r"_(ms|millis|kb|mb|count)\b", metric.name), metric.name
        assert metric.label not in {"run_id", "session_id", "share_id", "name", "question"}, "a value for each run"


def test_what_is_sent_is_what_is_defined(client: httpx2.Client) -> None:
    families = {each.name: each for each in text_string_to_metric_families(client.get("/metrics").text)}
    own = [name for name in families if name.startswith("playhead_")]
    assert own == [metric.name.removesuffix("_total") for metric in METRICS.values()]
    for metric in METRICS.values():
        family = families[metric.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
        assert {name for sample in family.samples for name in sample.labels} <= {metric.label, "le"} - {""}
    assert "process_resident_memory_bytes" in families


def test_runs_watchers_and_deliveries_are_counted(backend: BackendServer, told: ToldProvider) -> None:
    with backend.client() as client:
        before = read(client)
        ended, _ = finish(client)
        held = start(client, "told:held")
        with followed(client, held) as stream:
            next(stream)
            during = until(client, lambda samples: samples["playhead_watchers"] == 1)
            assert during["playhead_streams_open"] == 1
            assert during["playhead_runs_active{running}"] == 1
        client.post(f"/v1/runs/{held}/cancel")
        cancelled = "playhead_runs_ended_total{cancelled}"
        after = until(client, lambda now: now[cancelled] > before[cancelled] and now["playhead_streams_open"] == 0)
        text = client.get("/metrics").text

    def grown(name: str) -> float:
        return after[name] - before[name]

    assert grown("playhead_runs_started_total") == 2
    assert (grown("playhead_runs_ended_total{completed}"), grown("playhead_runs_ended_total{cancelled}")) == (1, 1)
    assert after["playhead_watchers"] == after["playhead_streams_open"] == 0
    assert grown("playhead_event_lag_seconds_count") >= 1
    assert 0 < grown("playhead_event_lag_seconds_sum") < 30
    assert after["playhead_store_size_bytes{database}"] > 0
    assert ended not in text
    assert held not in text


def test_a_refused_question_is_counted(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told], max_concurrent_runs=1) as backend, backend.client() as client:
        run_id = start(client, "told:held")
        assert client.post("/v1/runs", json={"question": "One more?", "agent": "told:held"}).status_code == 429
        samples = read(client)
        assert samples["playhead_runs_refused_total{too-many-runs}"] == 1
        assert samples["playhead_runs_active_max"] == 1
        assert samples["playhead_store_errors_total{write}"] == 0
        client.post(f"/v1/runs/{run_id}/cancel")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"])
def test_nobody_reads_them_through_a_proxy(client: httpx2.Client, header: str) -> None:
    answer = client.get("/metrics", headers={header: "127.0.0.1"})
    assert answer.status_code == 403
    assert "playhead_" not in answer.text
