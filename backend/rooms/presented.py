"""The view that one person shows to the others of a room: the latest one, and for as long as they show it.

Every time in seconds is one of the caller's clock; ``sent_at_ms`` is that clock in milliseconds.
"""

from dataclasses import dataclass, replace
from typing import Final

from backend.rooms.people import RoomMember

OLDEST_SENT_S: Final = 5.0
"""How far back a view may say that it was sent: what is older says it with a clock that is not this one."""


@dataclass(frozen=True, slots=True)
class PresentedView:
    """What a person looks at: a run, or two that are compared. ``at_ms`` is the playhead's place in it, None for the
    live edge; ``speed`` is its speed while it is ``playing``. ``rev`` grows with every view that a page sends."""

    run_id: str | None
    at_ms: float | None
    playing: bool
    speed: float
    page: str
    section: str
    rev: int
    sent_at_ms: float
    second_run_id: str | None = None

    def place_ms(self, now: float) -> float | None:
        """Where the playhead is by now; None for the live edge."""
        if self.at_ms is None or not self.playing:
            return self.at_ms
        return self.at_ms + self.speed * max(0.0, now * 1000 - self.sent_at_ms)


@dataclass(frozen=True, slots=True)
class Presenting:
    """Who shows a view, over which connection."""

    by: RoomMember
    connection: int
    view: PresentedView
    turn: int = 1
    """Grows with each presenter. Of two who come at once, at two nodes, every node lets the same one have the room."""


class Stage:
    """The place for one presenter. Who comes last has it; the one before sees that."""

    def __init__(self) -> None:
        self.presenting: Presenting | None = None
        self._turn = 0

    def show(self, connection: int, by: RoomMember, view: PresentedView, now: float) -> bool:
        """Show a view. Gives whether it is news: one that came late, after a newer one of its page, is not."""
        current = self.presenting
        if current is not None and current.connection == connection and view.rev <= current.view.rev:
            return False
        now_ms = now * 1000
        if not now_ms - OLDEST_SENT_S * 1000 <= view.sent_at_ms <= now_ms:
            view = replace(view, sent_at_ms=now_ms)
        self._turn += 0 if current is not None and current.connection == connection else 1
        self.presenting = Presenting(by, connection, view, self._turn)
        return True

    def learn(self, other: Presenting) -> bool:
        """What another node shows. Gives whether it is news."""
        current = self.presenting
        if current is not None:
            if (other.turn, other.connection) < (current.turn, current.connection):
                return False
            if other.connection == current.connection and other.view.rev <= current.view.rev:
                return False
        self._turn = max(self._turn, other.turn)
        self.presenting = other
        return True

    def leave(self, participant: str) -> bool:
        """The person shows nothing any more. Gives whether they did."""
        if self.presenting is None or self.presenting.by.participant != participant:
            return False
        self.presenting = None
        return True
