"""The rooms of this server: one for each conversation that somebody is in. Nothing of it is kept; a restart is empty.
Several nodes have a room each for the same conversation, and say to each other what happens there (``room_link``).

What a room has to say is encoded once for all who came through the same door, and waits in slots: a connection that is
slow finds the latest there when it has time, and never what lies between.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from backend.api.control.room_link import RoomLink, Say, read_news, votes_of
from backend.api.control.room_messages import comment_message, playhead_message, votes_message, who_message
from backend.api.control.room_slots import MOST_UNTAKEN, DoorSlots, RoomSeat, Slot
from backend.rooms.differences import RoomLook
from backend.rooms.doors import CONVERSATION, RoomDoor
from backend.rooms.people import Activity
from backend.rooms.presence import Presence
from backend.rooms.presented import PresentedView, Stage

WHO_EVERY_S: Final = 0.2
"""The time between two differences of presence."""
PLAYHEAD_EVERY_S: Final = 0.1
"""The time between two views of the presenter."""


class Timer(Protocol):
    """A call that is to come."""

    def cancel(self) -> None: ...  # noqa: D102 - said by the class


CallLater = Callable[[float, Callable[[], None]], Timer]


class Room:
    """The people of one conversation, and those who came through shares of its runs."""

    def __init__(self, now: Callable[[], float], call_later: CallLater, say: Say = lambda _: None) -> None:
        """``now`` gives seconds of a clock that never goes back; ``call_later`` takes seconds and what to call;
        ``say`` sends something to the rooms of the same conversation at other nodes."""
        self._now = now
        self._call_later = call_later
        self._presence = Presence()
        self._stage = Stage()
        self._link = RoomLink(self._presence, self._stage, say)
        self._changed: set[int] = set()
        """The connections of which the other nodes do not know yet how they are."""
        self._seats: dict[int, RoomSeat] = {}
        self._doors: dict[RoomDoor, DoorSlots] = {}
        self._timer: Timer | None = None
        self._due = 0.0
        self._who_due: float | None = None
        self._who_told = float("-inf")
        self._view_news = False
        self._view_told = float("-inf")
        self._votes: dict[tuple[str, str], str] = {}
        self._counts: dict[tuple[str, str], Mapping[str, int]] = {}
        self._revealed: set[tuple[str, str]] = set()
        self.knows_votes = False
        """Whether the votes of the conversation were looked up since the room opened."""

    @property
    def is_empty(self) -> bool:
        """Whether nobody is here, and nobody is awaited after a reload."""
        return not self._seats and not self._presence.counts_here(self._now())

    def enter(self, seat: RoomSeat) -> None:
        """A connection comes in. It can take at once who is there, and what is shown."""
        self._seats[seat.connection] = seat
        self._presence.join(seat.connection, seat.member, seat.tab, seat.door, self._now())
        if seat.door not in self._doors:
            slots = self._doors[seat.door] = DoorSlots()
            self._tell_who_at(seat.door, slots)
            self._tell_view_at(seat.door, slots)
            slots.votes = dict(self._votes) if seat.door == CONVERSATION else {}
        seat.skip(self._doors[seat.door])
        self._note(seat.connection)
        seat.wake()
        self._schedule()

    def leave(self, seat: RoomSeat) -> None:
        """A connection closed."""
        if self._seats.pop(seat.connection, None) is None:
            return
        self._presence.leave(seat.connection, self._now())
        self._link.left(seat.connection)
        if not any(other.door == seat.door for other in self._seats.values()):
            del self._doors[seat.door]
        self._schedule()

    def hear(self, seat: RoomSeat) -> None:
        """A connection said something, whatever it was."""
        if self._presence.hear(seat.connection, self._now()):
            self._note(seat.connection)
            self._schedule()

    def say(self, seat: RoomSeat, activity: Activity, follows: str | None, looks_at: str | None) -> None:
        """What a person does, whom they follow, and at which run they look."""
        self._presence.say(
            seat.connection,
            seat.member,
            seat.tab,
            seat.door,
            activity=activity,
            follows=follows,
            looks_at=seat.door.run_id or looks_at,
            now=self._now(),
        )
        self._note(seat.connection)
        self._schedule()

    def show(self, seat: RoomSeat, view: PresentedView | None) -> None:
        """Show a view to the others; None = no longer."""
        if view is None:
            if self._stage.leave(seat.member.participant):
                self._view_news = True
                self._link.hidden(seat.member.participant)
        else:
            self._view_news |= self._stage.show(seat.connection, seat.member, view, self._now())
        self._schedule()

    def comment(self, run_id: str, comment: Mapping[str, Any]) -> None:
        """Somebody said something about a run."""
        for door, slots in self._doors.items():
            run = door.run_name(run_id)
            if run is not None:
                slots.comments.append(comment_message(run, comment))
                slots.commented += 1
        for seat in self._seats.values():
            seat.wake()

    def votes(self, run_id: str, other_id: str, counts: Mapping[str, int], revealed: bool) -> None:
        """How many votes two runs have, which those in the conversation see: their sum, until it is revealed."""
        pair = (run_id, other_id)
        if revealed:
            self._revealed.add(pair)
        shown = counts if pair in self._revealed else {"votes": sum(counts.values())}
        self._votes.pop(pair, None)
        self._votes[pair] = votes_message(run_id, other_id, shown)
        self._counts[pair] = counts
        while len(self._votes) > MOST_UNTAKEN:
            oldest = next(iter(self._votes))
            del self._votes[oldest], self._counts[oldest]
        if CONVERSATION in self._doors:
            self._doors[CONVERSATION].votes = dict(self._votes)
        for seat in self._seats.values():
            seat.wake()

    def hear_node(self, node: str, text: str) -> None:
        """The room of another node said something."""
        news, now = read_news(text), self._now()
        looks_different, view_news = self._link.learn(node, news, now)
        self._view_news |= view_news
        if looks_different:
            self._note()
        for run_id, comment in news.comments:
            self.comment(run_id, comment)
        for votes in news.votes:
            self.votes(votes.run, votes.other, votes.counts, votes.revealed)
        if news.ask:
            self._link.all(now, votes_of(self._counts, self._revealed))
        self._schedule()

    def repeat(self) -> None:
        """Say to the other nodes who is here, so that nobody is forgotten there and nobody stays who has gone."""
        self._link.all(self._now())

    def ask(self) -> None:
        """Ask the other nodes who is there, and say who is here."""
        self._link.all(self._now(), ask=True)

    def missed(self) -> None:
        """Something that other nodes said may be lost: ask again, and have comments listed again."""
        for slots in self._doors.values():
            slots.comments.clear()
            slots.commented += 1
        for seat in self._seats.values():
            seat.wake()
        self.ask()

    def news(self, seat: RoomSeat) -> list[str]:
        """What a connection has to be sent now."""
        slots = self._doors.get(seat.door)
        return [] if slots is None else seat.take(slots)

    def _note(self, *connections: int) -> None:
        """Somebody may look different now: who is at one of these connections of this node, or anybody elsewhere."""
        self._changed.update(connections)
        due = max(self._now(), self._who_told + WHO_EVERY_S)
        self._who_due = due if self._who_due is None else min(due, self._who_due)

    def _schedule(self) -> None:
        """Be called again when there is something to tell, and not before."""
        now = self._now()
        changes = self._presence.next_change(now)
        moments = [self._who_due, None if changes is None else max(changes, self._who_told + WHO_EVERY_S)]
        if self._view_news:
            moments.append(max(now, self._view_told + PLAYHEAD_EVERY_S))
        due = min((moment for moment in moments if moment is not None), default=None)
        if self._timer is not None:
            if due is not None and due >= self._due:
                return
            self._timer.cancel()
            self._timer = None
        if due is not None:
            self._due = due
            self._timer = self._call_later(max(0.0, due - now), self._pass)

    def _pass(self) -> None:
        """Tell what is due, and wait for the next."""
        self._timer = None
        now = self._now()
        presenter = self._stage.presenting
        if presenter is not None and not self._presence.is_here(presenter.by.participant, now):
            self._view_news |= self._stage.leave(presenter.by.participant)
        told = False
        if now >= self._who_told + WHO_EVERY_S:
            told = self._tell_who()
        if self._view_news and now >= self._view_told + PLAYHEAD_EVERY_S:
            told = self._tell_view() or told
        if told:
            for seat in self._seats.values():
                seat.wake()
        self._schedule()

    def _tell_who(self) -> bool:
        self._presence.forget(self._now())
        self._who_due = None
        changed, self._changed = self._changed, set()
        if changed:
            self._link.people(changed, self._now())
        told = [self._tell_who_at(door, slots) for door, slots in self._doors.items()]
        if any(told):
            self._who_told = self._now()
        return any(told)

    def _tell_who_at(self, door: RoomDoor, slots: DoorSlots) -> bool:
        look = RoomLook.of(self._presence.people(door, self._now()))
        difference = look.since(slots.look)
        if difference is None:
            return False
        slots.look = look
        slots.who = Slot(slots.who.serial + 1, who_message(difference), who_message(look.whole()))
        return True

    def _tell_view(self) -> bool:
        self._view_news, self._view_told = False, self._now()
        self._link.view(self._view_told)
        told = [self._tell_view_at(door, slots) for door, slots in self._doors.items()]
        return any(told)

    def _tell_view_at(self, door: RoomDoor, slots: DoorSlots) -> bool:
        presenting = self._stage.presenting
        text = playhead_message(presenting, door)
        if text == slots.presented.whole or (presenting is None and not slots.presented.serial):
            return False
        slots.presented = Slot(slots.presented.serial + 1, whole=text)
        return True


def clock_ms() -> float:
    """The clock of this server's rooms, in milliseconds; only its differences mean something."""
    return time.monotonic() * 1000
