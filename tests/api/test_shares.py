"""Shares: one run to be looked at, live, by whoever has the link; nothing leads from it to anything else."""

import re
from pathlib import Path

import httpx2
import pytest

from backend.api.log_response import while_shared
from backend.protocol.cursor import START
from backend.protocol.recording_reader import parse_recording
from tests.api.backend_server import BackendServer
from tests.api.readers import finish, frames, messages, start
from tests.api.test_connections import wait_for_streams
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


def share(client: httpx2.Client, run_id: str) -> str:
    """Share a run; gives the share's id."""
    answer = client.post(f"/v1/runs/{run_id}/share")
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["share_id"])


def everything(answer: httpx2.Response) -> str:
    """All that came over the wire: status line, headers and body."""
    return f"{answer.status_code} {answer.headers!r} {answer.text}"


def test_sharing_twice_gives_the_same_link_until_it_is_withdrawn(client: httpx2.Client) -> None:
    run_id, _ = finish(client)
    first, again = client.post(f"/v1/runs/{run_id}/share"), client.post(f"/v1/runs/{run_id}/share")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["run_id"] == run_id
    assert client.get("/v1/shares").json() == {"shares": [first.json()]}
    share_id = first.json()["share_id"]
    assert re.fullmatch(r"share_[A-Za-z0-9_-]{22}", share_id)
    assert client.delete(f"/v1/shared/{share_id}").status_code == 204
    for path in ("", "/events", "/recording"):
        answer = client.get(f"/v1/shared/{share_id}{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:playhead:problem:unknown-share")
        assert "withdrawn" in answer.json()["detail"]
    assert client.delete(f"/v1/shared/{share_id}").status_code == 404
    assert client.get("/v1/shares").json() == {"shares": []}
    assert share(client, run_id) != share_id
    assert client.get(f"/v1/runs/{run_id}").status_code == 200


def test_a_shared_run_is_the_run_and_tells_nothing_else(client: httpx2.Client) -> None:
    run_id, sent = finish(client, options={"seed": 7})
    own = client.get(f"/v1/runs/{run_id}").json()
    share_id = share(client, run_id)
    client.post(f"/v1/runs/{run_id}/feedback", json={"comment": "Between us"})
    answers = [
        client.get(f"/v1/shared/{share_id}{path}") for path in ("", "/events", "/recording", "/events?after=9-9")
    ]
    record, events, recording, snapshot = answers
    shown = record.json()
    assert shown["run_id"] == share_id
    assert shown["links"] == {
        "self": f"/v1/shared/{share_id}",
        "events": f"/v1/shared/{share_id}/events",
        "recording": f"/v1/shared/{share_id}/recording",
    }
    same = set(own) - {"run_id", "session_id", "links", "worker"}
    assert {key: shown[key] for key in same} == {key: own[key] for key in same}
    assert record.headers["cache-control"] == "no-store"
    assert [(each.id, each.event, each.data) for each in messages(iter([events.content]))] == sent
    assert "event: snapshot" in snapshot.text
    kept = parse_recording(recording.content)
    assert [event.model_dump() for event in kept.events] == [
        event.model_dump() for event in parse_recording(client.get(f"/v1/runs/{run_id}/recording").content).events
    ]
    assert (kept.header.run_id, kept.header.session_id, kept.header.question) == (share_id, "", "Why?")
    assert recording.headers["content-disposition"] == f'attachment; filename="{share_id}.jsonl"'
    for answer in answers:
        assert run_id.removeprefix("run_") not in everything(answer)
        assert own["session_id"].removeprefix("ses_") not in everything(answer)
        assert "Between us" not in everything(answer)


def test_a_shared_replay_does_not_tell_which_run_it_played(tmp_path: Path) -> None:
    with BackendServer(tmp_path) as backend, backend.client() as client:
        original, _ = finish(client, "scripted:happy_path", options={"speed": 0})
        replay, _ = finish(client, f"recording:{original}", options={"speed": 0})
        share_id = share(client, replay)
        assert client.get(f"/v1/shared/{share_id}").json()["agent"] == "recording"
        for path in ("", "/events", "/recording"):
            answer = client.get(f"/v1/shared/{share_id}{path}")
            assert answer.status_code == 200
            for secret in (original, replay):
                assert secret.removeprefix("run_") not in everything(answer)


def test_a_shared_run_is_followed_live_from_any_cursor(
    backend: BackendServer, client: httpx2.Client, told: ToldProvider
) -> None:
    run_id = start(client, "told:held")
    share_id = share(client, run_id)
    with client.stream("GET", f"/v1/shared/{share_id}/events") as response:
        live = messages(response.iter_raw())
        first = [next(live), next(live)]
        assert [each.id for each in first] == ["1-1", "1-2"]
        assert client.get(f"/v1/shared/{share_id}").json()["outcome"] is None
        assert backend.services.supervisor.watchers(run_id) == 1
        told.held.go_on.set()
        rest = list(live)
    assert rest[-1].event == "done"
    with client.stream("GET", f"/v1/shared/{share_id}/events", headers={"Last-Event-ID": "1-2"}) as response:
        assert [(each.id, each.data) for each in messages(response.iter_raw())] == [
            (each.id, each.data) for each in rest
        ]
    assert client.get(f"/v1/shared/{share_id}/events?after={rest[-1].id}").status_code == 204
    answer = client.get(f"/v1/shared/{share_id}/events?after=yesterday")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:playhead:problem:malformed-cursor")


def test_a_withdrawn_share_lets_its_live_readers_go_and_nobody_else(
    backend: BackendServer, client: httpx2.Client, told: ToldProvider
) -> None:
    run_id = start(client, "told:held")
    share_id = share(client, run_id)
    with (
        client.stream("GET", f"/v1/runs/{run_id}/events") as own,
        client.stream("GET", f"/v1/shared/{share_id}/events") as shared,
    ):
        own_live, shared_live = messages(own.iter_raw()), messages(shared.iter_raw())
        next(own_live), next(own_live), next(shared_live), next(shared_live)
        assert client.delete(f"/v1/shared/{share_id}").status_code == 204
        assert list(shared_live) == [], "the stream ends where it was, without done"
        wait_for_streams(backend, 1)
        told.held.go_on.set()
        assert list(own_live)[-1].event == "done"
    assert not told.held.cancelled.is_set()


def test_a_share_that_ends_before_its_stream_begins_shows_nothing(
    client: httpx2.Client, backend: BackendServer
) -> None:
    run_id, _ = finish(client)
    share_id = share(client, run_id)
    store = backend.services.store

    async def read_after(withdraw: bool) -> int:
        batches = while_shared(store, share_id, store.follow(run_id, START))
        if withdraw:
            await store.unshare(share_id)
        return sum([len(batch.frames) async for batch in batches])

    assert backend.call(lambda: read_after(withdraw=False)) > 0
    assert backend.call(lambda: read_after(withdraw=True)) == 0


def test_a_share_goes_with_its_run(client: httpx2.Client) -> None:
    run_id, _ = finish(client)
    share_id = share(client, run_id)
    assert client.delete(f"/v1/runs/{run_id}").status_code == 204
    assert client.get(f"/v1/shared/{share_id}").status_code == 404


def test_a_share_only_shows(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    share_id = share(client, run_id)
    refused = [
        client.post(f"/v1/runs/{share_id}/cancel"),
        client.delete(f"/v1/runs/{share_id}"),
        client.post(f"/v1/runs/{share_id}/share"),
        client.post(f"/v1/runs/{share_id}/feedback", json={"thumb": "up"}),
    ]
    for answer in refused:
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:playhead:problem:share-is-read-only")
        assert "ask the person who sent the link" in answer.json()["detail"]
    for method, path in (("POST", "/cancel"), ("POST", "/share"), ("POST", "/feedback"), ("GET", "/feedback")):
        assert client.request(method, f"/v1/shared/{share_id}{path}").status_code == 404
    for method in ("POST", "PATCH", "PUT"):
        assert client.request(method, f"/v1/shared/{share_id}").status_code == 405
    assert client.get(f"/v1/runs/{share_id}").status_code == 404, "a share is not a run"
    assert client.get(f"/v1/shared/{run_id}").status_code == 404, "a run is no share"
    replayed = client.post("/v1/runs", json={"question": "x", "agent": f"recording:{share_id}"})
    assert replayed.status_code == 422
    assert client.get(f"/v1/runs/{run_id}").json()["outcome"] is None
    told.held.go_on.set()
    assert frames(client, run_id)[-1][1] == "done"
    assert client.get(f"/v1/shared/{share_id}").json()["outcome"] == "completed"


def test_a_share_survives_a_restart(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        run_id, _ = finish(client)
        share_id = share(client, run_id)
        shown = client.get(f"/v1/shared/{share_id}").json()
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        assert client.get(f"/v1/shared/{share_id}").json() == shown
        assert share(client, run_id) == share_id
