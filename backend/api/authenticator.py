"""The door of a server with tokens: finds out who sends a request, before anything else looks at it."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.access.callers import STRANGER, Caller, acting
from backend.access.gate import Gate, TooManyFailuresError, WrongCredentialError
from backend.api.lacking_role import sign_in_first, wrong_token
from backend.api.problems import RequestProblem, problem_response
from backend.doors.forwarded import route_path
from backend.doors.refusal import POLICY_VIOLATION
from backend.protocol.share_ids import SHARE_PREFIX

GRANT_HEADER = "playhead-grant"
"""The header in which a UI names the person for whom it asks."""

_OPEN = ("/healthz", "/readyz", "/v1/participants")
_OPEN_BELOW = ("/v1/shared/", f"/v1/runs/{SHARE_PREFIX}")
"""What a stranger may call. What each call then gives is for the table of rights to say."""


class Authenticator:
    """Makes the sender of each request its caller; refuses a wrong token (401), and strangers nearly everywhere."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as its caller's, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            caller = self._caller(scope)
            if caller.role is None and not caller.is_ui and not _is_open(scope):
                raise sign_in_first()
        except RequestProblem as problem:
            if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
                await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": problem.slug})
            else:
                await problem_response(scope["path"], problem)(scope, receive, send)
            return
        with acting(caller):
            await self._app(scope, receive, send)

    def _caller(self, scope: Scope) -> Caller:
        headers = Headers(scope=scope)
        sent = headers.getlist("authorization")
        if not sent:
            return STRANGER
        scheme, _, secret = sent[0].partition(" ")
        if len(sent) > 1 or scheme.lower() != "bearer":
            raise sign_in_first()
        return authenticated(self._gate, secret.strip(), headers.get(GRANT_HEADER, ""), address_of_peer(scope))


def authenticated(gate: Gate, secret: str, grant: str, address: str) -> Caller:
    """Who sends this token. Raises a problem: 401 ``wrong-token`` or 429 ``too-many-failures``."""
    try:
        return gate.caller(secret, grant, address)
    except WrongCredentialError as error:
        raise wrong_token() from error
    except TooManyFailuresError as error:
        wait = {"Retry-After": str(error.retry_after_s)}
        raise RequestProblem(429, "too-many-failures", str(error), headers=wait) from error


def address_of_peer(scope: Scope) -> str:
    """The address that a request came from."""
    peer = scope.get("client")
    return peer[0] if peer else ""


def _is_open(scope: Scope) -> bool:
    path = route_path(scope)
    if scope["type"] == "websocket" and path.startswith("/v1/sessions/") and path.endswith("/control"):
        # Its token comes with the first command.
        return True
    return path in _OPEN or path.startswith(_OPEN_BELOW)
