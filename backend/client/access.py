"""What the caller may do: by their token, and through a share."""

from urllib.parse import quote

from pydantic import TypeAdapter

from backend.client.calls import Calls
from backend.client.replies import SignedInCaller
from backend.client.review_replies import SharedRuns

_CALLER = TypeAdapter(SignedInCaller)
_SHARED = TypeAdapter(SharedRuns)


class AccessCalls(Calls):
    """Who the caller is, and what a share shows."""

    async def me(self) -> SignedInCaller:
        """The name of the caller's token and its role. Raises ``ProblemError`` 401 where a token is needed."""
        return self._read(await self._send("GET", "/v1/me"), _CALLER)

    async def shared_runs(self, share_id: str) -> SharedRuns:
        """The runs that a share shows, in order, and what it allows. ``share_id`` may name one of its runs."""
        return self._read(await self._send("GET", f"/v1/shared/{quote(share_id, safe='')}/runs"), _SHARED)
