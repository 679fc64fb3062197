"""One call of the backend: sent, refused or read."""

from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import TypeAdapter, ValidationError

from backend.client.connection import problem_of, shared_http, transport_failures
from backend.client.errors import BackendGone, ProblemError
from backend.protocol.sendable import not_unicode
from backend.protocol.share_ids import is_share

AnswerType = TypeVar("AnswerType")


class Calls:
    """Calls of the backend at ``base_url``, over the HTTP client it is given or the running event loop's shared one."""

    def __init__(self, base_url: str, http: httpx2.AsyncClient | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._given = http

    def _http(self) -> httpx2.AsyncClient:
        return self._given or shared_http()

    async def _send(self, method: str, path: str, **how: Any) -> httpx2.Response:
        """One call, read whole. Tried once more where a kept connection broke: all calls are idempotent."""
        async with transport_failures(self.base_url):
            try:
                response = await self._http().request(method, self.base_url + path, **how)
            except (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError):
                response = await self._http().request(method, self.base_url + path, **how)
            except UnicodeEncodeError as error:
                raise ProblemError(422, "invalid-request", not_unicode("The text")) from error
        if not response.is_success:
            raise await problem_of(response)
        return response

    def _read(self, response: httpx2.Response, kind: TypeAdapter[AnswerType]) -> AnswerType:
        try:
            return kind.validate_json(response.content)
        except ValidationError as error:
            raise BackendGone(f"{self.base_url} is not a Playhead backend: check the address.") from error


def run_path(run_id: str) -> str:
    """The run's path, for what changes it: a share's id is refused there."""
    return f"/v1/runs/{quote(run_id, safe='')}"


def shown_path(run_id: str) -> str:
    """The path for what only looks at a run, by its own id or by that of a share."""
    room = "shared" if is_share(run_id) else "runs"
    return f"/v1/{room}/{quote(run_id, safe='')}"
