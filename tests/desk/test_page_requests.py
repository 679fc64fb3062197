"""What the pages' script asks of the server of the pages, with a real backend behind it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from backend.client import RunClient, close_shared_http
from backend.desk.page_requests import LARGEST_REQUEST, PageRequests
from tests.api.backend_server import BackendServer
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


async def other_app(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("other")(scope, receive, send)


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[RunClient]:
    with BackendServer(tmp_path, [ToldProvider()]) as server:
        yield RunClient(server.url)
        await close_shared_http()


@pytest.fixture
async def pages(backend: RunClient) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(PageRequests(other_app, backend.base_url, "https://pages.test/"))
    async with httpx2.AsyncClient(transport=transport, base_url="http://pages") as client:
        yield client


async def test_links_are_made_listed_and_withdrawn(backend: RunClient, pages: httpx2.AsyncClient) -> None:
    started = await backend.start_run("Why?", "told:words-2")
    ticket = (await backend.issue_participant()).ticket
    wanted = {"run": started.run_id, "scope": "conversation", "role": "comment", "expires_s": 3600}
    made = (await pages.post("/shares", json={**wanted, "by": {"name": "Ana", "id": ticket}})).json()
    (share,) = await backend.shares()
    assert (share.session_id, share.role, share.by and share.by.name) == (started.session_id, "comment", "Ana")
    listed = await pages.get("/shares", params={"run": started.run_id})
    assert listed.headers["cache-control"] == "no-store"
    assert listed.json() == {**made, "made": ""}
    assert (made["made"], made["pages"], made["problem"]) == (share.share_id, "https://pages.test", "")
    gone = await pages.delete("/shares", params={"run": started.run_id, "share": share.share_id})
    assert (gone.json()["shares"], await backend.shares()) == ([], ())
    assert "Run not found" in (await pages.get("/shares", params={"run": "run_nobody"})).json()["problem"]


async def test_feedback_is_given_and_the_page_learns_who_is_there(
    backend: RunClient, pages: httpx2.AsyncClient
) -> None:
    run_id = (await backend.start_run("Why?", "told:words-2")).run_id
    ticket = (await backend.issue_participant()).ticket
    said = {"run": run_id, "comment": "Well said.", "by": {"name": "Ana", "id": ticket}}
    reply = (await pages.post("/feedback", json=said)).json()
    (kept,) = await backend.feedback(run_id)
    assert (kept.comment, kept.by and kept.by.name) == ("Well said.", "Ana")
    assert reply["given"]["feedback_id"] == kept.feedback_id
    share = await backend.share(run_id, "comment")
    whole, shared = [(await pages.get("/who", params={"share": each})).json() for each in ("", share.share_id)]
    assert (whole["sign_in"], whole["name"], whole["role"]) == (False, "", "host")
    assert whole["may"] == ["ask", "steer", "comment", "show", "share", "delete"]
    assert shared["may"] == ["comment"]
    assert (await pages.get("/who", params={"share": "share_nobody"})).json()["may"] == []


async def test_everything_else_is_passed_on_or_refused(pages: httpx2.AsyncClient) -> None:
    assert (await pages.get("/")).text == (await pages.put("/shares")).text == "other"
    large = b'{"run": "%s"}' % (b"x" * LARGEST_REQUEST)
    for body in (b"", b"[]", b"[" * 10_000, large):
        answer = await pages.post("/shares", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
    # A form of another page may send this type without asking.
    assert (await pages.post("/shares", content=b"{}", headers={"Content-Type": "text/plain"})).status_code == 422
