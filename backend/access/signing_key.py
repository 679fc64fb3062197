"""The server's own key, with which it signs what it gives out and reads back: a file that only its user can read."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

_KEY_BYTES = 32
_SIGNATURE_BYTES = 20
"""160 bits: as long as a signature that nobody can guess has to be (RFC 2104, section 5)."""


class SigningKey:
    """Signs texts. The key is read, or made, when it is first needed."""

    def __init__(self, path: Path | None = None) -> None:
        """``path`` is the file that keeps the key; without one the key lives as long as this object."""
        self._path = path
        self._key = b""

    def use(self, key: bytes) -> None:
        """Sign with this key, which other servers have as well."""
        self._key = key

    def sign(self, purpose: str, text: str) -> str:
        """The signature of a text, safe in an address. What was signed for one purpose is worth nothing for another.

        Raises ``OSError`` where the file cannot be used.
        """
        message = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._secret(), message, hashlib.sha256)[:_SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")

    def signed(self, purpose: str, text: str) -> str:
        """The text and its signature in one, for ``read``."""
        return f"{text}.{self.sign(purpose, text)}"

    def read(self, purpose: str, signed: str) -> str | None:
        """The text of what ``signed`` gave out; None for anything else. Takes the same time for every signature."""
        text, _, signature = signed.rpartition(".")
        expected = self.sign(purpose, text).encode("ascii")
        genuine = hmac.compare_digest(expected, signature.encode("utf-8", "surrogatepass"))
        return text if genuine else None

    def _secret(self) -> bytes:
        if not self._key:
            self._key = secrets.token_bytes(_KEY_BYTES) if self._path is None else _kept(self._path)
        return self._key


def _kept(path: Path) -> bytes:
    """The key in the file, which is made where there is none."""
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) >= _KEY_BYTES:
            return key
        # A power cut between making the file and filling it: nothing was signed with it.
        path.unlink()
        return _kept(path)
    with os.fdopen(made, "wb") as file:
        key = secrets.token_bytes(_KEY_BYTES)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
