"""A request behind a proxy: whose word is believed, and what the app sees of it."""

import argparse
from typing import Any

import pytest

from backend.doors.body_limit import BodyLimit
from backend.doors.forwarded import Forwarded, route_path
from backend.doors.guard import Guard
from backend.doors.open_routes import OpenRoutes
from backend.doors.public_address import (
    PublicAddress,
    add_public_address,
    path_prefix,
    proxy_network,
    public_address_of,
    public_url,
)
from tests.doors.asgi import EchoApp, Header, Sent, call

PROXY = PublicAddress(trusted_proxies=("127.0.0.1/32", "10.0.0.0/8", "fd00::/8"))
SAID: tuple[Header, ...] = (
    ("X-Forwarded-Prefix", "/g/"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "demo.example"),
)


class Seen:
    """What reaches the app of a request from this peer."""

    def __init__(self, address: PublicAddress, peer: str | None = "127.0.0.1", allowed: tuple[str, ...] = ()) -> None:
        self.app = EchoApp()
        self._forwarded = Forwarded(self.app, address=address, allowed_hosts=("demo.example", *allowed))
        self._peer = peer

    async def call(self, path: str = "/history", headers: tuple[Header, ...] = SAID) -> Sent:
        async def from_peer(scope: Any, receive: Any, send: Any) -> None:
            client = None if self._peer is None else (self._peer, 5)
            await self._forwarded({"scheme": "http", "client": client, **scope}, receive, send)

        return await call(from_peer, path=path, headers=[("Host", "127.0.0.1:1"), *headers])

    def scope(self) -> dict[str, Any]:
        """The request as the app saw it, with its headers by name."""
        (scope,) = self.app.scopes
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        return {**scope, "headers": headers}


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3", "fd00::7", "::ffff:127.0.0.1"])
async def test_a_trusted_proxy_is_believed(peer: str) -> None:
    seen = Seen(PROXY, peer)
    assert (await seen.call()).status == 200
    scope = seen.scope()
    assert (scope["scheme"], scope["root_path"], scope["path"]) == ("https", "/g", "/g/history")
    assert scope["headers"] == {"host": "demo.example"}


@pytest.mark.parametrize("peer", ["127.0.0.2", "11.1.2.3", "::1", "unix", None])
async def test_nobody_else_is(peer: str | None) -> None:
    seen = Seen(PROXY, peer)
    await seen.call(headers=(*SAID, ("Forwarded", "host=evil.example"), ("X-Gradio-Server", "http://evil.example")))
    scope = seen.scope()
    assert (scope["scheme"], scope.get("root_path", ""), scope["path"]) == ("http", "", "/history")
    assert scope["headers"] == {"host": "127.0.0.1:1"}


@pytest.mark.parametrize("path", ["/g/history", "/history"])
async def test_the_prefix_may_be_taken_away_or_left(path: str) -> None:
    seen = Seen(PublicAddress(root_path="/g"))
    await seen.call(path, headers=())
    assert (seen.scope()["root_path"], seen.scope()["path"]) == ("/g", "/g/history")
    assert route_path(seen.scope()) == "/history"


@pytest.mark.parametrize(("path", "route"), [("/g", "/"), ("/g/", "/"), ("/gg", "/gg")])
async def test_a_route_is_below_the_prefix(path: str, route: str) -> None:
    seen = Seen(PublicAddress(root_path="/g"))
    await seen.call(path, headers=())
    assert route_path(seen.scope()) == route


@pytest.mark.parametrize("prefix", ["g", "/g/../h", "//evil.example", "/g?x", "/<b>", "https://evil.example"])
async def test_a_prefix_that_is_not_a_path_is_passed_over(prefix: str) -> None:
    seen = Seen(PROXY)
    await seen.call(headers=(("X-Forwarded-Prefix", prefix),))
    assert seen.scope()["path"] == "/history"


async def test_of_several_proxies_the_nearest_is_believed() -> None:
    seen = Seen(PROXY, allowed=("near.example",))
    headers = (("X-Forwarded-Host", "evil.example, near.example"), ("X-Forwarded-Proto", "https"))
    await seen.call(headers=(*headers, ("X-Forwarded-Proto", "http")))
    assert (seen.scope()["headers"]["host"], seen.scope()["scheme"]) == ("near.example", "http")


async def test_a_host_that_the_operator_did_not_allow_is_refused() -> None:
    seen = Seen(PROXY)
    sent = await seen.call(headers=(("X-Forwarded-Host", "evil.example"),))
    assert (sent.status, seen.app.scopes) == (421, [])
    assert "start it with --public-url, or with --allow-host" in sent.text


async def test_a_trusted_proxy_s_word_does_not_pass_the_guard_for_the_real_host() -> None:
    app = EchoApp()
    guard = Guard(Forwarded(app, address=PROXY), allowed_hosts=())
    headers = [("Host", "rebound.example"), ("X-Forwarded-Host", "localhost")]
    assert (await call(guard, headers=headers)).status == 421


async def test_rules_about_paths_are_about_routes() -> None:
    address = PublicAddress(root_path="/g")
    app = OpenRoutes(BodyLimit(EchoApp(), default=1, limits={"/upload": 3}), ["POST /upload", "POST /other"])
    forwarded = Forwarded(app, address=address)
    for path, body, status in (
        ("/g/upload", b"abc", 200),
        ("/upload", b"abc", 200),
        ("/g/other", b"abc", 413),
        ("/g/third", b"", 404),
    ):
        assert (await call(forwarded, method="POST", path=path, body=[body])).status == status, path


@pytest.mark.parametrize(("said", "buffering"), [((), ["no"]), ((("X-Accel-Buffering", "yes"),), ["yes"])])
async def test_event_streams_are_not_to_be_buffered(said: tuple[Header, ...], buffering: list[str]) -> None:
    app = EchoApp([("Content-Type", "text/event-stream; charset=utf-8"), *said])
    sent = await call(Forwarded(app, address=PublicAddress()))
    assert sent.header("x-accel-buffering") == buffering
    page = await call(Forwarded(EchoApp([("Content-Type", "text/html")]), address=PublicAddress()))
    assert page.header("x-accel-buffering") == []


def test_a_public_address_names_host_and_prefix() -> None:
    address = PublicAddress(public_url=public_url("https://Demo.example:8443/play/head/"))
    assert (address.prefix, address.hosts) == ("/play/head", ("demo.example",))
    assert PublicAddress("/other", (), "https://demo.example/x").prefix == "/other"
    assert PublicAddress().hosts == ()


@pytest.mark.parametrize(
    "text", ["demo.example", "ftp://demo.example", "https://", "https://a/?q", "https://u:p@a/", "https://a:0"]
)
def test_a_public_address_is_one_of_a_page(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address of a page: write one such as"):
        public_url(text)


@pytest.mark.parametrize("text", ["g", "/a b", "/../x", "/x/./y"])
def test_a_root_path_is_a_path(text: str) -> None:
    with pytest.raises(ValueError, match="is not a path: write one such as"):
        path_prefix(text)
    assert path_prefix("/") == ""


def test_a_proxy_is_an_address_or_a_network() -> None:
    assert str(proxy_network("[::1]")) == "::1/128"
    with pytest.raises(ValueError, match="is not an address: write one such as"):
        proxy_network("localhost")


def test_the_options_of_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_public_address(parser)
    assert public_address_of(parser.parse_args([])) == PublicAddress()
    given = ["--root-path", "/g/", "--trusted-proxy", "127.0.0.1", "--trusted-proxy", "10.1.1.1/8"]
    assert public_address_of(parser.parse_args([*given, "--public-url", "https://a/b/"])) == PublicAddress(
        "/g", ("127.0.0.1/32", "10.0.0.0/8"), "https://a/b"
    )
    with pytest.raises(SystemExit):
        parser.parse_args(["--trusted-proxy", "proxy.example"])
    assert "'proxy.example' is not an address" in capsys.readouterr().err
