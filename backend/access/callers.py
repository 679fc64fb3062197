"""Who a request comes from, and what they may do.

The caller belongs to the context of a request: the door sets it, and what asks for it later, however deep, gets that of
its request. On a server without tokens everybody who reaches it is its host.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from backend.protocol.roles import Role, covers


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request. ``role`` is None for a stranger, who reaches only what a share names."""

    role: Role | None
    owner: str = ""
    """The name of the caller's token, which is the owner of the runs that it starts; empty without one."""
    seed: str = field(default="", repr=False)
    """A secret of the server for this owner: names that the caller makes up are kept apart from others' with it."""
    is_ui: bool = False
    """Whether one of the UIs sent the request without acting for a person: it may sign people in."""
    through: str = ""
    """The share's id by which the caller named the run of this request, if it did."""
    trusted: bool = False
    """Whether the server has no tokens, and believes what callers say of themselves."""

    @property
    def is_host(self) -> bool:
        """Whether the caller sees and may do everything."""
        return self.role == "host"

    @property
    def sees_of(self) -> str | None:
        """Whose runs are in the caller's lists: those of this owner; None for everybody's."""
        return None if self.is_host else self.owner

    def may(self, needed: Role) -> bool:
        """Whether the caller's role includes that one."""
        return covers(self.role, needed)


LOCAL = Caller("host", trusted=True)
"""Everybody who reaches a server without tokens: a person at this machine."""

STRANGER = Caller(None)
"""Somebody without a token."""

_CALLER: ContextVar[Caller] = ContextVar("caller", default=LOCAL)


def caller_now() -> Caller:
    """The caller of the request that is being answered."""
    return _CALLER.get()


def set_caller(caller: Caller) -> None:
    """Make this the caller from here on in the current task, such as after a hello."""
    _CALLER.set(caller)


@contextmanager
def acting(caller: Caller) -> Iterator[None]:
    """Inside, this is the caller."""
    before = _CALLER.set(caller)
    try:
        yield
    finally:
        _CALLER.reset(before)
