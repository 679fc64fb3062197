"""The door of a UI, without a framework: who gets in, with what, and what a browser cannot claim."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from backend.doors.guard import Guard
from backend.doors.sign_in.authority import CredentialRefusedError, SignedInPerson
from backend.doors.sign_in.door import SignInDoor
from backend.doors.sign_in.sessions import MOST_SESSIONS, SIGNED_IN_S, UiSessions
from backend.network.credentials import CREDENTIALS

SHARE = f"share_{'a' * 22}"
PAGE = {"Accept": "text/html"}


class TestAuthority:
    """Knows one token, one code and one share."""

    __test__ = False

    async def sign_in(self, *, token: str = "", code: str = "") -> SignedInPerson:
        if (token, code) not in (("right", ""), ("", "once")):
            message = "This token is not valid here."
            raise CredentialRefusedError(message)
        return SignedInPerson("ana", "steer", "grant-of-ana")

    async def shares(self, share_id: str) -> bool:
        return share_id == SHARE


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that says whom it serves, as its own request and as its calls of the backend have it."""
    sent = [value.decode() for name, value in scope["headers"] if name.lower() == b"playhead-grant"]
    body = f"grant {sent} {CREDENTIALS.headers().get('Playhead-Grant')}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def browser(now: list[float]) -> Iterator[httpx2.AsyncClient]:
    """A browser in front of the door and its guard."""
    CREDENTIALS.use("the key of the UI")
    door = SignInDoor(
        told,
        authority=TestAuthority(),
        cookie="playhead_test_1",
        open_paths=("/health",),
        upload="/upload",
        now=lambda: now[0],
    )
    app = Guard(door, own_pages_only=True)
    transport = httpx2.ASGITransport(app=app, client=("192.0.2.7", 1))
    yield httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860")
    CREDENTIALS.use("")


async def sign_in(browser: httpx2.AsyncClient, token: str = "right") -> httpx2.Response:  # noqa: S107
    return await browser.post("/sign-in", json={"token": token}, headers={"Origin": "http://127.0.0.1:7860"})


async def test_a_stranger_gets_the_form_and_nothing_else(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/history", headers=PAGE)
    assert page.status_code == 401
    assert "<form" in page.text
    assert "grant" not in page.text
    policies = page.headers.get_list("content-security-policy")
    assert any("default-src 'none'" in policy and "frame-ancestors 'none'" in policy for policy in policies)
    assert page.headers["referrer-policy"] == "no-referrer"
    for method, path in (
        ("GET", "/assets/a.js"),
        ("POST", "/gradio_api/queue/join"),
        ("PUT", "/_stcore/upload_file/1"),
    ):
        answer = await browser.request(method, path)
        assert (answer.status_code, answer.text) == (401, "Sign in first: open the page again.\n"), path
    assert (await browser.get("/health")).status_code == 200
    assert (await browser.get("/sign-in")).status_code == 200


async def test_a_person_signs_in_once_and_out_again(browser: httpx2.AsyncClient) -> None:
    answer = await sign_in(browser)
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(r"playhead_test_1=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax", cookie), cookie
    assert (await browser.get("/assets/a.js")).text == "grant ['grant-of-ana'] grant-of-ana"
    assert "signed in as <strong>ana</strong>" in (await browser.get("/sign-in", headers=PAGE)).text
    kept = dict(browser.cookies)
    assert (await browser.post("/sign-out", headers={"Origin": "http://127.0.0.1:7860"})).status_code == 303
    browser.cookies.update(kept)
    assert (await browser.get("/assets/a.js")).status_code == 401, "a copy of the cookie is worth nothing either"


async def test_what_a_browser_says_of_itself_is_removed(browser: httpx2.AsyncClient) -> None:
    forged = {"Playhead-Grant": "grant-of-ben", "Playhead-Role": "host"}
    assert (await browser.get("/health", headers=forged)).text == "grant [] None"
    await sign_in(browser)
    assert (await browser.get("/x", headers=forged)).text == "grant ['grant-of-ana'] grant-of-ana"


async def test_a_session_is_never_one_that_the_browser_came_with(browser: httpx2.AsyncClient) -> None:
    """Somebody who puts a cookie into another's browser does not share the session afterwards."""
    browser.cookies.set("playhead_test_1", "chosen-by-an-attacker")
    await sign_in(browser)
    first = browser.cookies.get("playhead_test_1", domain="127.0.0.1")
    assert first != "chosen-by-an-attacker"
    await sign_in(browser)
    browser.cookies.clear()
    browser.cookies.set("playhead_test_1", first or "")
    assert (await browser.get("/x")).status_code == 401, "the session before ends when another begins"


async def test_a_session_ends_by_itself(browser: httpx2.AsyncClient, now: list[float]) -> None:
    await sign_in(browser)
    now[0] = SIGNED_IN_S + 1
    assert (await browser.get("/x")).status_code == 401


async def test_a_visitor_sees_the_page_of_a_share_and_no_other(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get("/replay", params={"share": f"share_{'b' * 22}"}, headers=PAGE)).status_code == 401
    page = await browser.get("/replay", params={"share": SHARE}, headers=PAGE)
    assert (page.status_code, page.text) == (200, "grant [] None")
    assert "HttpOnly" in page.headers["set-cookie"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert (await browser.get("/assets/a.js")).status_code == 200
    assert (await browser.get("/history", headers=PAGE)).status_code == 401
    own = {"Origin": "http://127.0.0.1:7860"}
    for path in ("/upload", "/upload/1", "/x/../upload"):
        answer = await browser.post(path, headers=own)
        assert answer.status_code == 401, "a visitor has nothing to bring"
    assert (await browser.post("/uploads", headers=own)).status_code == 200
    await sign_in(browser)
    assert (await browser.post("/upload", headers=own)).status_code == 200


def test_visitors_sign_nobody_out_however_many_they_are() -> None:
    sessions = UiSessions(lambda: 0.0)
    person = sessions.begin(SignedInPerson("ana", "steer", "grant"))
    first, *_ = [sessions.begin(None) for _ in range(MOST_SESSIONS + 1)]
    assert sessions.find(first) is None
    assert sessions.find(person) is not None


async def test_programs_that_preview_a_link_use_nothing_up(browser: httpx2.AsyncClient) -> None:
    """A code comes after ``#``, which is not sent; also a program that sends it all the same signs nobody in."""
    for method in ("HEAD", "GET", "OPTIONS"):
        for link in ("/sign-in", "/sign-in?code=once", "/sign-in?token=right"):
            answer = await browser.request(method, link, headers={"User-Agent": "Slackbot-LinkExpanding 1.0", **PAGE})
            assert "set-cookie" not in answer.headers
    answer = await browser.post("/sign-in", json={"code": "once"}, headers={"Origin": "http://127.0.0.1:7860"})
    assert answer.status_code == 204


async def test_another_port_of_this_machine_neither_signs_in_nor_out(browser: httpx2.AsyncClient) -> None:
    await sign_in(browser)
    for path in ("/sign-in", "/sign-out", "/gradio_api/queue/join"):
        for headers in ({"Origin": "http://127.0.0.1:3333"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
            answer = await browser.post(path, json={"token": "right"}, headers=headers)
            assert answer.status_code == 403, (path, headers)
    assert (await browser.get("/x")).status_code == 200


async def test_wrong_tokens_are_counted_and_nothing_of_them_is_repeated(browser: httpx2.AsyncClient) -> None:
    answers = [await sign_in(browser, f"wrong-{number}") for number in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert not [answer for answer in answers if "wrong-" in answer.text]
    assert (await sign_in(browser)).status_code == 429


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"token": 7}', b'{"token": "' + b"x" * 5000 + b'"}', b"\xff"])
async def test_what_is_not_a_form_is_refused(browser: httpx2.AsyncClient, body: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        answer = await browser.post("/sign-in", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 422, kind


async def test_a_browser_without_scripts_signs_in_as_well_and_is_sent_to_no_other_site(
    browser: httpx2.AsyncClient,
) -> None:
    for path in ("/sign-in", "//evil.example/sign-in", "/sign-in?next=//evil.example"):
        answer = await browser.post(path, data={"token": "right", "next": "https://evil.example"})
        assert answer.headers.get("location", "/") == "/", path
