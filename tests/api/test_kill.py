"""kill -9 of a server while people watch: nothing that was shown is lost, whenever it comes."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from backend.protocol.sse import Message
from tests.api.backend_server import DEADLINE_S
from tests.api.readers import messages, start
from tests.child_process import child_process

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="servers are forked, so that ten of them start in seconds"),
]

KILLS = 10
RUNS = 3
WATCHERS = 2
"""Of each run."""

MOST_SHOWN = 600
"""A server is killed after at most so many frames of one watcher."""


class Watched(NamedTuple):
    """A run and the frames that each of its watchers was shown, in full."""

    run_id: str
    shown: list[list[Message]]


class MortalServers:
    """One server after the other on the same data, each in a process of its own."""

    def __init__(self, forking: "subprocess.Popen[str]") -> None:
        self.pid: int | None = None
        self._forking = forking

    @contextmanager
    def next(self) -> Iterator[httpx2.Client]:
        """A client of the next server, which begins when the last one has been killed."""
        assert self._forking.stdin is not None
        assert self._forking.stdout is not None
        self._forking.stdin.write("\n")
        self._forking.stdin.flush()
        pid, url = self._forking.stdout.readline().split()
        self.pid = int(pid)
        with httpx2.Client(base_url=url, timeout=DEADLINE_S, trust_env=False) as client:
            yield client

    def kill(self) -> None:
        """Kill the server."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            self.pid = None


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[MortalServers]:
    command = [sys.executable, "-m", "tests.api.mortal_servers", str(tmp_path)]
    with child_process(command, input_from=subprocess.PIPE) as process:
        servers = MortalServers(process)
        try:
            yield servers
        finally:
            servers.kill()


def received(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks until the connection is gone, however it went."""
    try:
        yield from chunks
    except (httpx2.ReadError, httpx2.RemoteProtocolError, ConnectionError):
        return


def watched_until_killed(client: httpx2.Client, servers: MortalServers, frames: int) -> list[Watched]:
    """Start runs, watch each several times, and kill the server once the first watcher was shown so many frames."""
    with ExitStack() as stack:
        streams: list[tuple[str, list[Iterator[Message]]]] = []
        for _ in range(RUNS):
            run_id = start(client, "endless")
            opened = [stack.enter_context(client.stream("GET", f"/v1/runs/{run_id}/events")) for _ in range(WATCHERS)]
            streams.append((run_id, [messages(received(each.iter_raw())) for each in opened]))
        first = [next(streams[0][1][0]) for _ in range(frames)]
        servers.kill()
        # What the system had taken from the server by then still arrives: it was shown as well.
        watched = [Watched(run_id, [list(each) for each in readers]) for run_id, readers in streams]
    watched[0].shown[0][:0] = first
    return watched


def kept_frames(client: httpx2.Client, run_id: str, after: str | None = None) -> list[Message]:
    """The frames of a run that has ended."""
    headers = {} if after is None else {"Last-Event-ID": after}
    response = client.get(f"/v1/runs/{run_id}/events", headers=headers)
    return list(messages(iter([response.content])))


def check_kept(client: httpx2.Client, watched: Sequence[Watched]) -> None:
    """Everything that was shown is there, and the run ended once; each watcher can continue where it was."""
    for run_id, shown in watched:
        kept = kept_frames(client, run_id)
        assert [each.event for each in kept].count("done") == 1
        assert '"outcome":"interrupted"' in kept[-1].data
        for frames in shown:
            assert frames == kept[: len(frames)]
            if frames:
                rest = kept_frames(client, run_id, frames[-1].id)
                assert [each.id for each in rest] == [each.id for each in kept[len(frames) :]]


def test_ten_kills_at_any_moment_lose_nothing_that_was_shown(servers: MortalServers) -> None:
    chance = random.Random(12)
    watched: list[Watched] = []
    for _ in range(KILLS):
        with servers.next() as client:
            check_kept(client, watched)
            watched = watched_until_killed(client, servers, chance.randint(1, MOST_SHOWN))
    with servers.next() as client:
        check_kept(client, watched)


def test_pending_approvals_live_in_memory_gone_after_a_restart_while_the_badge_stays(servers: MortalServers) -> None:
    """The complaint. Here a request that waited when the server died says so, and asking again works."""
    with servers.next() as client:
        run_id = start(client, "asks:several")
        with client.stream("GET", f"/v1/runs/{run_id}/events") as stream:
            shown = messages(received(stream.iter_raw()))
            seen = [next(shown)]
            while '"Second?"' not in seen[-1].data or '"waiting"' not in seen[-1].data:
                seen.append(next(shown))
        first, second = client.get(f"/v1/runs/{run_id}/inputs").json()["inputs"]
        body = {"action": "accept", "value": "one"}
        assert client.post(f"/v1/runs/{run_id}/inputs/{first['input_id']}", json=body).status_code == 200
        servers.kill()
    with servers.next() as client:
        run = client.get(f"/v1/runs/{run_id}").json()
        assert (run["outcome"], run["view"]["stream"]["activity"]) == ("interrupted", "running")
        answered, lost = client.get(f"/v1/runs/{run_id}/inputs").json()["inputs"]
        assert (answered["state"], answered["answer"]["value"]) == ("answered", "one")
        assert (lost["state"], lost["reason"], lost["answer"]) == ("closed", "server-restarted", None)
        again = client.post(f"/v1/runs/{run_id}/inputs/{first['input_id']}", json=body)
        assert (again.status_code, again.json()["answer"]["value"]) == (200, "one")
        late = client.post(f"/v1/runs/{run_id}/inputs/{second['input_id']}", json=body)
        assert (late.status_code, late.json()["reason"]) == (409, "server-restarted")
        again_id = start(client, "asks:text", session_id=run["session_id"])
        with client.stream("GET", f"/v1/runs/{again_id}/events") as stream:
            next(message for message in messages(stream.iter_raw()) if '"request":' in message.data)
        assert client.post(f"/v1/runs/{again_id}/input", json=body).status_code == 200
        servers.kill()
