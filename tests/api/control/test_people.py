"""People in a conversation over real connections: who is seen by whom, what is shown, what an unclean end leaves.

All of it at one server, and with Ana at one web node of a deployment and the others at another one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.backend_server import BackendServer
from tests.api.control.control_client import Control, raw_control
from tests.api.deployment import Deployment
from tests.api.told_agents import ToldProvider
from tests.redis_server import RedisServer

pytestmark = pytest.mark.server


@dataclass(frozen=True)
class Places:
    """Where people connect."""

    server: BackendServer
    other: BackendServer


@pytest.fixture(scope="module", params=["one server", "two nodes"])
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    folder = tmp_path_factory.mktemp("people")
    if request.param == "one server":
        with BackendServer(folder, [ToldProvider()]) as server:
            yield Places(server, server)
    else:
        redis: RedisServer = request.getfixturevalue("redis_server")
        with Deployment.of(redis.url, folder) as deployment:
            deployment.worker([ToldProvider()])
            yield Places(deployment.web(), deployment.web())


@pytest.fixture
def server(places: Places) -> BackendServer:
    return places.server


@pytest.fixture
def other(places: Places) -> BackendServer:
    return places.other


@pytest.fixture
def run(server: BackendServer) -> dict[str, Any]:
    """A new run, as the call that starts it answers."""
    with server.client() as client:
        accepted: dict[str, Any] = client.post("/v1/runs", json={"question": "Why?", "agent": "told:ordinary"}).json()
    return accepted


def enter(channel: Control, name: str, tab: str = "tab_1") -> dict[str, Any]:
    person = {"id": name.lower(), "name": name}
    reply: dict[str, Any] = channel.call("hello-0001", "hello", participant=person, tab=tab, colour=2)["result"]
    return reply


def seen(channel: Control, *names: str) -> dict[str, dict[str, Any]]:
    """Read on until these people, and no others, are in the room."""
    people: dict[str, dict[str, Any]] = {}
    for message in channel.seen:
        learn(people, message)
    while {person["name"] for person in people.values()} != set(names):
        learn(people, channel.next())
    return people


def learn(people: dict[str, dict[str, Any]], message: dict[str, Any]) -> None:
    who = message.get("who", {})
    if "people" in who:
        people.clear()
    people.update({person["participant"]: person for person in (*who.get("people", ()), *who.get("here", ()))})
    for gone in who.get("gone", ()):
        people.pop(gone, None)


def test_people_meet_once_each_and_leave_with_their_last_tab(
    server: BackendServer, other: BackendServer, run: dict[str, Any]
) -> None:
    path = f"/v1/sessions/{run['session_id']}/control"
    with raw_control(server.url, path) as ana:
        enter(ana, "Ana")
        with raw_control(other.url, path) as ben:
            enter(ben, "Ben")
            with raw_control(server.url, path) as second:
                enter(second, "Ben", "tab_2")
                assert len(seen(second, "Ana", "Ben")) == 2
            assert ben.call("presence-1", "presence", activity="typing", follows="ana")["result"]["clock_ms"] > 0
            while seen(ana, "Ana", "Ben")["ben"]["activity"] != "typing":
                ana.next()
            ben.connection.socket.close()
        seen(ana, "Ana")


def test_a_share_sees_the_presenter_of_its_run_and_may_show_nothing(
    server: BackendServer, other: BackendServer, run: dict[str, Any], client: httpx2.Client
) -> None:
    share = client.post(f"/v1/runs/{run['run_id']}/share").json()["share_id"]
    with raw_control(server.url, f"/v1/sessions/{run['session_id']}/control") as ana:
        enter(ana, "Ana")
        ana.call("presence-1", "presence", run=run["run_id"])
        with raw_control(other.url, f"/v1/shared/{share}/control") as guest:
            enter(guest, "Guest")
            seen(guest, "Ana", "Guest")
            view = {"run_id": run["run_id"], "at_ms": 100, "rev": 1, "page": "replay"}
            ana.call("playhead-1", "playhead", view=view)
            shown = guest.until("playhead")["playhead"]
            assert (shown["run_id"], shown["at_ms"], shown["by"]["name"]) == (share, 100, "Ana")
            assert guest.refused("playhead-2", "playhead", view=view) == "share-is-read-only"
            assert run["run_id"] not in str(guest.seen)
            assert run["session_id"] not in str(guest.seen)


def test_a_comment_is_live_with_its_author_wherever_it_was_given(
    server: BackendServer, other: BackendServer, run: dict[str, Any], client: httpx2.Client
) -> None:
    share = client.post(f"/v1/runs/{run['run_id']}/share").json()["share_id"]
    with raw_control(server.url, f"/v1/runs/{run['run_id']}/control") as ana:
        enter(ana, "Ana")
        with raw_control(other.url, f"/v1/shared/{share}/control") as guest:
            enter(guest, "Guest")
            said = {"run": run["run_id"], "text": "Which quarter?", "at_ms": 0}
            first = ana.call("comment-01", "comment", **said)["result"]["comment"]
            assert ana.call("comment-01", "comment", **said)["result"]["comment"] == first, "sent again, it is one"
            reply = {"comment": "FY2026 Q3.", "by": {"name": "Ben"}, "reply_to": first["feedback_id"]}
            client.post(f"/v1/runs/{run['run_id']}/feedback", json=reply).raise_for_status()
            for channel, name in ((ana, run["run_id"]), (guest, share)):
                while len(live := [message["comment"] for message in channel.seen if "comment" in message]) < 2:
                    channel.next()
                assert [(each["run"], each["by"]["name"], each["at_ms"]) for each in live] == [
                    (name, "Ana", 0),
                    (name, "Ben", 0),
                ]
                listed = channel.call("comments-1", "comments", run=name)["result"]["comments"]
                assert [{"run": name, **each} for each in listed] == live
            assert guest.refused("comment-02", "comment", run=share, text="Hello") == "share-is-read-only"
            assert run["run_id"] not in str(guest.seen)
    table = client.get("/v1/feedback", headers={"Accept": "text/csv"}).text
    assert f'"FY2026 Q3.","Ben","{first["feedback_id"]}"' in table


def test_the_room_votes_blindly_and_the_votes_are_kept_and_counted_for_both_agents(
    server: BackendServer, other: BackendServer, client: httpx2.Client
) -> None:
    first = client.post("/v1/runs", json={"question": "Why?", "agent": "told:reading"}).json()
    session = first["session_id"]
    second = client.post("/v1/runs", json={"question": "Why?", "agent": "told:ordinary", "session_id": session}).json()
    pair = {"run": first["run_id"], "other": second["run_id"]}
    with raw_control(server.url, f"/v1/sessions/{session}/control") as ana:
        enter(ana, "Ana")
        with raw_control(other.url, f"/v1/sessions/{session}/control") as ben:
            enter(ben, "Ben")
            ana.call("vote-00001", "vote", **pair, verdict="worse")
            ana.call("vote-00002", "vote", **pair, verdict="better")
            ben.call("vote-00003", "vote", run=pair["other"], other=pair["run"], verdict="worse")
            assert ben.refused("vote-00004", "vote", run=pair["run"], other=pair["run"], verdict="same") == "same-run"
            counted = [each["votes"] for each in ben.seen if "votes" in each]
            assert counted[-1]["votes"] == 2, "of one person the latest counts"
            assert all("first" not in each for each in counted)
            ana.call("reveal-001", "reveal", **pair)
            while "first" not in (shown := ben.until("votes")["votes"]):
                pass
            one, another = sorted(pair.values())
            counts = {"first": 2, "second": 0} if one == pair["run"] else {"first": 0, "second": 2}
            assert shown == {"run": one, "other": another, **counts, "same": 0}
            assert ana.call("list-00001", "comments", run=pair["run"])["result"]["comments"] == [], (
                "no vote is a comment"
            )
    assert client.get("/v1/votes").json()["pairs"] == [
        {"first_agent": "told:ordinary", "second_agent": "told:reading", "first": 0, "second": 2, "same": 0}
    ]
    given = client.get(f"/v1/runs/{pair['run']}/feedback").json()["feedback"]
    verdicts = [(each["by"]["name"], each["preference"]["verdict"]) for each in given]
    assert verdicts == [("Ana", "worse"), ("Ana", "better"), ("Ana", "revealed")]
    table = client.get("/v1/feedback", headers={"Accept": "text/csv"}).text
    assert f'"Ana","","{pair["other"]}","told:ordinary","better"' in table


def test_votes_and_what_was_revealed_outlive_the_server(tmp_path: Path) -> None:
    with BackendServer(tmp_path, [ToldProvider()]) as server, server.client() as client:
        started = [client.post("/v1/runs", json={"question": "Why?", "agent": "told:reading"}).json()]
        session = started[0]["session_id"]
        for agent in ("told:ordinary", "told:words-2"):
            asked = {"question": "Why?", "agent": agent, "session_id": session}
            started.append(client.post("/v1/runs", json=asked).json())
        first, second, third = (each["run_id"] for each in started)
        with raw_control(server.url, f"/v1/sessions/{session}/control") as ana:
            enter(ana, "Ana")
            ana.call("vote-00001", "vote", run=first, other=second, verdict="same")
            ana.call("vote-00002", "vote", run=first, other=third, verdict="better")
            ana.call("reveal-001", "reveal", run=second, other=first)
    with BackendServer(tmp_path, [ToldProvider()]) as server:
        path = f"/v1/sessions/{session}/control"
        with raw_control(server.url, path) as ben:
            enter(ben, "Ben")
            while len(shown := [dict(each["votes"]) for each in ben.seen if "votes" in each]) < 2:
                ben.next()
    by_pair = {frozenset((each.pop("run"), each.pop("other"))): each for each in shown}
    assert by_pair[frozenset((first, second))] == {"first": 0, "second": 0, "same": 1}
    assert by_pair[frozenset((first, third))] == {"votes": 1}, "nobody has shown whose these are"


def test_a_program_without_a_tab_is_seen_by_nobody(server: BackendServer, run: dict[str, Any]) -> None:
    path = f"/v1/sessions/{run['session_id']}/control"
    with raw_control(server.url, path) as program, raw_control(server.url, path) as ana:
        program.call("hello-0001", "hello")
        enter(ana, "Ana")
        assert len(seen(ana, "Ana")) == 1


@pytest.fixture
def client(server: BackendServer) -> Iterator[httpx2.Client]:
    with server.client() as client:
        yield client
