"""Grants: what a UI gets when a person signs in, and sends with every request that it makes for them.

A grant names the token that the person signed in with. It is signed, works only beside a UI's own credential, and ends
with its token. So a UI cannot invent people, and a stolen grant is worth nothing by itself.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from backend.access.signing_key import SigningKey
from backend.access.tokens import NamedToken

GRANT_VALID_S = 7 * 24 * 3600.0
"""How long a person stays signed in."""

_PURPOSE = "grant"


@dataclass(frozen=True, slots=True)
class Grants:
    """Makes grants and reads them. ``now`` gives seconds since the epoch: grants live longer than a server."""

    key: SigningKey
    now: Callable[[], float]

    def make(self, token: NamedToken) -> str:
        """A grant for who signed in with the token."""
        fields = [token.name, token.sha256[:16], int(self.now() + GRANT_VALID_S)]
        return self.key.signed(_PURPOSE, json.dumps(fields, separators=(",", ":")).encode().hex())

    def token_of(self, grant: str, tokens: tuple[NamedToken, ...]) -> NamedToken | None:
        """The token that the grant stands for, if it is one of these and the grant is genuine and not too old."""
        text = self.key.read(_PURPOSE, grant)
        if text is None:
            return None
        name, digest, until = json.loads(bytes.fromhex(text))
        if self.now() > until:
            return None
        return next((each for each in tokens if (each.name, each.sha256[:16]) == (name, digest)), None)
