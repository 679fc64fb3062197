"""A limit on request bodies, applied while they are read, so that nobody fills the memory.

Starlette's own limit answers in plain text once a Content-Length is too large, whatever the app would say;
every error here is a problem, so the limit is raised inside the app instead.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import RequestProblem, problem_response


class BodyLimit:
    """Answers 413 where a body is larger than its path allows: ``limits`` by path, or by the first part of it, else
    ``default``, in bytes."""

    def __init__(self, app: ASGIApp, default: int, limits: dict[str, int]) -> None:
        self._app = app
        self._default = default
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a ``receive`` that counts."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
            return
        first = scope["path"].partition("/")[2].partition("/")[0]
        limit = self._limits.get(scope["path"], self._limits.get(f"/{first}", self._default))
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            await problem_response(scope["path"], _too_large(limit))(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, counted, send)


def _too_large(limit: int) -> RequestProblem:
    return RequestProblem(
        413, "body-too-large", f"The body has more than {limit:,} bytes: send less.", limit_bytes=limit
    )
