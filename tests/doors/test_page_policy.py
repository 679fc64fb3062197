"""The policy of a page: its own scripts by their digests, and nothing that was put into it in another way."""

import base64
import gzip
import hashlib

import pytest
from starlette.types import Receive, Scope, Send

from backend.doors.page_policy import PagePolicy, script_digests
from tests.doors.asgi import LOOPBACK, Header, Sent, call

HTML: Header = ("Accept", "text/html")


class Page:
    """An app that sends a page in two pieces."""

    def __init__(self, text: str, kind: str = "text/html; charset=utf-8", disposition: str = "") -> None:
        self._body = text.encode()
        self._headers = [(b"content-type", kind.encode())]
        if disposition:
            self._headers.append((b"content-disposition", disposition.encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body[:20], "more_body": True})
        await send({"type": "http.response.body", "body": self._body[20:]})


def digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def directives(sent: Sent) -> dict[str, list[str]]:
    """The sources by directive."""
    (policy,) = sent.header("content-security-policy")
    return {name: sources for name, *sources in (part.split() for part in policy.split("; "))}


async def test_a_page_runs_its_own_scripts_and_loads_from_its_server_alone() -> None:
    text = '<head><script>one()</script><script src="a.js"></script><SCRIPT type="module">\ntwo("ä")\n</SCRIPT></head>'
    sent = await call(PagePolicy(Page(text), scripts=("blob:",)), headers=[LOOPBACK, HTML])
    found = directives(sent)
    assert sent.text == text
    assert found["script-src"] == ["'self'", "blob:", digest("one()"), digest('\ntwo("ä")\n')]
    assert found["default-src"] == ["'none'"]
    assert found["connect-src"] == ["'self'", "ws://127.0.0.1:8750", "wss://127.0.0.1:8750"]
    assert "'unsafe-inline'" not in found["script-src"]


@pytest.mark.parametrize(
    "answer",
    [("application/json",), ("text/event-stream",), ("text/plain",), ("text/html", 'attachment; filename="a.html"')],
)
async def test_what_is_not_a_page_passes_as_it_comes(answer: tuple[str, ...]) -> None:
    sent = await call(PagePolicy(Page("<script>x</script> and more text", *answer)))
    assert sent.header("content-security-policy") == []
    assert len([each for each in sent.messages if each["type"] == "http.response.body"]) == 2


class Kept:
    """An app whose page has a tag, and which sends it packed, or 304 to a browser that has it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/html"), (b"etag", b'"1"')]
        has_it = (b"if-none-match", b'"1"') in scope["headers"]
        body = b"" if has_it else gzip.compress(b"<script>one()</script>")
        headers += [] if has_it else [(b"content-encoding", b"gzip")]
        await send({"type": "http.response.start", "status": 304 if has_it else 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def test_a_page_that_the_browser_has_keeps_its_policy() -> None:
    """The headers of a 304 replace those that the browser kept with the page."""
    policy = PagePolicy(Kept())
    asked = [LOOPBACK, HTML, ("If-None-Match", '"1"')]
    first, second = await call(policy, headers=asked), await call(policy, headers=asked)
    assert (first.status, second.status) == (200, 304), "whose digests nobody knows any more is sent anew"
    assert digest("one()") in directives(first)["script-src"]
    assert directives(second) == directives(first)


def test_a_script_that_stands_twice_has_one_digest() -> None:
    assert script_digests("<script>a</script><script>a</script>") == (digest("a"),)
