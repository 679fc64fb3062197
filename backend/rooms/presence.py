"""Who is in a room, by connection, and how that ends: when a lease runs out, or a moment after a connection closed.

Every time is a number of seconds of the caller's clock, which never goes back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from backend.rooms.doors import RoomDoor
from backend.rooms.people import Activity, PersonPresent, RoomMember

LEASE_S: Final = 30.0
"""How long a connection counts that is not heard."""
GREY_AFTER_S: Final = 15.0
"""How long a connection may be silent before its person is away. A page says something every 10 s."""
GRACE_S: Final = 3.0
"""How long a person stays after their connection closed: a reload does not make them blink."""
TYPING_S: Final = 6.0
"""How long somebody types who does not say so again."""


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """A connection as one node describes it to another, without a time of its clock: ages are seconds."""

    connection: int
    member: RoomMember
    tab: str
    door: RoomDoor
    activity: Activity
    follows: str | None
    looks_at: str | None
    silent_s: float
    """How long it was not heard."""
    said_s: float
    """How long ago the activity was said."""


@dataclass(slots=True)
class _Connection:
    member: RoomMember
    tab: str
    door: RoomDoor
    heard: float
    activity: Activity = "watching"
    said: float = 0.0
    """When the activity was said."""
    follows: str | None = None
    looks_at: str | None = None
    closed: float | None = None
    node: str = ""
    """The node that the connection is open at; empty for this one."""

    def ends(self) -> float:
        """When it stops to count."""
        lease = self.heard + LEASE_S
        return lease if self.closed is None else min(lease, self.closed + GRACE_S)

    def changes(self) -> Iterable[float]:
        """The moments at which it changes by itself."""
        yield self.ends()
        yield self.heard + GREY_AFTER_S
        if self.activity == "typing":
            yield self.said + TYPING_S

    def seen(self, now: float) -> Activity:
        if now >= self.heard + GREY_AFTER_S:
            return "away"
        if self.activity == "typing" and now >= self.said + TYPING_S:
            return "watching"
        return self.activity


_ORDER: Final[dict[Activity, int]] = {"away": 0, "watching": 1, "typing": 2}


class Presence:
    """The connections of one room."""

    def __init__(self) -> None:
        self._connections: dict[int, _Connection] = {}

    def __len__(self) -> int:
        return len(self._connections)

    def join(self, connection: int, member: RoomMember, tab: str, door: RoomDoor, now: float) -> None:
        """A connection opens. What is left of an earlier one of the same tab is forgotten: a connection that was cut
        may lie there until its lease runs out."""
        for name, _ in self._of_tab(member, tab, door):
            del self._connections[name]
        self._connections[connection] = _Connection(member, tab, door, now, said=now)

    def hear(self, connection: int, now: float) -> bool:
        """A sign of life: the lease begins anew. Gives whether the connection was silent for long."""
        known = self._connections.get(connection)
        if known is None or known.closed is not None:
            return False
        silent = now >= known.heard + GREY_AFTER_S
        known.heard = now
        return silent

    def say(
        self,
        connection: int,
        member: RoomMember,
        tab: str,
        door: RoomDoor,
        *,
        activity: Activity,
        follows: str | None,
        looks_at: str | None,
        now: float,
    ) -> None:
        """What a connection says of its person. One that is not known any more, since it was silent for too long or
        another one of its tab came, is in the room again."""
        known = self._connections.get(connection)
        if known is None:
            known = self._connections[connection] = _Connection(member, tab, door, now)
        known.member, known.heard, known.said, known.closed = member, now, now, None
        known.activity, known.follows, known.looks_at = activity, follows, looks_at

    def leave(self, connection: int, now: float) -> None:
        """A connection closed."""
        known = self._connections.get(connection)
        if known is not None and known.closed is None:
            known.closed = now

    def states(self, now: float, only: Iterable[int] | None = None) -> list[ConnectionState]:
        """The open connections of this node, for other nodes; ``only`` these."""
        wanted = self._connections.keys() if only is None else set(only)
        return [
            ConnectionState(
                name,
                *(known.member, known.tab, known.door, known.activity, known.follows, known.looks_at),
                silent_s=now - known.heard,
                said_s=now - known.said,
            )
            for name, known in self._connections.items()
            if name in wanted and not known.node and known.closed is None and now < known.ends()
        ]

    def learn(self, node: str, states: Sequence[ConnectionState], now: float, *, whole: bool) -> None:
        """What another node says of its connections. ``whole``: it has no others, so that those are closed which it
        had before."""
        for state in states:
            heard, said = now - state.silent_s, now - state.said_s
            others = self._of_tab(state.member, state.tab, state.door)
            if any(other.heard > heard for name, other in others if name != state.connection):
                # The tab is connected elsewhere by now, and that node does not know it yet.
                continue
            for name in {name for name, _ in others} - {state.connection}:
                del self._connections[name]
            self._connections[state.connection] = _Connection(
                *(state.member, state.tab, state.door, heard, state.activity, said, state.follows, state.looks_at),
                node=node,
            )
        if whole:
            named = {state.connection for state in states}
            for name, known in self._connections.items():
                if known.node == node and name not in named:
                    self.leave(name, now)

    def is_of(self, connection: int, node: str) -> bool:
        """Whether the connection is that node's; of this one with an empty name."""
        known = self._connections.get(connection)
        return known is not None and known.node == node

    def counts_here(self, now: float) -> bool:
        """Whether a connection of this node counts."""
        return any(not known.node and now < known.ends() for known in self._connections.values())

    def forget(self, now: float) -> None:
        """Drop what does not count any more."""
        for name in [name for name, known in self._connections.items() if now >= known.ends()]:
            del self._connections[name]

    def _of_tab(self, member: RoomMember, tab: str, door: RoomDoor) -> list[tuple[int, _Connection]]:
        """The connections of one tab."""
        return [
            (name, known)
            for name, known in self._connections.items()
            if known.tab == tab and known.member.participant == member.participant and known.door == door
        ]

    def next_change(self, now: float) -> float | None:
        """When the room changes by itself; None for never."""
        moments = (moment for known in self._connections.values() for moment in known.changes())
        return min((moment for moment in moments if moment > now), default=None)

    def is_here(self, participant: str, now: float) -> bool:
        """Whether a connection of that person counts."""
        return any(
            known.member.participant == participant and now < known.ends() for known in self._connections.values()
        )

    def people(self, door: RoomDoor, now: float) -> dict[str, PersonPresent]:
        """Everybody who is seen from that door, once each, by participant, in the order in which they came."""
        seen: dict[str, PersonPresent] = {}
        for known in self._connections.values():
            if now >= known.ends() or not door.shows(known.door, known.looks_at):
                continue
            member, activity = known.member, known.seen(now)
            before = seen.get(member.participant)
            if before is not None and _ORDER[before.activity] > _ORDER[activity]:
                activity = before.activity
            follows = known.follows or (before.follows if before is not None else None)
            seen[member.participant] = PersonPresent(
                member.participant, member.name, member.colour, member.role, activity, follows
            )
        return seen
