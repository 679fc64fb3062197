"""Readers who are silent, slow or gone, and a server that stops: no reader harms another, and none harms a run."""

import socket
import threading
import time
from pathlib import Path

import httpx2
import pytest

from backend.protocol.cursor import Cursor
from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.readers import followed, frames, raw_request, raw_response, reset, start
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


def wait_until_ended(backend: BackendServer, run_id: str) -> None:
    """Return once the run is over, without reading any of it."""
    backend.call(lambda: backend.services.supervisor.ended(run_id))


def wait_for_streams(backend: BackendServer, count: int) -> None:
    """Return once so many streams are open."""
    backend.call(lambda: backend.services.streams.until(count))


@pytest.mark.alone
def test_a_heartbeat_comes_after_silence_and_only_then(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told], heartbeat_s=0.2) as backend, backend.client() as client:
        run_id = start(client, "told:held")
        connection = raw_request(backend.url, f"/v1/runs/{run_id}/events")
        with connection, raw_response(connection) as response:
            received = b""
            while received.count(b": hb\n") < 3:
                received += response.read1()
            told.held.go_on.set()
            received += response.read()
        blocks, _, heartbeats = received.partition(b": hb\n")
        assert blocks.endswith(b"\n\n")
        assert b"\n\n\n" not in received
        assert heartbeats.startswith(b": hb\n: hb\nid: 1-3\n")
        assert b": hb\n\n" not in received
        run_id = start(client, "told:words-2000")
        assert b": hb" not in client.get(f"/v1/runs/{run_id}/events").content


def test_a_reader_who_leaves_is_noticed_and_no_longer_counts_as_watching(
    backend: BackendServer, client: httpx2.Client, told: ToldProvider
) -> None:
    run_id = start(client, "told:held")
    with followed(client, run_id) as stream:
        next(stream)
        assert backend.services.supervisor.watchers(run_id) == 1
    wait_for_streams(backend, 0)
    assert backend.services.supervisor.watchers(run_id) == 0
    assert not told.held.cancelled.is_set()


@pytest.mark.alone
def test_replaying_a_long_run_to_a_reader_who_left_keeps_nobody_waiting(
    backend: BackendServer, client: httpx2.Client
) -> None:
    run_id = start(client, "told:words-100000")
    wait_until_ended(backend, run_id)
    began = time.perf_counter()
    with followed(client, run_id) as stream:
        assert sum(1 for _ in stream) == 100_001
    read_s = time.perf_counter() - began
    waits: list[float] = []
    for _ in range(5):
        connection = raw_request(backend.url, f"/v1/runs/{run_id}/events")
        connection.recv(100)
        reset(connection)
        asked = time.perf_counter()
        assert client.get("/healthz").status_code == 200
        waits.append(time.perf_counter() - asked)
        wait_for_streams(backend, 0)
    # Another request waits for a batch at most, never for the replay; a fifth of it is generous.
    assert sorted(waits)[2] < max(read_s / 5, 0.1), (waits, read_s)


@pytest.mark.alone
def test_a_live_reader_gets_on_while_long_runs_are_replayed(
    backend: BackendServer, client: httpx2.Client, told: ToldProvider
) -> None:
    long_id = start(client, "told:words-40000")
    wait_until_ended(backend, long_id)
    run_id = start(client, "told:held")
    with followed(client, run_id) as stream:
        next(stream)
        next(stream)
        finished: list[float] = []

        def replay() -> None:
            with backend.client() as own:
                frames(own, long_id)
            finished.append(time.perf_counter())

        replays = [threading.Thread(target=replay) for _ in range(2)]
        for thread in replays:
            thread.start()
        wait_for_streams(backend, 3)
        told.held.go_on.set()
        rest = [message.event for message in stream]
        got_done = time.perf_counter()
        for thread in replays:
            thread.join(DEADLINE_S)
    assert rest == ["token", "status", "done"]
    assert got_done < min(finished)


def test_a_reader_who_stalls_is_cut_and_may_come_back(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told], stalled_reader_s=0.5) as backend, backend.client() as client:
        run_id = start(client, "told:blocks-2000")
        wait_until_ended(backend, run_id)
        connection = raw_request(backend.url, f"/v1/runs/{run_id}/events", receive_buffer=4096)
        wait_for_streams(backend, 1)
        [protocol] = [
            each
            for each in backend.connections()
            if each.transport.get_extra_info("peername") == connection.getsockname()
        ]
        wait_for_streams(backend, 0)
        # 16 MB were to be sent: neither the server nor its transport holds them, and the connection is gone.
        assert protocol.transport.is_closing()
        assert protocol.transport.get_write_buffer_size() == 0
        assert backend.connections() == [each for each in backend.connections() if each is not protocol]
        with connection, pytest.raises(ConnectionResetError):
            read_to_the_end(connection)
        whole = frames(client, run_id)
        assert (len(whole), whole[-1][1]) == (2001, "done")


def read_to_the_end(connection: socket.socket) -> None:
    """Read until the peer resets the connection."""
    while connection.recv(1 << 20):
        pass
    raise AssertionError("the stream ended as if it were whole")


@pytest.mark.alone
def test_a_slow_reader_is_not_cut(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told], stalled_reader_s=1.0) as backend, backend.client() as client:
        run_id = start(client, "told:blocks-1000")
        wait_until_ended(backend, run_id)
        connection = raw_request(backend.url, f"/v1/runs/{run_id}/events", receive_buffer=65536)
        with connection, raw_response(connection) as response:
            size, began, pace_s = 0, time.monotonic(), backend.settings.stalled_reader_s / 20
            while chunk := response.read1(1 << 16):
                size += len(chunk)
                if time.monotonic() - began < 3 * backend.settings.stalled_reader_s:
                    time.sleep(pace_s)
            assert size > 8192 * 1000


def test_a_server_that_stops_ends_runs_and_streams(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        run_id = start(client, "told:held")
        with followed(client, run_id) as stream:
            seen = [next(stream), next(stream)]
            stopping = threading.Thread(target=backend.stop)
            stopping.start()
            seen += stream
            stopping.join(DEADLINE_S)
    assert [message.event for message in seen] == ["status", "token", "warning", "status", "done"]
    assert '"outcome":"interrupted"' in seen[-1].data
    assert told.held.cancelled.is_set()
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        again = frames(client, run_id)
        assert again == [(message.id, message.event, message.data) for message in seen]
        assert Cursor.parse(again[-1][0]) == Cursor(1, 5)


@pytest.mark.alone
def test_a_server_that_stops_does_not_wait_for_a_reader_who_stalls(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        run_id = start(client, "told:blocks-2000")
        wait_until_ended(backend, run_id)
        with raw_request(backend.url, f"/v1/runs/{run_id}/events", receive_buffer=4096):
            wait_for_streams(backend, 1)
            began = time.monotonic()
            backend.stop()
            assert time.monotonic() - began < backend.settings.stalled_reader_s / 2
