"""What is done at one web node holds at the others: shares and tokens that are withdrawn, and what each node counts."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from backend.access.tokens import TokenFile
from backend.client import RunClient, close_shared_http
from evals.playing.workers import workers_of
from tests.api.backend_server import DEADLINE_S
from tests.api.control.control_client import raw_control
from tests.api.deployment import Deployment, WebServer
from tests.api.readers import frames, start
from tests.api.told_agents import ToldProvider
from tests.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.server

NOW = "2026-11-30T00:00:00+00:00"


@pytest.fixture
def deployment(redis_server: RedisServer, tmp_path: Path) -> Iterator[Deployment]:
    with Deployment.of(redis_server.url, tmp_path) as deployment:
        yield deployment


@pytest.fixture
def held(deployment: Deployment) -> Iterator[ToldProvider]:
    """The agents of the only worker, whose held run waits until the test is over."""
    provider = ToldProvider()
    deployment.worker([provider])
    yield provider
    provider.held.go_on.set()


class Reader:
    """Reads a stream until somebody ends it."""

    def __init__(self, web: WebServer, path: str, **headers: str) -> None:
        self.begun, self.text = threading.Event(), ""
        self._client, self._path, self._headers = web.client(), path, headers
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self.begun.wait(DEADLINE_S)

    def _read(self) -> None:
        with self._client, self._client.stream("GET", self._path, headers=self._headers) as response:
            assert response.status_code == 200, response.read()
            for chunk in response.iter_text():
                self.text += chunk
                self.begun.set()

    def has_ended(self) -> bool:
        self._thread.join(DEADLINE_S)
        return not self._thread.is_alive()


def count(client: httpx2.Client, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    assert found is not None
    return float(found[1])


def test_a_share_that_is_withdrawn_at_one_node_ends_what_is_open_at_another(
    deployment: Deployment, held: ToldProvider
) -> None:
    here, there = deployment.web(), deployment.web()
    with here.client() as client:
        run_id = start(client, "told:held")
        share = client.post(f"/v1/runs/{run_id}/share").json()["share_id"]
        kept = client.post(f"/v1/runs/{run_id}/share", json={"role": "comment"}).json()["share_id"]
        stream = Reader(there, f"/v1/shared/{share}/events")
        guest_path, other_path = (f"/v1/shared/{each}/control" for each in (share, kept))
        with raw_control(there.url, guest_path) as guest, raw_control(there.url, other_path) as other:
            for channel in (guest, other):
                channel.call("hello-0001", "hello")
            client.delete(f"/v1/shared/{share}").raise_for_status()
            assert guest.closed_with() == 4403
            assert other.call("hello-0002", "hello")["ack"] == "hello-0002"
        assert stream.has_ended()
        assert '"type":"done"' not in stream.text


def test_a_share_is_looked_up_where_its_withdrawal_may_have_been_missed(
    deployment: Deployment, held: ToldProvider
) -> None:
    here, there = deployment.web(), deployment.web()
    with here.client() as client:
        share = client.post(f"/v1/runs/{start(client, 'told:held')}/share").json()["share_id"]
    with raw_control(there.url, f"/v1/shared/{share}/control") as guest:
        guest.call("hello-0001", "hello")
        # As if the node that withdrew it was cut off before it said so.
        here.call(lambda: here.services.store.unshare(share))
        there.call(there.services.end_withdrawn)
        assert guest.closed_with() == 4403


def test_a_token_that_is_revoked_at_one_node_is_worth_nothing_at_another(
    deployment: Deployment, held: ToldProvider, tmp_path: Path
) -> None:
    files = [TokenFile(tmp_path / name / "tokens.json") for name in ("one", "two")]
    ana = files[0].add("ana", "host", NOW)
    ben = files[0].add("ben", "host", NOW)
    files[1].path.parent.mkdir()
    files[1].path.write_bytes(files[0].path.read_bytes())
    files[1].path.chmod(0o600)
    here, there = (deployment.web(token_file=file.path) for file in files)
    signed = {"Authorization": f"Bearer {ana}"}
    with here.client() as client:
        asked = {"question": "Why?", "agent": "told:held"}
        run_id = client.post("/v1/runs", json=asked, headers=signed).json()["run_id"]
    stream = Reader(there, f"/v1/runs/{run_id}/events", **signed)
    files[0].revoke("ana")
    assert stream.has_ended()
    with there.client() as client:
        assert client.get("/v1/runs", headers=signed).status_code == 401
        assert client.get("/v1/runs", headers={"Authorization": f"Bearer {ben}"}).status_code == 200


async def test_every_run_names_its_worker_for_those_who_may_read_it(deployment: Deployment) -> None:
    providers = [ToldProvider(), ToldProvider()]
    workers = [deployment.worker([each], slots=1) for each in providers]
    web = deployment.web()
    with web.client() as client:
        runs = [start(client, "told:held") for _ in workers]
        assert all(each.held.begun.wait(DEADLINE_S) for each in providers)
        named = {client.get(f"/v1/runs/{run_id}").json()["worker"] for run_id in runs}
        share = client.post(f"/v1/runs/{runs[0]}/share").json()["share_id"]
        shared = client.get(f"/v1/shared/{share}").json()
        queued = start(client, "told:ordinary")
        waiting = client.get(f"/v1/runs/{queued}").json()["worker"]
        for each in providers:
            each.held.go_on.set()
        for run_id in (*runs, queued):
            frames(client, run_id)
    assert named == {each.node.name for each in workers}
    assert not any(name in str(shared) for name in named)
    assert waiting is None
    found = await workers_of([*runs, queued, "run_unknown"], RunClient(web.url))
    await close_shared_http()
    assert set(found) == {*runs, queued}
    assert {found[run_id] for run_id in runs} == named


def test_each_node_counts_what_is_its_own_and_is_ready_while_redis_answers(tmp_path: Path) -> None:
    held = ToldProvider()
    with running_redis(tmp_path / "redis") as server, Deployment.of(server.url, tmp_path) as deployment:
        deployment.worker([held])
        here, there = deployment.web(), deployment.web()
        with here.client() as first, there.client() as second:
            run_id = start(first, "told:held")
            reader = Reader(there, f"/v1/runs/{run_id}/events")
            for name, counted in {"playhead_runs_started_total": [1, 0], "playhead_watchers": [0, 1]}.items():
                assert [count(client, name) for client in (first, second)] == counted, name
            held.held.go_on.set()
            assert reader.has_ended()
            assert count(second, "playhead_watchers") == 0
            assert first.get("/readyz").status_code == 200
            server.kill()
            unready = first.get("/readyz")
            assert (unready.status_code, "Redis" in unready.json()["detail"]) == (503, True)
            server.start()
            while first.get("/readyz").status_code != 200:
                pass


def test_a_web_node_counts_the_workers_their_slots_and_their_runs(deployment: Deployment, held: ToldProvider) -> None:
    names = ("playhead_worker_slots", "playhead_worker_runs", 'playhead_workers{state="ready"}')
    with deployment.web().client() as client:
        start(client, "told:held")
        deadline = time.monotonic() + DEADLINE_S
        # Web nodes look again each second, and workers speak with each beat.
        while (counted := [count(client, re.escape(name)) for name in names])[1:] != [1, 1]:
            assert time.monotonic() < deadline, counted
        assert counted[0] >= 1
        assert count(client, re.escape('playhead_workers{state="preparing"}')) == 0


def test_how_runs_ended_is_the_same_at_a_node_that_has_just_started(deployment: Deployment, held: ToldProvider) -> None:
    name = re.escape('playhead_deployment_runs_ended_total{outcome="completed"}')
    with deployment.web().client() as client:
        before = count(client, name)
        frames(client, start(client, "told:words-3"))
    with deployment.web().client() as client:
        assert count(client, name) == before + 1


def test_an_agent_that_fails_when_it_is_looked_for_is_said_to_fail(deployment: Deployment, held: ToldProvider) -> None:
    with deployment.web().client() as client:
        answer = client.post("/v1/runs", json={"question": "Why?", "agent": "told:words-many"})
        assert (answer.status_code, answer.json()["detail"]) == (
            503,
            "The agent told:words-many failed when it was asked: the log of its worker says where.",
        )
