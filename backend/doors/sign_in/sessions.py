"""Who is signed in at a UI, and which visitors came through a share. In memory: a UI that starts knows nobody."""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from backend.doors.sign_in.authority import SignedInPerson

SIGNED_IN_S = 12 * 3600.0
"""How long a session lasts."""

MOST_SESSIONS = 10_000
"""How many are remembered of people, and as many of visitors: the oldest are let go."""


@dataclass(slots=True)
class UiSession:
    """One browser. ``person`` is None for a visitor who came through a share. ``ended`` is set when it ends."""

    person: SignedInPerson | None
    until: float
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class UiSessions:
    """The sessions of one UI, by what the cookie contains. Only a digest of that is kept."""

    def __init__(self, now: Callable[[], float]) -> None:
        """``now`` gives seconds."""
        self._now = now
        # Apart, since everybody who has a link can begin as many as they like: nobody is signed out by that.
        self._people: OrderedDict[bytes, UiSession] = OrderedDict()
        self._visitors: OrderedDict[bytes, UiSession] = OrderedDict()

    def begin(self, person: SignedInPerson | None) -> str:
        """A new session; gives the secret for the cookie, which nobody chose and nobody can guess."""
        secret = secrets.token_urlsafe(32)
        sessions = self._visitors if person is None else self._people
        sessions[_digest(secret)] = UiSession(person, self._now() + SIGNED_IN_S)
        while len(sessions) > MOST_SESSIONS:
            sessions.popitem(last=False)[1].ended.set()
        return secret

    def find(self, secret: str) -> UiSession | None:
        """The session of that secret; None where there is none, or it is over."""
        digest = _digest(secret)
        session = self._people.get(digest) or self._visitors.get(digest)
        if session is not None and self._now() > session.until:
            self.end(secret)
            return None
        return session

    def end(self, secret: str) -> None:
        """End the session: its connections are closed."""
        digest = _digest(secret)
        session = self._people.pop(digest, None) or self._visitors.pop(digest, None)
        if session is not None:
            session.ended.set()


def _digest(secret: str) -> bytes:
    # Looked up by a digest, so that how long it takes says nothing about a secret that was kept.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
