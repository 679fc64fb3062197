"""Codes for a link that signs one person in, once, soon."""

import hmac
from collections.abc import Callable

from backend.access.tokens import digest_of, new_secret

CODE_VALID_S = 300.0
"""How long a code can be used."""


def new_code() -> str:
    """A code that nobody can guess."""
    return new_secret().replace("pht_", "phc_", 1)


class OneTimeCodes:
    """The codes that were given out and not used."""

    def __init__(self, now: Callable[[], float]) -> None:
        """``now`` gives seconds."""
        self._now = now
        self._codes: dict[str, tuple[str, float]] = {}

    def add(self, code: str, token_name: str) -> None:
        """Take a code that signs in with the token of that name, from now on."""
        self._codes[digest_of(code)] = (token_name, self._now() + CODE_VALID_S)

    def use(self, code: str) -> str | None:
        """The token's name, once; None for a code that was used, is too old, or never was."""
        sought, found = digest_of(code), None
        for digest in list(self._codes):
            if hmac.compare_digest(digest, sought):
                found = digest
        name, until = self._codes.pop(found) if found is not None else ("", 0.0)
        return name if name and self._now() <= until else None
