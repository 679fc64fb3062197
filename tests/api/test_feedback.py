"""Feedback: given, listed, taken away as a table that runs nothing."""

import csv
import io
import json
from typing import Any

import httpx2
import pytest
from hypothesis import given, strategies as st

from backend.api.feedback_csv import COLUMNS, feedback_csv
from backend.protocol.spreadsheet_cells import inert
from backend.runs.review import FeedbackRecord
from tests.api.readers import finish, frames, start
from tests.api.told_agents import ToldProvider

CSV = {"Accept": "text/csv"}
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"


def give(client: httpx2.Client, run_id: str, body: dict[str, Any], **headers: str) -> httpx2.Response:
    headers = {"Content-Type": "application/json", **headers}
    return client.post(f"/v1/runs/{run_id}/feedback", content=json.dumps(body), headers=headers)


def table(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV as a program reads them."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.server
def test_feedback_is_kept_and_listed_in_order(client: httpx2.Client) -> None:
    one, _ = finish(client, question="Why?")
    other, _ = finish(client, "told:words-2", question="What?")
    first = give(client, one, {"thumb": "down", "comment": " Which quarter?\nSay so. ", "at_ms": 0.01})
    assert first.status_code == 201
    told = first.json()
    assert (told["thumb"], told["comment"], told["at_ms"]) == ("down", "Which quarter?\nSay so.", 0.01)
    assert (told["run_id"], told["question"], told["agent"]) == (one, "Why?", "told:ordinary")
    assert told["created_at"].endswith("+00:00")
    second = give(client, other, {"comment": "Fine \U0001f30d"}).json()
    third = give(client, one, {"thumb": "up"}).json()
    assert client.get("/v1/feedback").json() == {"feedback": [told, second, third]}
    assert client.get(f"/v1/runs/{one}/feedback").json() == {"feedback": [told, third]}
    client.delete(f"/v1/runs/{one}")
    assert client.get("/v1/feedback").json() == {"feedback": [second]}


@pytest.mark.server
def test_the_same_key_counts_once(client: httpx2.Client) -> None:
    run_id, _ = finish(client, "told:words-1")
    key = {"Idempotency-Key": "k"}
    first = give(client, run_id, {"thumb": "up"}, **key)
    again = give(client, run_id, {"thumb": "up"}, **key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = give(client, run_id, {"thumb": "down"}, **key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:playhead:problem:key-reused")
    assert len(client.get("/v1/feedback").json()["feedback"]) == 1


BAD: list[tuple[Any, str]] = [
    ({}, "empty-feedback"),
    ({"comment": " \n "}, "empty-feedback"),
    ({"thumb": None, "comment": "", "at_ms": 0}, "empty-feedback"),
    ({"thumb": "sideways"}, "invalid-request"),
    ({"thumb": "up", "stars": 5}, "invalid-request"),
    ({"comment": "x" * 4001}, "comment-too-long"),
    ({"comment": "a\0b"}, "comment-not-text"),
    ({"comment": "\ud800"}, "invalid-request"),
    ({"thumb": "up", "at_ms": -0.001}, "moment-before-run"),
    ({"thumb": "up", "at_ms": 10**9}, "moment-beyond-run"),
    ({"thumb": "up", "at_ms": "soon"}, "invalid-request"),
]


@pytest.mark.server
def test_feedback_that_cannot_be_taken_is_refused_with_a_sentence(client: httpx2.Client) -> None:
    run_id, _ = finish(client, "told:words-1")
    for body, slug in BAD:
        answer = give(client, run_id, body)
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (422, f"urn:playhead:problem:{slug}"), body
        assert problem["detail"].endswith((".", "more)")), problem
    for number in (b"NaN", b"Infinity", b"-Infinity", b"1e400"):
        content = b'{"thumb": "up", "at_ms": ' + number + b"}"
        headers = {"Content-Type": "application/json"}
        assert client.post(f"/v1/runs/{run_id}/feedback", content=content, headers=headers).status_code == 422, number
    assert client.get("/v1/feedback").json() == {"feedback": []}
    assert give(client, run_id, {"comment": "x" * 4000}).status_code == 201
    for body in ({"thumb": "up"}, {}):
        unknown = give(client, "run_nobody", body)
        assert unknown.status_code == (404 if body else 422)
    refused = give(client, "share_nobody", {"thumb": "up"})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:playhead:problem:share-is-read-only")


@pytest.mark.server
def test_the_end_of_a_run_is_its_last_moment(client: httpx2.Client) -> None:
    run_id, _ = finish(client, "told:words-1")
    duration_ms = client.get(f"/v1/runs/{run_id}").json()["duration_ms"]
    rounded_up = give(client, run_id, {"thumb": "up", "at_ms": duration_ms + 0.9})
    assert rounded_up.json()["at_ms"] == duration_ms
    beyond = give(client, run_id, {"thumb": "up", "at_ms": duration_ms + 1.1})
    assert beyond.json()["limit_ms"] == duration_ms
    assert give(client, run_id, {"thumb": "up", "at_ms": 0}).json()["at_ms"] == 0


@pytest.mark.server
def test_a_run_under_way_is_commented_up_to_now(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    told.held.begun.wait()
    seen_ms = client.get(f"/v1/runs/{run_id}").json()["view"]["stream"]["last_at_ms"]
    # The run is silent since then, and its time goes on all the same.
    later = give(client, run_id, {"comment": "It hangs", "at_ms": seen_ms + 0.5})
    assert (later.status_code, later.json()["at_ms"]) == (201, seen_ms + 0.5)
    refused = give(client, run_id, {"comment": "Tomorrow", "at_ms": 86_400_000})
    assert refused.json()["type"] == "urn:playhead:problem:moment-beyond-run"
    told.held.go_on.set()
    frames(client, run_id)
    assert client.get(f"/v1/runs/{run_id}/feedback").json()["feedback"] == [later.json()]


@pytest.mark.server
def test_the_table_is_asked_for_by_its_media_type(client: httpx2.Client) -> None:
    run_id, _ = finish(client, "told:words-1", question='=HYPERLINK("http://evil.example","Click")')
    give(client, run_id, {"thumb": "down", "comment": 'He said "no",\nthen; =1+1', "at_ms": 0.5})
    answer = client.get("/v1/feedback", headers=CSV)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="feedback.csv"'
    assert answer.headers["vary"] == "Accept"
    (row,) = table(answer.content)
    assert tuple(row) == COLUMNS
    assert (row["run_id"], row["thumb"], row["at_ms"], row["agent"]) == (run_id, "down", "0.500", "told:words-1")
    assert row["comment"] == 'He said "no",\nthen; \'=1+1'
    assert row["question"] == '\'=HYPERLINK("http://evil.example","Click")'
    for accept in ("application/json", "*/*", "text/csv;q=0", "application/json, text/csv;q=0.5"):
        assert client.get("/v1/feedback", headers={"Accept": accept}).json()["feedback"][0]["run_id"] == run_id


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40), st.text(alphabet="=+-@;\t\r\n ',\"ab", max_size=20))
def test_a_table_of_any_text_reads_back_and_runs_nothing(comment: str, question: str) -> None:
    record = FeedbackRecord("fb_1", "run_1", None, comment, None, "2026-11-22", question, "documents")
    data = feedback_csv([record, record])
    rows = table(data)
    assert len(rows) == 2
    assert rows[0] == rows[1]
    assert (rows[0]["comment"], rows[0]["question"]) == (inert(comment), inert(question))
    for cell in rows[0].values():
        assert all(piece.lstrip()[:1] not in SIGNS or not piece.strip() for piece in _cells(cell))


def _cells(text: str) -> list[str]:
    """The text as a spreadsheet may split it that takes line breaks, tabs and semicolons for borders."""
    for border in "\r\n\t":
        text = text.replace(border, ";")
    return text.split(";")
