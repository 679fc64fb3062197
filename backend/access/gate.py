"""The gate of a server with tokens: credentials in, the caller out."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from backend.access.callers import STRANGER, Caller
from backend.access.grants import Grants
from backend.access.one_time_codes import OneTimeCodes
from backend.access.signing_key import SigningKey
from backend.access.tokens import NamedToken, TokenFile, TokenFileError, digest_of, matching
from backend.doors.failed_attempts import FailedAttempts
from backend.protocol.roles import Role

_log = logging.getLogger(__name__)

GENERATED = "host"
"""The name of the token that was generated at the start."""


class WrongCredentialError(Exception):
    """The token, code or grant is not one of this server's."""


class TooManyFailuresError(Exception):
    """This address was wrong too often: nothing that it sends is looked at for a while."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Too many wrong tokens came from this address: try again in {wait_s} s.")
        self.retry_after_s = wait_s


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person who signed in: the caller that they are, and the grant to act as them."""

    caller: Caller
    grant: str


class Gate:
    """Knows the tokens of a server, and who sends which."""

    def __init__(
        self,
        key: SigningKey,
        file: TokenFile | None = None,
        *,
        host_token: str = "",
        ui_keys: Sequence[str] = (),
        codes: Sequence[str] = (),
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``file`` has the named tokens. ``host_token`` is one that was generated for this start, ``ui_keys`` are the
        credentials of the UIs that were started with it, and ``codes`` sign in as host, once each."""
        self._file = file
        fixed = [NamedToken(f"ui-{place}", "ui", digest_of(ui_key)) for place, ui_key in enumerate(ui_keys, 1)]
        if host_token:
            fixed.append(NamedToken(GENERATED, "host", digest_of(host_token)))
        self._fixed = tuple(fixed)
        self._key = key
        self._grants = Grants(key, clock)
        self._codes = OneTimeCodes(now)
        for code in codes:
            self._codes.add(code, GENERATED)
        self._attempts = FailedAttempts(now)
        self._refused: frozenset[str] = frozenset()

    def caller(self, secret: str, grant: str, address: str) -> Caller:
        """Who sends this token, from that address. A UI's with a person's grant is that person.

        Raises ``WrongCredentialError`` and ``TooManyFailuresError``.
        """
        tokens = self._tokens()
        token = self._checked(lambda: matching(tokens, secret), address)
        if token.role != "ui":
            return self._person(token.role, token.name)
        if not grant:
            return replace(STRANGER, is_ui=True)
        person = self._grants.token_of(grant, tokens)
        if person is None or person.role == "ui":
            raise WrongCredentialError
        return self._person(person.role, person.name)

    def sign_in(self, *, token: str = "", code: str = "") -> SignedIn:
        """Sign a person in, for a UI, which keeps count of failures itself. Raises ``WrongCredentialError``."""
        tokens = self._tokens()
        if code:
            name = self._codes.use(code)
            found = next((each for each in tokens if each.name == name), None)
        else:
            found = matching(tokens, token)
        if found is None or found.role == "ui":
            raise WrongCredentialError
        return SignedIn(self._person(found.role, found.name), self._grants.make(found))

    def file_digests(self) -> frozenset[str] | None:
        """The digests of the tokens in the file; None where there is no file, or where it cannot be read."""
        if self._file is None or not self._file.path.is_file():
            return None
        try:
            return frozenset(token.sha256 for token in self._file.tokens())
        except TokenFileError:
            return None

    def refuse(self, digests: frozenset[str]) -> None:
        """From now on refuse the tokens with these digests, which were revoked elsewhere."""
        self._refused = digests

    def names(self) -> frozenset[str]:
        """The names of the tokens that are valid now."""
        return frozenset(token.name for token in self._tokens())

    def _person(self, role: Role, name: str) -> Caller:
        return Caller(role, name, self._key.sign("names", name))

    def _checked(self, look: Callable[[], NamedToken | None], address: str) -> NamedToken:
        wait_s = self._attempts.wait_s(address)
        if wait_s:
            raise TooManyFailuresError(wait_s)
        found = look()
        if found is None:
            self._attempts.note(address)
            raise WrongCredentialError
        return found

    def _tokens(self) -> tuple[NamedToken, ...]:
        if self._file is None:
            return self._fixed
        try:
            return (*(each for each in self._file.tokens() if each.sha256 not in self._refused), *self._fixed)
        except TokenFileError as error:
            _log.error("No token of the file is valid for now: %s", error)
            return self._fixed
