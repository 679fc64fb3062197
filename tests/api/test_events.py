"""The event stream: what is on the wire, and that it can be cut anywhere and read on."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from backend.protocol.checks import check
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import parse_event
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.protocol.view import fold, reduce
from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.readers import Frame, data_of, finish, first_frame, followed, frames, raw_request, raw_response, start
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

BLOCK = re.compile(rb"(retry: \d+\n)?id: 1-(\d+)\nevent: ([a-z]+)\ndata: (\{[\x20-\x7e]*\})\n\n")


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of a backend with the installed agents."""
    with (
        BackendServer(tmp_path_factory.mktemp("data")) as backend,
        backend.client() as client,
    ):
        yield client


def scenarios() -> list[str]:
    """The bundled scenarios."""
    folder = Path(__file__).resolve().parents[2] / "backend" / "agents" / "scripted" / "scenarios"
    return sorted(path.stem for path in folder.glob("*.yaml"))


def test_every_byte_of_a_stream(client: httpx2.Client) -> None:
    run_id, _ = finish(client)
    answer = client.get(f"/v1/runs/{run_id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    found = list(BLOCK.finditer(answer.content))
    assert b"".join(block[0] for block in found) == answer.content
    assert [int(block[2]) for block in found] == list(range(1, len(found) + 1))
    assert [bool(block[1]) for block in found] == [True] + [False] * (len(found) - 1)


def test_a_stream_keeps_the_rules(client: httpx2.Client) -> None:
    _, sent = finish(client)
    assert check([parse_event(data_of(frame)) for frame in sent]) == []


def test_every_connection_is_told_when_to_retry_with_its_first_event(client: httpx2.Client) -> None:
    run_id, sent = finish(client)
    for cursor, *_ in sent[:-1]:
        content = client.get(f"/v1/runs/{run_id}/events", headers={"Last-Event-ID": cursor}).content
        assert content.startswith(b"retry: ")
        assert content.count(b"retry: ") == 1


@pytest.mark.parametrize("scenario", scenarios())
def test_cut_after_every_event_and_resumed_equals_uncut(scripted: httpx2.Client, scenario: str) -> None:
    options = {"speed": 0, "timeout_s": 2} if scenario in ("stall", "timeout") else {"speed": 0}
    run_id, uncut = finish(scripted, f"scripted:{scenario}", options=options)
    joined: list[Frame] = []
    while not joined or joined[-1][1] != "done":
        joined.append(first_frame(str(scripted.base_url), run_id, joined[-1][0] if joined else ""))
    assert joined == uncut
    assert uncut[-1][1] == "done"


def test_cut_while_it_goes_on_and_resumed_equals_uncut(scripted: httpx2.Client) -> None:
    run_id = start(scripted, "scripted:happy_path", options={"speed": 10})
    joined: list[Frame] = []
    while not joined or joined[-1][1] != "done":
        joined.append(first_frame(str(scripted.base_url), run_id, joined[-1][0] if joined else ""))
    assert joined == frames(scripted, run_id)


def test_a_cursor_at_the_end_has_nothing_to_come(client: httpx2.Client) -> None:
    run_id, sent = finish(client)
    answer = client.get(f"/v1/runs/{run_id}/events", headers={"Last-Event-ID": sent[-1][0]})
    assert (answer.status_code, answer.content) == (204, b"")


def test_the_query_stands_in_for_the_header_and_the_header_wins(client: httpx2.Client) -> None:
    run_id, sent = finish(client)
    path = f"/v1/runs/{run_id}/events"
    by_query = client.get(path, params={"after": "1-3"}).content
    assert by_query == client.get(path, headers={"Last-Event-ID": "1-3"}).content
    both = client.get(path, params={"after": "1-1"}, headers={"Last-Event-ID": "1-3"}).content
    assert both == by_query
    assert client.get(path, params={"after": ""}).content == client.get(path).content
    assert b"id: 1-4\n" in by_query.partition(b"\nevent")[0] + b"\n"
    assert len(sent) == 7


@pytest.mark.parametrize("cursor", ["1", "1-", "-1", "1-2-3", "a-b", "1-\u0661", "1-2 ", "9" * 40 + "-1"])
def test_a_malformed_cursor_is_refused(client: httpx2.Client, cursor: str) -> None:
    run_id, _ = finish(client)
    answer = client.get(f"/v1/runs/{run_id}/events", params={"after": cursor})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:playhead:problem:malformed-cursor"
    assert "1-42" in answer.json()["detail"]


@pytest.mark.parametrize("cursor", ["1-8", "1-999999", "2-3", "7-1"])
def test_an_unknown_cursor_of_an_ended_run_gets_the_whole_view(client: httpx2.Client, cursor: str) -> None:
    run_id, sent = finish(client)
    [snapshot] = frames(client, run_id, cursor)
    event = SnapshotEvent.model_validate(data_of(snapshot))
    assert (snapshot[0], snapshot[1]) == (sent[-1][0], "snapshot")
    whole = fold(RunView.start("Why?"), [parse_event(data_of(frame)) for frame in sent])
    assert event.view == whole
    answer = client.get(f"/v1/runs/{run_id}/events", headers={"Last-Event-ID": snapshot[0]})
    assert answer.status_code == 204


def test_an_unknown_cursor_of_a_live_run_gets_the_view_and_then_what_comes(
    client: httpx2.Client, told: ToldProvider
) -> None:
    run_id = start(client, "told:held")
    assert told.held.begun.wait(DEADLINE_S)
    with followed(client, run_id, "1-77") as stream:
        first = next(stream)
        view = SnapshotEvent.model_validate_json(first.data).view
        told.held.go_on.set()
        behind = list(stream)
    assert first.event == "snapshot"
    assert view.message.answer in ("", "before ")
    assert Cursor.parse(behind[0].id).seq == view.stream.last_seq + 1 == Cursor.parse(first.id).seq + 1
    for message in behind:
        view = reduce(view, parse_event(message.data))
    whole = [parse_event(data_of(frame)) for frame in frames(client, run_id)]
    assert view == fold(RunView.start("Why?"), whole)


def test_a_snapshot_of_a_run_that_has_sent_nothing_starts_at_its_beginning(
    client: httpx2.Client, told: ToldProvider
) -> None:
    run_id = start(client, "told:held")
    told.held.go_on.set()
    with followed(client, run_id, "5-5") as stream:
        first = next(stream)
        rest = list(stream)
    assert Cursor.parse(first.id) >= START
    assert Cursor.parse(first.id).seq + len(rest) == 5


def test_several_readers_get_the_same(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    with followed(client, run_id) as one, followed(client, run_id) as two, followed(client, run_id) as three:
        told.held.go_on.set()
        received = [[(each.id, each.data) for each in stream] for stream in (one, two, three)]
    assert received[0] == received[1] == received[2]
    assert len(received[0]) == 5


def test_small_events_are_not_held_back_to_be_sent_together(backend: BackendServer, client: httpx2.Client) -> None:
    assert client.get("/healthz").status_code == 200
    [connection] = backend.connections()
    taken = connection.transport.get_extra_info("socket")
    assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_stream_leaves_its_connection_usable(backend: BackendServer, client: httpx2.Client) -> None:
    run_id, _ = finish(client)
    with raw_request(backend.url, f"/v1/runs/{run_id}/events") as connection:
        with raw_response(connection) as response:
            assert response.read().endswith(b"\n\n")
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with raw_response(connection) as response:
            assert response.status == 200
