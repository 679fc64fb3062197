"""Sharing the run on a page: a read-only link, made on demand, and withdrawn."""

from typing import Protocol

from backend.client.errors import ClientError
from backend.client.replies import Share
from backend.present.words import pages as words_pages


class RunOnPage(Protocol):
    """The run that a page shows, in its tab's memory: the object of shares and feedback.

    ``share_id`` is the share whose link is on the page, ``commenting`` is True while the comment field is there: one of
    the two at most. Both are reset when a page shows another run.
    """

    share_id: str
    commenting: bool

    @property
    def run_id(self) -> str: ...  # noqa: D102 - said by the class

    @property
    def moment_ms(self) -> float | None:
        """The current moment of the run, in milliseconds since it was accepted; None for all of it."""


class SharingCalls(Protocol):
    """The calls of the client that sharing needs. See ``RunClient``."""

    async def share(self, run_id: str) -> Share: ...  # noqa: D102 - said by the class

    async def unshare(self, share_id: str) -> None: ...  # noqa: D102 - said by the class


class Sharing:
    """The behaviour of the Share button, for one backend. Each method returns a sentence to show in passing, which may
    be empty."""

    def __init__(self, client: SharingCalls) -> None:
        self._client = client

    async def toggle(self, run: RunOnPage) -> str:
        """Show the link, or fold it away."""
        return await (self.fold(run) if run.share_id else self.unfold(run))

    async def unfold(self, run: RunOnPage) -> str:
        """Share the run and show the link. The backend is asked each time, since the share may have been withdrawn
        elsewhere; an existing share stays the same."""
        run_id = run.run_id
        try:
            share = await self._client.share(run_id)
        except ClientError as error:
            return error.sentence
        if run.run_id == run_id:
            run.share_id, run.commenting = share.share_id, False
        return ""

    async def fold(self, run: RunOnPage) -> str:
        """Fold the link away. It still leads to the run."""
        run.share_id = ""
        return ""

    async def withdraw(self, run: RunOnPage) -> str:
        """Withdraw the link: it leads nowhere from now on."""
        share_id = run.share_id
        if not share_id:
            return ""
        try:
            await self._client.unshare(share_id)
        except ClientError as error:
            return error.sentence
        if run.share_id == share_id:
            run.share_id = ""
        return words_pages.UNSHARED
