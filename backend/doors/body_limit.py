"""A limit on request bodies, applied while they are read, so that nobody fills the memory or the disk."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.doors.forwarded import route_path
from backend.doors.refusal import Answer, Refusal, plain_text, refuse


class BodyTooLarge(HTTPException):
    """Raised inside the app when it reads more than it may; the refusal has been sent by then."""


class BodyLimit:
    """Answers 413 where a body is larger than its path allows, and lets the app read no further."""

    def __init__(
        self, app: ASGIApp, *, default: int, limits: Mapping[str, int] | None = None, answer: Answer = plain_text
    ) -> None:
        """``limits`` are those of a path and all below it, ``default`` that of the others. In bytes."""
        self._app = app
        self._default = default
        self._limits = limits or {}
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a ``receive`` that counts."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(route_path(scope))
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            await refuse(self._answer, _too_large(limit), scope, receive, send)
            return
        size = 0
        started = refused = False

        async def counted() -> Message:
            nonlocal size, refused
            if not refused:
                message = await receive()
                size += len(message.get("body", b""))
                if size <= limit:
                    return message
                if not started:
                    # Sent here, since apps differ in what they make of an error while they read.
                    refused = True
                    await refuse(self._answer, _too_large(limit), scope, receive, send)
            raise BodyTooLarge(413)

        async def send_unless_refused(message: Message) -> None:
            nonlocal started
            if not refused:
                started = True
                await send(message)

        try:
            await self._app(scope, counted, send_unless_refused)
        except BodyTooLarge:
            if not refused:
                raise

    def _limit_of(self, path: str) -> int:
        return next(
            (limit for start, limit in self._limits.items() if path == start or path.startswith(f"{start}/")),
            self._default,
        )


def _too_large(limit: int) -> Refusal:
    return Refusal(413, "body-too-large", f"The body has more than {limit:,} bytes: send less.", {"limit_bytes": limit})
