"""The door of a UI: everything that its framework serves is for people who signed in, and for visitors of a share.

Who came in stands in two headers of the request that is passed on, which nobody outside can send: the grant with which
the UI asks the backend, and the person's role. A visitor of a share has neither, and gets what the share's id gives.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.doors.failed_attempts import FailedAttempts
from backend.doors.forwarded import route_path
from backend.doors.refusal import POLICY_VIOLATION
from backend.doors.sign_in.authority import Authority, CredentialRefusedError
from backend.doors.sign_in.page import sign_in_form, signed_in_page
from backend.doors.sign_in.sessions import SIGNED_IN_S, UiSession, UiSessions
from backend.network.credentials import acting_for

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"

GRANT: Final = "playhead-grant"
ROLE: Final = "playhead-role"
_OURS: Final = (GRANT.encode(), ROLE.encode())

_SHARE = re.compile(r"share_[A-Za-z0-9_-]{22}(?:\.[A-Za-z0-9_-]{1,22})?", re.ASCII)
_LONGEST_BODY: Final = 4096


class SignInDoor:
    """Lets people in who have signed in, and visitors whose address names a share; shows the others a form."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        authority: Authority,
        cookie: str,
        open_paths: tuple[str, ...] = (),
        upload: str = "",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``cookie`` is the name of this UI's own: browsers send cookies to every port of a host. ``open_paths`` are
        answered to everybody, such as the one that says that the UI runs. ``upload`` is where files are sent to, which
        visitors have none of: it and all below it are for people. ``now`` gives seconds."""
        self._app = app
        self._authority = authority
        self._cookie = cookie
        self._open = open_paths
        self._upload = upload
        self._sessions = UiSessions(now)
        self._failures = FailedAttempts(now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as its person's, or answer with the form or a refusal."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = route_path(scope)
        secret = _cookie_of(scope, self._cookie)
        session = self._sessions.find(secret) if secret else None
        if path in self._open:
            await self._serve(None, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._connect(session, scope, receive, send)
        elif path in (SIGN_IN, SIGN_OUT):
            await (await self._form(path, session, secret, Request(scope, receive)))(scope, receive, send)
        elif session is not None and (session.person is not None or self._is_for_visitors(path, scope)):
            await self._serve(session, scope, receive, send)
        else:
            await self._visit(scope, receive, send)

    def _is_for_visitors(self, path: str, scope: Scope) -> bool:
        """Whether the page of a share loads it. The page itself has to name its share each time."""
        uploads = bool(self._upload) and (path == self._upload or path.startswith(f"{self._upload}/"))
        return not uploads and not _is_page(scope)

    async def _connect(self, session: UiSession | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a WebSocket as long as its session lasts."""
        if session is None:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "sign-in-first"})
            return
        serving = asyncio.ensure_future(self._serve(session, scope, receive, send))
        ending = asyncio.ensure_future(session.ended.wait())
        try:
            await asyncio.wait((serving, ending), return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
            else:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "signed-out"})
        finally:
            ending.cancel()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    async def _serve(self, session: UiSession | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with who came in. What a browser says of that itself is removed."""
        headers = [each for each in scope["headers"] if each[0].lower() not in _OURS]
        person = session.person if session is not None else None
        if person is not None:
            headers += [(_OURS[0], person.grant.encode()), (_OURS[1], person.role.encode())]
        with acting_for(person.grant if person is not None else ""):
            await self._app({**scope, "headers": headers}, receive, send)

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a visitor in whose address names a share; show the form to somebody who opens another page."""
        if not _is_page(scope):
            await PlainTextResponse("Sign in first: open the page again.\n", 401)(scope, receive, send)
            return
        named = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))).get("share", "")
        address = _address_of(scope)
        if _SHARE.fullmatch(named) and not self._failures.wait_s(address):
            if await self._authority.shares(named):
                secret = self._sessions.begin(None)
                visitor = self._sessions.find(secret)
                await self._serve(visitor, scope, receive, self._with_cookie(send, secret, scope))
                return
            self._failures.note(address)
        await sign_in_form(scope.get("root_path", ""), 401)(scope, receive, send)

    async def _form(self, path: str, session: UiSession | None, secret: str, request: Request) -> Response:
        root_path: str = request.scope.get("root_path", "")
        if path == SIGN_OUT:
            if request.method != "POST":
                return RedirectResponse(f"{root_path}{SIGN_IN}", 303)
            self._sessions.end(secret)
            gone = _answer(request, root_path)
            gone.delete_cookie(self._cookie, path=root_path or "/", httponly=True, samesite="lax")
            return gone
        if request.method != "POST":
            signed = session.person if session is not None else None
            return sign_in_form(root_path, 200) if signed is None else signed_in_page(root_path, signed)
        return await self._sign_in(request, root_path, secret)

    async def _sign_in(self, request: Request, root_path: str, before: str) -> Response:
        address = _address_of(request.scope)
        wait_s = self._failures.wait_s(address)
        if wait_s:
            sentence = f"Too many wrong tokens: try again in {wait_s} s."
            return PlainTextResponse(sentence, 429, {"Retry-After": str(wait_s)})
        given = await _credential(request)
        if given is None:
            return PlainTextResponse("Write your token.", 422)
        try:
            person = await self._authority.sign_in(token=given[0], code=given[1])
        except CredentialRefusedError as error:
            self._failures.note(address)
            return PlainTextResponse(str(error), 401)
        # Never the session that the browser came with: somebody else may have put it there.
        self._sessions.end(before)
        secret = self._sessions.begin(person)
        response = _answer(request, root_path)
        response.headers.append("set-cookie", self._set_cookie(secret, request.scope))
        return response

    def _set_cookie(self, secret: str, scope: Scope) -> str:
        response = Response()
        response.set_cookie(
            self._cookie,
            secret,
            max_age=round(SIGNED_IN_S),
            path=scope.get("root_path", "") or "/",
            secure=scope["scheme"] == "https",
            httponly=True,
            samesite="lax",
        )
        return response.headers["set-cookie"]

    def _with_cookie(self, send: Send, secret: str, scope: Scope) -> Send:
        cookie = (b"set-cookie", self._set_cookie(secret, scope).encode("latin-1"))

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), cookie]}
            await send(message)

        return send_with_cookie


def _answer(request: Request, root_path: str) -> Response:
    """What a form is answered with: nothing for the page's script, its own pages for a browser without one."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return Response(status_code=204)
    return RedirectResponse(f"{root_path}/", 303)


async def _credential(request: Request) -> tuple[str, str] | None:
    """The token and the code that the form was sent with; None where neither can be read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            return None
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            fields = json.loads(body)
        else:
            fields = dict(parse_qsl(body.decode("utf-8")))
        token, code = (fields.get(name, "") for name in ("token", "code"))
    except (ValueError, AttributeError, RecursionError):
        return None
    readable = isinstance(token, str) and isinstance(code, str) and 0 < len(token) + len(code) <= 200
    return (token, code) if readable else None


def _is_page(scope: Scope) -> bool:
    """Whether a person opens a page, rather than a page fetching something."""
    document = Headers(scope=scope).get("sec-fetch-dest", "document") == "document"
    accepts = "text/html" in Headers(scope=scope).get("accept", "")
    return scope["method"] in ("GET", "HEAD") and document and accepts


def _address_of(scope: Scope) -> str:
    peer = scope.get("client")
    return peer[0] if peer else ""


def _cookie_of(scope: Scope, name: str) -> str:
    try:
        cookies = SimpleCookie("; ".join(Headers(scope=scope).getlist("cookie")))
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""
