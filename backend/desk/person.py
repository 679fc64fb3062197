"""The person in front of a page: who is signed in, and what they may do there."""

from dataclasses import dataclass
from typing import Protocol

from backend.client.errors import ClientError, ProblemError
from backend.client.replies import SignedInCaller
from backend.client.review_replies import SharedRuns
from backend.desk.reader_rights import Permission, ReaderRights
from backend.protocol.roles import Role

_SIGN_IN_FIRST = 401


class PersonCalls(Protocol):
    """The calls of the client that are needed here. See ``RunClient``."""

    async def me(self) -> SignedInCaller: ...  # noqa: D102 - said by the class

    async def shared_runs(self, share_id: str) -> SharedRuns: ...  # noqa: D102 - said by the class


@dataclass(frozen=True, slots=True)
class PersonOnPage:
    """``name`` is that of their token, empty without one; ``role`` that of the token. ``sign_in``: a token is needed,
    and nobody is signed in. ``may`` is what they may do on this page, through a share what that allows."""

    name: str = ""
    role: str = ""
    sign_in: bool = False
    may: tuple[Permission, ...] = ()


async def person_on_page(client: PersonCalls, share_id: str = "") -> PersonOnPage:
    """The person as the backend knows them; ``share_id`` is the share in the page's address. Raises ``ClientError``."""
    try:
        caller = await client.me()
    except ProblemError as error:
        if error.status != _SIGN_IN_FIRST:
            raise
        caller = None
    role: Role | None = caller.role if caller is not None else None
    if share_id:
        try:
            role = (await client.shared_runs(share_id)).role
        except ClientError:
            # It was withdrawn: the page says so.
            role = None
    may = ReaderRights(role, through_share=bool(share_id)).permissions
    if caller is None:
        return PersonOnPage(sign_in=True, may=may)
    return PersonOnPage(caller.name, caller.role, may=may)
