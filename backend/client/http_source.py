"""The stream and the snapshot of one run over HTTP."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx2

from backend.client.connection import CONNECT_TIMEOUT_S, other_answer, problem_of, stream_losses
from backend.client.errors import ProblemError, StreamLost
from backend.client.replies import RunState
from backend.protocol.cursor import START, Cursor
from backend.protocol.run_view import RunView

LIVENESS_FACTOR = 2.5
"""A stream without a byte for this many heartbeats is taken for dead, though its connection looks open."""


class HttpEventSource:
    """Implements ``following.EventSource`` for the run at ``run_url`` (such as ``http://host:port/v1/runs/ID``)."""

    def __init__(self, http: httpx2.AsyncClient, base_url: str, run_url: str, heartbeat_s: float) -> None:
        self._http = http
        self._base_url = base_url
        self._run_url = run_url
        self._timeout = httpx2.Timeout(LIVENESS_FACTOR * heartbeat_s, connect=CONNECT_TIMEOUT_S, pool=None)

    @asynccontextmanager
    async def connect(self, cursor: Cursor) -> AsyncIterator[AsyncIterator[bytes] | None]:
        """The bytes after ``cursor``; None for 204. Leaving the context closes the connection only."""
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity", "Cache-Control": "no-cache"}
        if cursor != START:
            headers["Last-Event-ID"] = str(cursor)
        async with stream_losses(self._base_url):
            request = self._http.build_request("GET", f"{self._run_url}/events", headers=headers, timeout=self._timeout)
            response = await self._http.send(request, stream=True)
        try:
            async with stream_losses(self._base_url):
                await self._refuse_other_answers(response)
            if response.status_code == 204:
                yield None
                return
            async with aclosing(self._chunks(response)) as chunks:
                yield chunks
        finally:
            await response.aclose()

    async def snapshot(self) -> tuple[RunView, Cursor]:
        """The folded view from the run's record."""
        async with stream_losses(self._base_url):
            response = await self._http.get(self._run_url)
            if response.status_code != 200:
                raise await problem_of(response)
        try:
            state = RunState.model_validate_json(response.content)
        except ValueError as error:
            raise StreamLost("The backend's answer cannot be read.") from error
        return state.view, state.cursor

    async def _refuse_other_answers(self, response: httpx2.Response) -> None:
        if response.status_code == 204:
            return
        if response.status_code != 200:
            raise await problem_of(response)
        if other := other_answer(response):
            raise ProblemError(200, "no-event-stream", other)

    async def _chunks(self, response: httpx2.Response) -> AsyncGenerator[bytes, None]:
        async with stream_losses(self._base_url):
            async for chunk in response.aiter_bytes():
                yield chunk
