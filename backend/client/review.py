"""Feedback and share links, as calls of the backend."""

import uuid
from typing import Any, Literal
from urllib.parse import quote

from pydantic import TypeAdapter

from backend.client.calls import Calls, run_path
from backend.client.review_replies import Feedback, Feedbacks, Share, Shares
from backend.protocol.inputs import GivenPerson
from backend.protocol.roles import Role

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
        by: GivenPerson | None = None,
        reply_to: str | None = None,
    ) -> Feedback:
        """Give feedback on a run: a thumb, a comment, or both. ``at_ms`` is the moment of the run it is about, in
        milliseconds since the run was accepted; None for the run as a whole. ``by`` is who says it, ``reply_to`` the
        id of the feedback that it answers."""
        body: dict[str, Any] = {"thumb": thumb, "comment": comment, "at_ms": at_ms}
        if by is not None:
            body["by"] = by.model_dump(exclude_none=True)
        if reply_to is not None:
            body["reply_to"] = reply_to
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

    async def share(
        self, run_id: str, role: Role = "view", expires_s: float | None = None, by: GivenPerson | None = None
    ) -> Share:
        """Share a run, for so many seconds or until the share is withdrawn. One that is shared already keeps its
        share. ``by`` is who makes it."""
        return await self._share(run_path(run_id), role, expires_s, by)

    async def share_conversation(
        self, session_id: str, role: Role = "view", expires_s: float | None = None, by: GivenPerson | None = None
    ) -> Share:
        """Share a conversation with all its runs, also those to come."""
        return await self._share(f"/v1/sessions/{quote(session_id, safe='')}", role, expires_s, by)

    async def shares(self) -> tuple[Share, ...]:
        """Every share there is, the latest first."""
        return self._read(await self._send("GET", "/v1/shares"), _SHARES).shares

    async def unshare(self, share_id: str) -> None:
        """Withdraw a share: its link no longer opens the run, and streams opened through it end."""
        await self._send("DELETE", f"/v1/shared/{quote(share_id, safe='')}")

    async def _share(self, path: str, role: Role, expires_s: float | None, by: GivenPerson | None) -> Share:
        wanted: dict[str, object] = {"role": role}
        if expires_s is not None:
            wanted["expires_s"] = expires_s
        if by is not None:
            wanted["by"] = by.model_dump(exclude_none=True)
        return self._read(await self._send("POST", f"{path}/share", json=wanted), _SHARE)
