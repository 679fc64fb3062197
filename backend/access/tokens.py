"""Named tokens in a file that only its user can read, which keeps their digests and never the tokens.

A token has 256 bits of chance, so a plain digest of it cannot be guessed back. The file is read again when it changes:
a token that was revoked is worth nothing from the next request on.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from backend.protocol.roles import ROLES, Role

TOKEN_PREFIX = "pht_"  # noqa: S105 - how a token begins, not one
_TOKEN_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}", re.ASCII)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

TokenRole = Role | Literal["ui"]
"""What a token is for: a person's role, or a UI, which acts for the people who signed in there."""

TOKEN_ROLES: tuple[TokenRole, ...] = (*ROLES, "ui")


class TokenFileError(Exception):
    """The file cannot be used; the message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class NamedToken:
    """A token as the file keeps it. ``sha256`` is its digest in hexadecimal, ``created_at`` ISO 8601 in UTC."""

    name: str
    role: TokenRole
    sha256: str
    created_at: str = ""


def new_secret() -> str:
    """A new token, which nobody can guess."""
    return f"{TOKEN_PREFIX}{secrets.token_urlsafe(_TOKEN_BYTES)}"


def digest_of(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matching(tokens: Sequence[NamedToken], secret: str) -> NamedToken | None:
    """The token of that secret. Every token is compared, each in the same time, so that no answer is faster."""
    digest = digest_of(secret)
    found = None
    for token in tokens:
        if hmac.compare_digest(token.sha256, digest):
            found = token
    return found


class TokenFile:
    """The file of tokens at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_at: tuple[int, int, int] | None = None
        self._tokens: tuple[NamedToken, ...] = ()

    def tokens(self) -> tuple[NamedToken, ...]:
        """All tokens in the file; an empty result without a file. Raises ``TokenFileError``."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._read_at, self._tokens = None, ()
            return ()
        except OSError as error:
            raise TokenFileError(f"{self.path} cannot be read ({error.strerror}): check its permissions.") from error
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen != self._read_at:
            self._tokens = self._read(status)
            self._read_at = seen
        return self._tokens

    def add(self, name: str, role: TokenRole, created_at: str) -> str:
        """Keep a new token under that name; gives the token, which is kept nowhere. Raises ``TokenFileError``."""
        if not _NAME.fullmatch(name):
            raise TokenFileError(f"{name!r} is not a name for a token: use up to 64 letters, digits and . _ @ -.")
        tokens = self.tokens()
        if any(token.name == name for token in tokens):
            raise TokenFileError(f"There is a token named {name} already: revoke it first, or choose another name.")
        secret = new_secret()
        self._write((*tokens, NamedToken(name, role, digest_of(secret), created_at)))
        return secret

    def revoke(self, name: str) -> None:
        """Delete the token of that name. Raises ``TokenFileError``."""
        tokens = self.tokens()
        left = tuple(token for token in tokens if token.name != name)
        if len(left) == len(tokens):
            raise TokenFileError(f"There is no token named {name}: playhead tokens list shows all names.")
        self._write(left)

    def _read(self, status: os.stat_result) -> tuple[NamedToken, ...]:
        if status.st_mode & _OTHERS:
            raise TokenFileError(f"{self.path} can be used by other users: chmod 600 {self.path}.")
        try:
            fields = json.loads(self.path.read_text(encoding="utf-8"))
            return tuple(_token(each) for each in fields["tokens"])
        except OSError as error:
            raise TokenFileError(f"{self.path} cannot be read ({error.strerror}): check its permissions.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise TokenFileError(f"{self.path} is not a file of tokens: playhead tokens add makes one.") from error

    def _write(self, tokens: Sequence[NamedToken]) -> None:
        text = json.dumps({"tokens": [asdict(token) for token in tokens]}, indent=2)
        beside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise TokenFileError(f"{self.path} cannot be written ({error.strerror}): choose another file.") from error


def _token(fields: dict[str, Any]) -> NamedToken:
    """One entry of the file; one without a role is a host's. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
    role = fields.get("role", "host")
    name, digest = fields["name"], fields["sha256"]
    if role not in TOKEN_ROLES or not _NAME.fullmatch(name) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError(name)
    return NamedToken(name, role, digest, str(fields.get("created_at", "")))
