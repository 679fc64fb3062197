"""What waits for the connections of a room: the latest of each kind, once for all who came through the same door."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from backend.api.control.room_messages import MISSED_COMMENTS
from backend.rooms.differences import NOBODY, RoomLook
from backend.rooms.doors import RoomDoor
from backend.rooms.people import RoomMember

MOST_UNTAKEN: Final = 100
"""How many comments wait for a slow connection, in one list for all of them. One that missed more lists them again."""


@dataclass(slots=True)
class Slot:
    """The latest of one kind, for one door. ``serial`` grows with each; ``whole`` is for who knows nothing of it."""

    serial: int = 0
    difference: str = ""
    whole: str = ""


@dataclass(slots=True)
class DoorSlots:
    """What there is for those who came through one door."""

    look: RoomLook = NOBODY
    who: Slot = field(default_factory=Slot)
    presented: Slot = field(default_factory=Slot)
    comments: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_UNTAKEN))
    votes: dict[tuple[str, str], str] = field(default_factory=dict)
    """The latest of each pair of runs, in the order in which they changed."""
    commented: int = 0
    """How many comments there were, those included that are not kept here any more."""


@dataclass(eq=False, slots=True)
class RoomSeat:
    """One connection in a room. ``wake`` is called when there is something to take."""

    connection: int
    member: RoomMember
    tab: str
    door: RoomDoor
    wake: Callable[[], None]
    _who: int = 0
    _presented: int = 0
    _commented: int = 0
    _votes: dict[tuple[str, str], str] = field(default_factory=dict)

    def skip(self, slots: DoorSlots) -> None:
        """What was said before is listed, not announced."""
        self._commented = slots.commented

    def take(self, slots: DoorSlots) -> list[str]:
        """The messages that this connection has to be sent, in their order: who is there before what they show."""
        texts = []
        if self._who != slots.who.serial:
            texts.append(slots.who.difference if self._who == slots.who.serial - 1 and self._who else slots.who.whole)
            self._who = slots.who.serial
        if self._presented != slots.presented.serial:
            texts.append(slots.presented.whole)
            self._presented = slots.presented.serial
        missed = slots.commented - self._commented
        self._commented = slots.commented
        if missed > len(slots.comments):
            texts.append(MISSED_COMMENTS)
        elif missed:
            texts.extend(list(slots.comments)[-missed:])
        texts += [text for pair, text in slots.votes.items() if self._votes.get(pair) is not text]
        self._votes = dict(slots.votes)
        return texts
