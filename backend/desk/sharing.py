"""Sharing what a page shows: the links to a run and to its conversation are listed, made and withdrawn."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.client.errors import ClientError, ProblemError
from backend.client.replies import RunState
from backend.client.review_replies import Share
from backend.present.words import sharing as words
from backend.protocol.inputs import GivenPerson
from backend.protocol.roles import Role

Scope = Literal["run", "conversation"]


class SharingCalls(Protocol):
    """The calls of the client that sharing needs. See ``RunClient``."""

    async def run(self, run_id: str) -> RunState: ...  # noqa: D102 - said by the class

    async def shares(self) -> tuple[Share, ...]: ...  # noqa: D102 - said by the class

    async def share(  # noqa: D102 - said by the class
        self, run_id: str, role: Role = "view", expires_s: float | None = None, by: GivenPerson | None = None
    ) -> Share: ...

    async def share_conversation(  # noqa: D102 - said by the class
        self, session_id: str, role: Role = "view", expires_s: float | None = None, by: GivenPerson | None = None
    ) -> Share: ...

    async def unshare(self, share_id: str) -> None: ...  # noqa: D102 - said by the class


class WantedShare(BaseModel):
    """A link as a person asks for it: to ``run``, or to its conversation. ``expires_s``: seconds; None = until it is
    withdrawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str = Field(min_length=1, max_length=200)
    scope: Scope = "run"
    role: Literal["view", "comment", "steer", "approve"] = "view"
    expires_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    by: GivenPerson | None = None


@dataclass(frozen=True, slots=True)
class ShownShare:
    """A link as the dialogue lists it."""

    share_id: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class ShownShares:
    """The links of a run and its conversation, the latest first; ``made`` is the id of the one that was just made.
    ``problem`` is why that, or anything else, could not be done; empty if it could."""

    shares: tuple[ShownShare, ...] = ()
    made: str = ""
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the pages' script."""
        return asdict(self)


class Sharing:
    """The behaviour of the share dialogue, for one backend."""

    def __init__(self, client: SharingCalls, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._client = client
        self._now = now

    async def list(self, run_id: str) -> ShownShares:
        """The links that work now."""
        try:
            return await self._listed(run_id)
        except ClientError as error:
            return ShownShares(problem=error.sentence)

    async def make(self, wanted: object) -> ShownShares:
        """Make the link that a page asks for: the fields of ``WantedShare``. One that does not expire and gives the
        same is kept."""
        try:
            asked = WantedShare.model_validate(wanted)
        except ValidationError:
            return ShownShares(problem=words.FAILED)
        try:
            made = await self._made(asked)
            return await self._listed(asked.run, made.share_id)
        except ClientError as error:
            return ShownShares(problem=error.sentence)

    async def withdraw(self, run_id: str, share_id: str) -> ShownShares:
        """Withdraw a link: it leads nowhere from now on."""
        try:
            await self._client.unshare(share_id)
        except ClientError as error:
            if error.kind != "not_found":
                return ShownShares(problem=error.sentence)
        return await self.list(run_id)

    async def _made(self, asked: WantedShare) -> Share:
        try:
            return await self._share(asked, asked.by)
        except ProblemError as error:
            if error.slug != "forged-participant" or asked.by is None:
                raise
            # The browser's ticket is of another server, or of an earlier key: the name alone is good.
            return await self._share(asked, GivenPerson(name=asked.by.name))

    async def _share(self, asked: WantedShare, by: GivenPerson | None) -> Share:
        if asked.scope == "run":
            return await self._client.share(asked.run, asked.role, asked.expires_s, by)
        session_id = (await self._client.run(asked.run)).session_id
        return await self._client.share_conversation(session_id, asked.role, asked.expires_s, by)

    async def _listed(self, run_id: str, made: str = "") -> ShownShares:
        session_id = (await self._client.run(run_id)).session_id
        found = [
            share
            for share in await self._client.shares()
            if share.run_id == run_id or (share.session_id and share.session_id == session_id)
        ]
        return ShownShares(tuple(self._shown(share) for share in found), made)

    def _shown(self, share: Share) -> ShownShare:
        scope = words.SHORT_SCOPES["run" if share.run_id else "conversation"]
        title = words.TITLE_OF_LINK.format(scope=scope, role=words.SHORT_ROLES[share.role])
        if share.expires_at is None:
            lasts = words.NEVER_EXPIRES
        else:
            left_s = (datetime.fromisoformat(share.expires_at) - self._now()).total_seconds()
            lasts = words.LEFT.format(left=words.time_left(left_s))
        name = share.by.name if share.by is not None else ""
        return ShownShare(share.share_id, title, f"{lasts}, {words.MADE_BY.format(name=name)}" if name else lasts)
