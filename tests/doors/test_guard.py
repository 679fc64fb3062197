"""Which requests pass the guard: nothing that a page of another site could send, but a link that a person follows."""

import pytest

from backend.doors.guard import Guard
from tests.doors.asgi import LOOPBACK, EchoApp, Header, call, connect

CROSS_SITE = ("Sec-Fetch-Site", "cross-site")
EVIL: Header = ("Origin", "http://evil.example")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:99", "localhost.", "127.0.0.1:8750", "[::1]:8750", "demo.localhost", "Demo.Example."],
)
async def test_a_name_of_this_server_is_taken(host: str) -> None:
    guard = Guard(EchoApp(), allowed_hosts=["demo.example"])
    assert (await call(guard, headers=[("Host", host)])).status == 200
    assert (await connect(guard, headers=[("Host", host)])).messages == [{"type": "websocket.accept"}]


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["evil.example"],
        ["evil.example:8750"],
        ["127.0.0.1.evil.example"],
        ["evil.example@127.0.0.1"],
        ["10.0.0.1"],
        ["0.0.0.0"],
        ["[::2]:1"],
        ["127.0.0.1", "evil.example"],
        ["127.0.0.1", "127.0.0.1"],
    ],
)
async def test_another_name_is_refused(hosts: list[str]) -> None:
    app = EchoApp()
    headers = [("Host", host) for host in hosts]
    for method in ("GET", "OPTIONS", "POST"):
        assert (await call(Guard(app), method=method, headers=headers)).status == 421
    assert [message["type"] for message in (await connect(Guard(app), headers=headers)).messages] == ["websocket.close"]
    assert app.scopes == []


async def test_a_refused_name_is_said_with_what_to_do() -> None:
    sent = await call(Guard(EchoApp()), headers=[("Host", "Evil.Example:8750")])
    assert sent.text == (
        "This server does not answer to 'evil.example': call it by its own address, such as 127.0.0.1:8750, "
        "or start it with --allow-host for a name that leads to it.\n"
    )
    assert sent.header("content-type") == ["text/plain; charset=utf-8"]
    assert sent.header("x-content-type-options") == ["nosniff"]


async def test_nothing_of_a_malformed_name_is_repeated() -> None:
    sent = await call(Guard(EchoApp()), headers=[("Host", "<script>alert(1)</script>")])
    assert sent.status == 421
    assert "script" not in sent.text


@pytest.mark.parametrize(
    "headers",
    [
        [EVIL],
        [("Origin", "null")],
        [("Origin", "")],
        [("Origin", "http://127.0.0.1.evil.example")],
        [("Origin", "chrome-extension://localhost")],
        [("Origin", "http://localhost"), EVIL],
        [CROSS_SITE],
        [("Origin", "http://localhost:7860"), CROSS_SITE],
        [("Sec-Fetch-Site", "same-origin"), CROSS_SITE],
    ],
)
async def test_a_page_of_another_site_changes_nothing_and_opens_no_websocket(headers: list[Header]) -> None:
    app = EchoApp()
    for method in UNSAFE:
        sent = await call(Guard(app), method=method, headers=[LOOPBACK, *headers])
        assert sent.status == 403
        assert sent.text.startswith("A page of another site sent this request")
    opened = await connect(Guard(app), headers=[LOOPBACK, *headers])
    assert [message["type"] for message in opened.messages] == ["websocket.close"]
    assert app.scopes == []


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Origin", "http://127.0.0.1:7860"), ("Sec-Fetch-Site", "same-origin")],
        [("Origin", "http://LOCALHOST:3000"), ("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "none")],
        [("Origin", "https://demo.example")],
    ],
)
async def test_a_page_of_this_machine_and_a_program_may(headers: list[Header]) -> None:
    guard = Guard(EchoApp(), allowed_hosts=["demo.example"])
    for method in ("GET", *UNSAFE):
        assert (await call(guard, method=method, headers=[LOOPBACK, *headers])).status == 200
    assert (await connect(guard, headers=[LOOPBACK, *headers])).messages == [{"type": "websocket.accept"}]


@pytest.mark.parametrize(
    ("method", "mode", "destination", "status"),
    [
        ("GET", "navigate", "document", 200),
        ("HEAD", "navigate", "document", 200),
        ("POST", "navigate", "document", 403),
        ("GET", "navigate", "iframe", 403),
        ("GET", "navigate", "embed", 403),
        ("GET", "no-cors", "image", 403),
        ("GET", "no-cors", "script", 403),
        ("GET", "cors", "empty", 403),
        ("OPTIONS", "cors", "empty", 403),
    ],
)
async def test_from_another_site_only_a_link_leads_here(method: str, mode: str, destination: str, status: int) -> None:
    headers = [LOOPBACK, CROSS_SITE, ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination)]
    assert (await call(Guard(EchoApp()), method=method, headers=headers)).status == status


async def test_a_websocket_is_refused_with_a_sentence_where_the_server_can() -> None:
    sent = await connect(Guard(EchoApp()), headers=[LOOPBACK, EVIL], extensions=["websocket.http.response"])
    assert [message["type"] for message in sent.messages] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert sent.status == 403
    assert sent.text.startswith("A page of another site")


async def test_nothing_may_be_framed_whatever_the_app_says() -> None:
    guard = Guard(EchoApp([("Content-Security-Policy", "default-src 'self'"), ("X-Frame-Options", "SAMEORIGIN")]))
    answers = [await call(guard), await call(guard, headers=[("Host", "evil.example")])]
    for sent in answers:
        assert sent.header("x-frame-options") == ["DENY"]
        assert sent.header("content-security-policy")[-1].startswith("frame-ancestors 'none'; object-src 'none'; ")
        assert sent.header("referrer-policy") == ["no-referrer"]
        assert sent.header("x-content-type-options") == ["nosniff"]
    assert answers[0].header("content-security-policy")[0] == "default-src 'self'"


async def test_no_page_of_another_origin_reads_an_answer_whatever_the_app_says() -> None:
    allowed = [("Access-Control-Allow-Origin", EVIL[1]), ("access-control-allow-credentials", "true")]
    sent = await call(Guard(EchoApp(allowed)), headers=[LOOPBACK, EVIL])
    assert sent.status == 200
    for name, _ in allowed:
        assert sent.header(name.lower()) == []


async def test_other_scopes_pass() -> None:
    app = EchoApp()
    scope = {"type": "lifespan"}

    async def unused(*_: object) -> None:
        raise AssertionError

    await Guard(app)(scope, unused, unused)  # type: ignore[arg-type]
    assert app.scopes == [scope]


def test_a_server_does_not_start_with_a_name_that_is_not_one() -> None:
    with pytest.raises(ValueError, match="is not a host name"):
        Guard(EchoApp(), allowed_hosts=["https://demo.example"])
