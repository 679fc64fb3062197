"""Who says whether a token, a code or a share is good: the backend, asked through this port."""

from dataclasses import dataclass, field
from typing import Protocol


class CredentialRefusedError(Exception):
    """The token or code is not valid; the message is one sentence for the person at the form."""


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """Somebody who signed in. ``grant`` is what the UI asks the backend with, for that person."""

    name: str
    role: str
    grant: str = field(repr=False)


class Authority(Protocol):
    """Knows tokens and shares."""

    async def sign_in(self, *, token: str = "", code: str = "") -> SignedInPerson:
        """The person with that token or one-time code. Raises ``CredentialRefusedError``, also where the backend does
        not answer."""
        ...

    async def shares(self, share_id: str) -> bool:
        """Whether there is such a share now."""
        ...
