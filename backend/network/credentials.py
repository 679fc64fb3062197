"""What this process sends with its calls of the backend: its own key, and the grant of the person it asks for.

A UI serves many people at once. Whose turn it is belongs to the context of a request; where a framework runs a page's
code in another context, its UI names a source that knows.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

KEY_VARIABLE = "PLAYHEAD_UI_KEY"
"""The variable of the environment that has a UI's key."""

TOKEN_VARIABLE = "PLAYHEAD_TOKEN"  # noqa: S105 - a variable's name
"""The variable that has the token of the person who uses a command."""

_GRANT: ContextVar[str] = ContextVar("grant", default="")


class ProcessCredentials:
    """The credentials of a process: a UI's key, else the token of the person who runs it, else nothing."""

    def __init__(self) -> None:
        self._key = ""
        self._source: Callable[[], str] = str

    def use(self, key: str, source: Callable[[], str] = str) -> None:
        """Send this key from now on. ``source`` gives the grant of the person whose turn it is, where the context does
        not say; empty for nobody's."""
        self._key = key
        self._source = source

    def headers(self) -> dict[str, str]:
        """The headers of a call that is made now."""
        if not self._key:
            # A program of one person's, such as `playhead ask`: its own token is all there is.
            token = os.environ.get(TOKEN_VARIABLE, "").strip()
            return {"Authorization": f"Bearer {token}"} if token else {}
        grant = _GRANT.get() or self._source()
        return {"Authorization": f"Bearer {self._key}", **({"Playhead-Grant": grant} if grant else {})}


CREDENTIALS = ProcessCredentials()
"""Those of this process."""


@contextmanager
def acting_for(grant: str) -> Iterator[None]:
    """Inside, calls of the backend are made for the person with that grant; empty = for nobody."""
    before = _GRANT.set(grant)
    try:
        yield
    finally:
        _GRANT.reset(before)
