"""Past runs: found by question, agent and outcome, page by page; deleted; sessions renamed."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.readers import finish, followed, frames, start
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


def listed(client: httpx2.Client, **params: Any) -> list[str]:
    """The ids of the runs on the first page."""
    answer = client.get("/v1/runs", params=params)
    assert answer.status_code == 200, answer.text
    return [run["run_id"] for run in answer.json()["runs"]]


def test_runs_of_all_sessions_are_listed_as_they_are(client: httpx2.Client, told: ToldProvider) -> None:
    assert client.get("/v1/runs").json() == {"runs": [], "next": None}
    first, sent = finish(client)
    second = start(client, "told:held")
    page = client.get("/v1/runs").json()
    assert [run["run_id"] for run in page["runs"]] == [second, first]
    running, ended = page["runs"]
    assert (running["outcome"], running["duration_ms"], running["ttft_ms"]) == (None, None, None)
    assert ended == {key: value for key, value in client.get(f"/v1/runs/{first}").json().items() if key in ended}
    assert 0 < ended["ttft_ms"] <= ended["duration_ms"]
    assert ended["last_seq"] == len(sent)
    told.held.go_on.set()


def test_runs_are_found_by_what_is_asked_for(client: httpx2.Client, told: ToldProvider) -> None:
    rising, _ = finish(client, question="Is 100% of the Übersicht rising?")
    other, _ = finish(client, "told:words-3", question="What now?")
    session_id = client.get(f"/v1/runs/{other}").json()["session_id"]
    held = start(client, "told:held", question="Is it?")
    assert listed(client, text="ÜBERSICHT") == [rising]
    assert listed(client, text=" rising? ") == [rising]
    assert listed(client, text="100%") == [rising]
    assert listed(client, text="1%0") == listed(client, text="_") == []
    assert listed(client, text="is") == [held, rising]
    assert listed(client, agent="told:words-3") == listed(client, session_id=session_id) == [other]
    assert listed(client, outcome="running") == [held]
    assert listed(client, outcome="completed", text="IS") == [rising]
    assert listed(client, text="", agent="", outcome="", session_id="", before="") == [held, other, rising]
    client.post(f"/v1/runs/{held}/cancel")
    frames(client, held)
    assert listed(client, outcome="running") == []
    assert listed(client, outcome="cancelled") == [held]


def test_pages_lead_on_to_the_end(client: httpx2.Client) -> None:
    run_ids = [finish(client, "told:words-0")[0] for _ in range(5)]
    seen, before, pages = [], "", 0
    while before is not None:
        page = client.get("/v1/runs", params={"limit": 2, "before": before}).json()
        seen += [run["run_id"] for run in page["runs"]]
        before, pages = page["next"], pages + 1
    assert (seen, pages) == (run_ids[::-1], 3)


def test_history_survives_a_restart(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        finish(client)
        finish(client)
        before = client.get("/v1/runs", params={"limit": 1}).json()
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        assert client.get("/v1/runs", params={"limit": 1}).json() == before
        assert len(listed(client, before=before["next"])) == 1


def test_a_deleted_run_is_gone_and_its_session_stays(client: httpx2.Client) -> None:
    first, _ = finish(client, question="First?")
    session_id = client.get(f"/v1/runs/{first}").json()["session_id"]
    second, _ = finish(client, question="Second?", session_id=session_id)
    assert client.delete(f"/v1/runs/{first}").status_code == 204
    for path in ("", "/events", "/recording", "/feedback"):
        assert client.get(f"/v1/runs/{first}{path}").status_code == 404
    assert client.delete(f"/v1/runs/{first}").status_code == 404
    session = client.get(f"/v1/sessions/{session_id}").json()
    assert (session["title"], [run["run_id"] for run in session["runs"]]) == ("Second?", [second])
    assert client.delete(f"/v1/runs/{second}").status_code == 204
    assert client.get(f"/v1/sessions/{session_id}").status_code == 404


def test_deleting_a_running_run_stops_it_and_lets_its_readers_go(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    with followed(client, run_id) as stream:
        next(stream)
        assert client.delete(f"/v1/runs/{run_id}").status_code == 204
        list(stream)
    assert told.held.cancelled.wait(DEADLINE_S)
    assert listed(client) == []


def test_a_follow_up_goes_on_though_the_question_before_was_deleted(client: httpx2.Client) -> None:
    first, _ = finish(client, question="First?")
    session_id = client.get(f"/v1/runs/{first}").json()["session_id"]
    finish(client, question="Second?", session_id=session_id)
    client.delete(f"/v1/runs/{first}")
    third, sent = finish(client, question="Third?", session_id=session_id)
    assert sent[-1][1] == "done"
    assert client.get(f"/v1/runs/{third}").json()["outcome"] == "completed"


def test_a_session_is_renamed(client: httpx2.Client) -> None:
    run_id, _ = finish(client, question="First?")
    session_id = client.get(f"/v1/runs/{run_id}").json()["session_id"]
    finish(client, question="Elsewhere?")
    answer = client.patch(
        f"/v1/sessions/{session_id}", json={"title": " Revenue\r\n  by quarter: ≥ 10 % \U0001f469\u200d\U0001f52c "}
    )
    assert answer.status_code == 200
    assert answer.json()["title"] == "Revenue by quarter: ≥ 10 % \U0001f469\u200d\U0001f52c"
    assert client.get(f"/v1/sessions/{session_id}").json()["title"] == answer.json()["title"]
    titles = [session["title"] for session in client.get("/v1/sessions").json()["sessions"]]
    assert titles == ["Elsewhere?", answer.json()["title"]]


TITLES: list[tuple[Any, int, str]] = [
    ({"title": ""}, 422, "empty-title"),
    ({"title": " \n\t\u2003"}, 422, "empty-title"),
    ({"title": "x" * 201}, 422, "title-too-long"),
    ({"title": "a\0b"}, 422, "title-not-text"),
    ({"title": "\u200b\u00ad"}, 422, "empty-title"),
    ({"title": "\ud800"}, 422, "invalid-request"),
    ({"title": None}, 422, "invalid-request"),
    ({"title": "x", "name": "y"}, 422, "invalid-request"),
    ({}, 422, "invalid-request"),
]


@pytest.mark.parametrize(("body", "status", "slug"), TITLES, ids=[ascii(row[0])[:40] for row in TITLES])
def test_a_title_that_cannot_be_taken(client: httpx2.Client, body: Any, status: int, slug: str) -> None:
    run_id, _ = finish(client, "told:words-0")
    session_id = client.get(f"/v1/runs/{run_id}").json()["session_id"]
    headers = {"Content-Type": "application/json"}
    answer = client.patch(f"/v1/sessions/{session_id}", content=json.dumps(body), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:playhead:problem:{slug}")
    assert answer.json()["detail"].endswith((".", "more)"))
    assert client.get(f"/v1/sessions/{session_id}").json()["title"] == "Why?"


def test_a_title_of_just_the_longest_length_is_taken(client: httpx2.Client) -> None:
    run_id, _ = finish(client, "told:words-0")
    session_id = client.get(f"/v1/runs/{run_id}").json()["session_id"]
    assert client.patch(f"/v1/sessions/{session_id}", json={"title": "x" * 200}).status_code == 200
    assert client.patch("/v1/sessions/ses_nobody", json={"title": "x"}).status_code == 404


def test_a_page_of_another_site_can_delete_and_rename_nothing(client: httpx2.Client) -> None:
    run_id, _ = finish(client, "told:words-0")
    session_id = client.get(f"/v1/runs/{run_id}").json()["session_id"]
    foreign = {"Origin": "https://evil.example"}
    for answer in (
        client.delete(f"/v1/runs/{run_id}", headers=foreign),
        client.patch(f"/v1/sessions/{session_id}", json={"title": "x"}, headers=foreign),
        client.post(f"/v1/runs/{run_id}/share", headers=foreign),
        client.post(f"/v1/runs/{run_id}/feedback", json={"thumb": "up"}, headers=foreign),
        client.delete("/v1/shared/share_nobody", headers=foreign),
    ):
        assert answer.status_code == 403
    assert client.get("/v1/feedback").json() == {"feedback": []}
    assert listed(client) == [run_id]
