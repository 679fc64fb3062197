"""Feedback and share links, as calls of the backend."""

import uuid
from typing import Literal
from urllib.parse import quote

from pydantic import TypeAdapter

from backend.client.calls import Calls, run_path
from backend.client.replies import Feedback, Feedbacks, Share, Shares

_GIVEN = TypeAdapter(Feedback)
_FEEDBACK = TypeAdapter(Feedbacks)
_SHARE = TypeAdapter(Share)
_SHARES = TypeAdapter(Shares)


class ReviewCalls(Calls):
    """What people add to a run."""

    async def give_feedback(
        self,
        run_id: str,
        *,
        thumb: Literal["up", "down"] | None = None,
        comment: str = "",
        at_ms: float | None = None,
    ) -> Feedback:
        """Give feedback on a run: a thumb, a comment, or both. ``at_ms`` is the moment of the run it is about, in
        milliseconds since the run was accepted; None for the run as a whole."""
        body = {"thumb": thumb, "comment": comment, "at_ms": at_ms}
        # A call whose connection breaks is sent again: the key keeps it from counting twice.
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return self._read(await self._send("POST", f"{run_path(run_id)}/feedback", json=body, headers=headers), _GIVEN)

    async def feedback(self, run_id: str | None = None) -> tuple[Feedback, ...]:
        """The feedback on a run, or of all, in the order in which they said it."""
        path = "/v1/feedback" if run_id is None else f"{run_path(run_id)}/feedback"
        return self._read(await self._send("GET", path), _FEEDBACK).feedback

    async def feedback_csv(self) -> bytes:
        """All feedback as a table that a spreadsheet can open: CSV in UTF-8, with nothing in it that would be run."""
        return (await self._send("GET", "/v1/feedback", headers={"Accept": "text/csv"})).content

    async def share(self, run_id: str) -> Share:
        """Share a run. One that is shared already keeps its share."""
        return self._read(await self._send("POST", f"{run_path(run_id)}/share"), _SHARE)

    async def shares(self) -> tuple[Share, ...]:
        """Every share there is, the latest first."""
        return self._read(await self._send("GET", "/v1/shares"), _SHARES).shares

    async def unshare(self, share_id: str) -> None:
        """Withdraw a share: its link no longer opens the run, and streams opened through it end."""
        await self._send("DELETE", f"/v1/shared/{quote(share_id, safe='')}")
