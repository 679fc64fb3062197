"""Whatever is sent, the answer is a problem with one sentence that says what to do."""

from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from backend.agents.agent import RunRequest
from tests.api.backend_server import BackendServer
from tests.api.readers import finish
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

ASK = {"question": "Why?", "agent": "told:ordinary"}
JSON = {"Content-Type": "application/json"}


def expect(answer: httpx2.Response, status: int, slug: str, *words: str) -> dict[str, Any]:
    """The problem that the answer must be."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = cast(dict[str, Any], answer.json())
    assert problem["type"] == f"urn:playhead:problem:{slug}", problem
    assert problem["status"] == status
    assert problem["instance"] == answer.request.url.path
    assert problem["title"]
    assert problem["detail"].rstrip().endswith("."), problem["detail"]
    assert "\n" not in problem["detail"]
    assert "Traceback" not in answer.text
    for word in words:
        assert word in problem["detail"], problem["detail"]
    return problem


BODIES: list[tuple[str, Any, int, str, tuple[str, ...]]] = [
    ("empty question", {**ASK, "question": ""}, 422, "empty-question", ("write one",)),
    ("blank question", {**ASK, "question": " \n\t\u3000"}, 422, "empty-question", ("write one",)),
    ("no question", {"agent": "told:ordinary"}, 422, "invalid-request", ("question",)),
    ("question of 16 kB + 1", {**ASK, "question": "x" * 16385}, 413, "question-too-large", ("16,385", "16,384")),
    ("question of 16 kB in UTF-8", {**ASK, "question": "\u00e9" * 8193}, 413, "question-too-large", ("16,386",)),
    ("question with NUL", {**ASK, "question": "a\0b"}, 422, "question-not-text", ("NUL",)),
    ("question that is a number", {**ASK, "question": 7}, 422, "invalid-request", ("question",)),
    ("question that is null", {**ASK, "question": None}, 422, "invalid-request", ("question",)),
    ("unknown agent", {**ASK, "agent": "told:ordinry"}, 422, "unknown-agent", ("told:ordinary",)),
    ("unknown family", {**ASK, "agent": "tld:x"}, 422, "unknown-agent", ("told:ordinary",)),
    ("no family near", {**ASK, "agent": "zzzz"}, 422, "unknown-agent", ("told",)),
    ("empty agent", {**ASK, "agent": ""}, 422, "unknown-agent", ("told",)),
    ("unknown field", {**ASK, "quesion": "x"}, 422, "invalid-request", ("quesion",)),
    ("unknown option", {**ASK, "options": {"sped": 2}}, 422, "invalid-request", ("options.sped",)),
    ("option out of range", {**ASK, "options": {"speed": -1}}, 422, "invalid-request", ("options.speed",)),
    ("option of the wrong type", {**ASK, "options": {"seed": "x"}}, 422, "invalid-request", ("options.seed",)),
    ("timeout of zero", {**ASK, "options": {"timeout_s": 0}}, 422, "invalid-request", ("options.timeout_s",)),
    ("a silence that is too long", {**ASK, "options": {"silence_s": 901}}, 422, "silence-limit-too-long", ("900 s",)),
    ("no silence at all", {**ASK, "options": {"silence_s": 0}}, 422, "invalid-request", ("options.silence_s",)),
    ("options that are a list", {**ASK, "options": []}, 422, "invalid-request", ("options",)),
    ("unknown session", {**ASK, "session_id": "ses_nobody"}, 422, "unknown-session", ("session_id",)),
    ("a list", [1, 2], 422, "invalid-request", ("JSON object",)),
    ("a text", "x", 422, "invalid-request", ("JSON object",)),
]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client of a backend that no test here leaves a run on."""
    with (
        BackendServer(
            tmp_path_factory.mktemp("data"), [ToldProvider()], max_recording_bytes=2000, max_silence_s=900
        ) as backend,
        backend.client() as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("body", "status", "slug", "words"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES]
)
def test_a_run_that_cannot_be_started(
    asked: httpx2.Client, body: Any, status: int, slug: str, words: tuple[str, ...]
) -> None:
    expect(asked.post("/v1/runs", json=body), status, slug, *words)
    assert asked.get("/v1/sessions").json() == {"sessions": []}


RAW: list[tuple[str, bytes, dict[str, Any], int, str]] = [
    ("cut JSON", b'{"question": "x', JSON, 400, "malformed-json"),
    ("no JSON", b"question=x", JSON, 400, "malformed-json"),
    ("not UTF-8", b'{"question": "\xff\xfe"}', JSON, 400, "unreadable-body"),
    ("half a surrogate pair", b'{"question": "\\ud83d", "agent": "told:ordinary"}', JSON, 422, "invalid-request"),
    ("half a surrogate pair as a field", b'{"question": "x", "\\ud83d": 1}', JSON, 422, "invalid-request"),
    ("half a surrogate pair as an agent", b'{"question": "x", "agent": "\\udc00"}', JSON, 422, "invalid-request"),
    ("nested too deep", b"[" * 100_000, JSON, 400, "unreadable-body"),
    ("empty", b"", JSON, 400, "empty-body"),
    ("empty, without a type", b"", {}, 400, "empty-body"),
    ("a form", b"question=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "not-json"),
    ("text", b'{"question": "x"}', {"Content-Type": "text/plain"}, 415, "not-json"),
    ("without a type", b'{"question": "x"}', {}, 415, "not-json"),
    ("too large", b'{"question": "' + b"x" * 300_000 + b'"}', JSON, 413, "body-too-large"),
    ("a malformed key", b'{"question": "x"}', {**JSON, "Idempotency-Key": b"k\xe9y"}, 400, "malformed-key"),
    ("a long key", b'{"question": "x"}', {**JSON, "Idempotency-Key": "k" * 201}, 400, "malformed-key"),
]


@pytest.mark.parametrize(("body", "headers", "status", "slug"), [row[1:] for row in RAW], ids=[row[0] for row in RAW])
def test_a_body_that_cannot_be_read(
    asked: httpx2.Client, body: bytes, headers: dict[str, Any], status: int, slug: str
) -> None:
    expect(asked.post("/v1/runs", content=body, headers=headers), status, slug)


def test_a_body_without_a_length_is_measured_while_it_is_read(asked: httpx2.Client) -> None:
    pieces = (b" " * 1000 for _ in range(300))
    expect(asked.post("/v1/runs", content=pieces, headers=JSON), 413, "body-too-large", "262,144")


PATHS: list[tuple[str, str, int, str]] = [
    ("GET", "/v1/runs/run_nobody", 404, "unknown-run"),
    ("GET", "/v1/runs/run_nobody/events", 404, "unknown-run"),
    ("GET", "/v1/runs/run_nobody/events?after=1-7", 404, "unknown-run"),
    ("GET", "/v1/runs/run_nobody/recording", 404, "unknown-run"),
    ("POST", "/v1/runs/run_nobody/cancel", 404, "unknown-run"),
    ("GET", "/v1/runs/..%2F..%2Fetc%2Fpasswd", 404, "unknown-path"),
    ("GET", "/v1/runs/%00", 404, "unknown-run"),
    ("GET", "/v1/sessions/ses_nobody", 404, "unknown-session"),
    ("DELETE", "/v1/sessions/ses_nobody", 404, "unknown-session"),
    ("GET", "/v1/sessions?limit=0", 422, "invalid-request"),
    ("GET", "/v1/sessions?limit=many", 422, "invalid-request"),
    ("GET", "/v1/agents/told:nobody/plan", 404, "unknown-agent"),
    ("GET", "/v1/agents/nobody/plan", 404, "unknown-agent"),
    ("GET", "/v1/agents/told:ordinary/plan", 404, "no-plan"),
    ("GET", "/v1/agents/told:ordinary/plan?seed=-1", 422, "invalid-request"),
    ("GET", "/", 404, "unknown-path"),
    ("GET", "/v1", 404, "unknown-path"),
    ("GET", "/docs", 404, "unknown-path"),
    ("GET", "/v1/runs?before=yesterday", 400, "malformed-place"),
    ("GET", "/v1/runs?before=0", 400, "malformed-place"),
    ("GET", "/v1/runs?before=-1", 400, "malformed-place"),
    ("GET", "/v1/runs?before=%D9%A1", 400, "malformed-place"),
    ("GET", f"/v1/runs?before={'9' * 19}", 400, "malformed-place"),
    ("GET", "/v1/runs?limit=0", 422, "invalid-request"),
    ("GET", "/v1/runs?limit=1001", 422, "invalid-request"),
    ("GET", "/v1/runs?outcome=ended", 422, "invalid-request"),
    ("GET", f"/v1/runs?text={'x' * 1001}", 422, "invalid-request"),
    ("DELETE", "/v1/runs/run_nobody", 404, "unknown-run"),
    ("DELETE", "/v1/runs/share_nobody", 403, "share-is-read-only"),
    ("POST", "/v1/runs/share_nobody/cancel", 403, "share-is-read-only"),
    ("POST", "/v1/runs/share_nobody/share", 403, "share-is-read-only"),
    ("GET", "/v1/runs/share_nobody", 404, "unknown-run"),
    ("POST", "/v1/runs/run_nobody/share", 404, "unknown-run"),
    ("GET", "/v1/runs/run_nobody/feedback", 404, "unknown-run"),
    ("GET", "/v1/shared/share_nobody", 404, "unknown-share"),
    ("GET", "/v1/shared/share_nobody/events", 404, "unknown-share"),
    ("GET", "/v1/shared/share_nobody/recording", 404, "unknown-share"),
    ("DELETE", "/v1/shared/share_nobody", 404, "unknown-share"),
    ("PUT", "/v1/runs", 405, "method-not-allowed"),
    ("OPTIONS", "/v1/runs", 405, "method-not-allowed"),
    ("PATCH", "/v1/runs/run_nobody", 405, "method-not-allowed"),
    ("POST", "/healthz", 405, "method-not-allowed"),
]


@pytest.mark.parametrize(("method", "path", "status", "slug"), PATHS, ids=[f"{row[0]} {row[1]}" for row in PATHS])
def test_a_path_that_leads_nowhere(asked: httpx2.Client, method: str, path: str, status: int, slug: str) -> None:
    answer = asked.request(method, path)
    expect(answer, status, slug)
    assert ("allow" in answer.headers) == (status == 405)


ALLOWED = [
    ("PUT", "/v1/runs", "GET, POST"),
    ("PUT", "/v1/runs/run_nobody", "GET, DELETE"),
    ("POST", "/v1/sessions/ses_nobody", "GET, PATCH, DELETE"),
    ("POST", "/v1/shared/share_nobody", "GET, DELETE"),
    ("DELETE", "/healthz", "GET"),
]


@pytest.mark.parametrize(("method", "path", "allowed"), ALLOWED, ids=[f"{row[0]} {row[1]}" for row in ALLOWED])
def test_a_method_that_is_not_for_a_path_is_told_all_that_are(
    asked: httpx2.Client, method: str, path: str, allowed: str
) -> None:
    answer = asked.request(method, path)
    problem = expect(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allowed
    assert problem["detail"] == f"{method} is not for {path}: use {allowed}."


RECORDINGS: list[tuple[str, bytes, int, str, str]] = [
    ("empty", b"", 422, "malformed-recording", "empty"),
    ("no recording", b'{"question": "x"}\n', 422, "malformed-recording", "header"),
    ("a header alone", b'{"playhead": "recording"}\n', 422, "malformed-recording", "no event"),
    (
        "damage in the middle",
        b'{"playhead": "recording"}\n{"type": "token", "text": "a"}\nrubbish\n{"type": "done"}\n',
        422,
        "malformed-recording",
        "Line 3",
    ),
    ("a newer version", b'{"playhead": "recording", "version": 9}\n', 422, "malformed-recording", "version 9"),
    ("too large", b'{"playhead": "recording"}\n' + b" " * 2000, 413, "body-too-large", "2,000"),
]


@pytest.mark.parametrize(
    ("body", "status", "slug", "word"), [row[1:] for row in RECORDINGS], ids=[row[0] for row in RECORDINGS]
)
def test_a_recording_that_cannot_be_taken(asked: httpx2.Client, body: bytes, status: int, slug: str, word: str) -> None:
    expect(asked.post("/v1/recordings", content=body), status, slug, word)


def test_a_question_of_the_longest_kind_is_taken(asked: httpx2.Client) -> None:
    run_id, sent = finish(asked, question="\u00e9" * 8192)
    assert sent[-1][1] == "done"
    session = asked.get(f"/v1/runs/{run_id}").json()["session_id"]
    assert asked.delete(f"/v1/sessions/{session}").status_code == 204


class BrokenProvider(ToldProvider):
    """Fails in a way nobody thought of."""

    async def plan(self, variant: str, request: RunRequest) -> Any:
        raise ZeroDivisionError("secret detail")


def test_an_error_of_the_server_tells_no_detail(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (
        BackendServer(tmp_path, [BrokenProvider()]) as backend,
        backend.client() as client,
    ):
        while client.get("/readyz").status_code != 200:
            pass
        answer = client.get("/v1/agents/told:ordinary/plan", params={"question": "Why?"})
        expect(answer, 500, "server-error", "log")
        assert "secret" not in answer.text
    assert "secret detail" in caplog.text
