"""Connections of a listener: a cap with an answer, slow requests that are cut, and a table of files that is full."""

import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from backend.doors import connections
from backend.doors.connections import most_connections, raise_file_limit
from backend.doors.limits import MOST_FILES, RETRY_AFTER_S
from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.commands.serve_process import serving

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def connected(url: str) -> socket.socket:
    host, _, port = url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=DEADLINE_S)


def answer(connection: socket.socket, request: bytes = REQUEST) -> bytes:
    """What the server says until it closes; empty where it cuts the connection without a word."""
    received = b""
    try:
        connection.sendall(request)
        while piece := connection.recv(65536):
            received += piece
    except (ConnectionResetError, BrokenPipeError):
        pass
    return received


@contextmanager
def few_files(most: int) -> Iterator[None]:
    """Children started meanwhile may open so many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
        assert raise_file_limit() == wanted
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == wanted
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(("files", "most"), [(64, 32), (1024, 752), (10, 8), (None, MOST_FILES)])
def test_a_part_of_the_files_is_kept_for_the_server(files: int | None, most: int) -> None:
    assert most_connections(files) == most


@pytest.mark.server
def test_a_connection_beyond_the_cap_is_answered_and_the_next_one_taken(tmp_path: Path) -> None:
    with BackendServer(tmp_path, connections=4) as backend, ExitStack() as open_ones:
        silent = [open_ones.enter_context(connected(backend.url)) for _ in range(4)]
        wait_for(lambda: len(backend.connections()) == 4)
        with connected(backend.url) as refused:
            said = answer(refused)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: %d\r\n" % RETRY_AFTER_S in said
        assert said.endswith(b"try again in a moment.\n")
        silent[0].close()
        wait_for(lambda: len(backend.connections()) < 4)
        with connected(backend.url) as taken:
            assert answer(taken).startswith(b"HTTP/1.1 200 ")


@pytest.mark.server
def test_requests_that_arrive_too_slowly_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SLOW_REQUEST_S", 0.2)
    body = b"POST /v1/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    with BackendServer(tmp_path) as backend:
        for sent in (b"", b"GET /healthz HT", body):
            with connected(backend.url) as connection:
                assert answer(connection, sent) == b""
        with connected(backend.url) as connection:
            assert answer(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.server
def test_a_flood_of_connections_is_one_sentence_at_most_and_over_at_once(tmp_path: Path) -> None:
    with few_files(96):
        serve = serving(tmp_path / "data", "--docs", str(small_folder(tmp_path)))
        child = serve.__enter__()
    with ExitStack() as ending:
        ending.push(serve.__exit__)
        with ExitStack() as flood:
            for _ in range(300):
                flood.enter_context(connected(child.url))
        began = time.monotonic()
        wait_for(lambda: answered(child.url))
        assert time.monotonic() - began < DEADLINE_S / 2
        _, _, said = child.end(signal.SIGTERM)
    errors = [line for line in said.splitlines() if not line.startswith("documents: preparing ")]
    assert len(errors) <= 1, said


def small_folder(folder: Path) -> Path:
    documents = folder / "documents"
    documents.mkdir()
    (documents / "note.md").write_text("# Note\n\nThe lift was repaired in May.\n")
    return documents


def answered(url: str) -> bool:
    with connected(url) as connection:
        return answer(connection).startswith(b"HTTP/1.1 200 ")


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once the condition holds."""
    give_up_at = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < give_up_at, "it did not come"
        threading.Event().wait(0.01)
