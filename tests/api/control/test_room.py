"""A room on a clock that the test moves: what is sent to whom, how often, and what a slow connection finds."""

import heapq
import itertools
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from backend.api.control.room import PLAYHEAD_EVERY_S, WHO_EVERY_S, Room
from backend.api.control.room_slots import MOST_UNTAKEN, RoomSeat
from backend.api.exchange import MemoryExchange, MemoryHub
from backend.rooms.doors import CONVERSATION, RoomDoor
from backend.rooms.people import RoomMember
from backend.rooms.presence import GRACE_S, LEASE_S
from backend.rooms.presented import PresentedView

SHARE = RoomDoor("share_1", "run_1")


class Call:
    def __init__(self, work: Callable[[], None]) -> None:
        self._work: Callable[[], None] | None = work

    def cancel(self) -> None:
        self._work = None

    def run(self) -> None:
        if self._work is not None:
            self._work()


class Clock:
    """Implements ``CallLater`` and gives the time."""

    def __init__(self) -> None:
        self.time = 100.0
        self._names = itertools.count()
        self._calls: list[tuple[float, int, Call]] = []

    def now(self) -> float:
        return self.time

    def later(self, delay: float, work: Callable[[], None]) -> Call:
        call = Call(work)
        heapq.heappush(self._calls, (self.time + delay, next(self._names), call))
        return call

    def advance(self, seconds: float) -> None:
        end = self.time + seconds
        while self._calls and self._calls[0][0] <= end:
            due, _, call = heapq.heappop(self._calls)
            self.time = max(self.time, due)
            call.run()
        self.time = end


class Page:
    """A connection that takes everything at once, unless it is ``slow``."""

    names = itertools.count(1)

    def __init__(self, room: Room, name: str, door: RoomDoor = CONVERSATION, tab: str = "tab") -> None:
        self.room, self.got, self.slow = room, list[dict[str, Any]](), False
        self.texts: list[str] = []
        self.seat = RoomSeat(next(self.names), RoomMember(name, name.title(), 0, "host"), tab, door, self.take)
        self.people: set[str] = set()
        room.enter(self.seat)

    def take(self) -> None:
        if not self.slow:
            for text in self.room.news(self.seat):
                self.texts.append(text)
                message = json.loads(text)
                self.got.append(message)
                who = message.get("who", {})
                if "people" in who:
                    self.people = {person["participant"] for person in who["people"]}
                self.people |= {person["participant"] for person in who.get("here", ())}
                self.people -= set(who.get("gone", ()))

    def shows(self, rev: int, at_ms: float | None = 0.0, run_id: str = "run_1") -> None:
        view = PresentedView(run_id, at_ms, True, 1.0, "replay", "", rev, self.room._now() * 1000)
        self.room.show(self.seat, view)

    def playheads(self) -> list[Any]:
        return [message["playhead"] for message in self.got if "playhead" in message]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(clock: Clock) -> Room:
    return Room(clock.now, clock.later)


def test_differences_come_at_most_five_times_a_second_whatever_people_do(room: Room, clock: Clock) -> None:
    ana, ben = Page(room, "ana"), Page(room, "ben")
    clock.advance(1.0)
    before = len(ana.got)
    for step in range(200):
        room.say(ben.seat, "typing" if step % 2 else "watching", None, None)
        clock.advance(0.01)
    assert 8 <= len(ana.got) - before <= 2.0 / WHO_EVERY_S + 1
    assert ana.got[-1]["who"]["here"][0]["participant"] == "ben"


def test_a_quiet_room_sends_nothing_and_wakes_for_nothing(room: Room, clock: Clock) -> None:
    ana = Page(room, "ana")
    clock.advance(1.0)
    before = len(ana.got)
    for _ in range(6):
        room.say(ana.seat, "watching", None, None)
        clock.advance(10.0)
    assert len(ana.got) == before


def test_a_slow_connection_finds_the_latest_and_nothing_between(room: Room, clock: Clock) -> None:
    ana, ben = Page(room, "ana"), Page(room, "ben")
    clock.advance(1.0)
    ana.slow = True
    before = len(ana.got)
    pages = [Page(room, f"guest{one}") for one in range(20)]
    for one, page in enumerate(pages):
        clock.advance(0.3)
        ben.shows(one + 1, one * 1000.0)
        if one % 2:
            room.leave(page.seat)
    clock.advance(GRACE_S + 0.5)
    ana.slow = False
    ana.take()
    assert len(ana.got) - before == 2, "one whole look and one view"
    assert ana.people == ben.people
    assert ana.playheads()[-1]["at_ms"] == 19000.0


def test_each_difference_is_encoded_once_for_all_connections(room: Room, clock: Clock) -> None:
    pages = [Page(room, f"guest{one}", tab=str(one)) for one in range(40)]
    clock.advance(1.0)
    room.say(pages[0].seat, "typing", None, None)
    clock.advance(1.0)
    assert pages[1].got[-1]["who"]["here"][0]["activity"] == "typing"
    assert len({id(page.texts[-1]) for page in pages}) == 1, "one text for all of them"


def test_a_late_joiner_gets_the_people_first_and_then_the_view_at_that_moment(room: Room, clock: Clock) -> None:
    ana = Page(room, "ana")
    ana.shows(1, 4000.0)
    clock.advance(7.0)
    ben = Page(room, "ben")
    assert [next(iter(message)) for message in ben.got] == ["who", "playhead"]
    [playhead] = ben.playheads()
    assert playhead["at_ms"] + clock.now() * 1000 - playhead["sent_at"] == pytest.approx(11_000.0)


def test_views_come_at_most_ten_times_a_second_and_the_last_one_always(room: Room, clock: Clock) -> None:
    ana, ben = Page(room, "ana"), Page(room, "ben")
    for step in range(100):
        ana.shows(step + 1, float(step))
        clock.advance(0.01)
    clock.advance(0.2)
    assert 5 <= len(ben.playheads()) <= 1.0 / PLAYHEAD_EVERY_S + 2
    assert ben.playheads()[-1]["at_ms"] == 99.0


def test_a_presenter_who_vanishes_leaves_the_stage_within_the_lease(room: Room, clock: Clock) -> None:
    ana, ben = Page(room, "ana"), Page(room, "ben")
    ana.shows(1)
    for _ in range(4):
        clock.advance(10.0)
        room.say(ben.seat, "watching", None, None)
    clock.advance(0.5)
    assert ben.playheads()[-1] is None
    assert ben.people == {"ben"}
    assert LEASE_S < 40.0


def test_a_share_is_shown_its_own_run_and_never_another(room: Room, clock: Clock) -> None:
    ana, guest = Page(room, "ana"), Page(room, "guest", SHARE)
    room.say(ana.seat, "watching", None, "run_1")
    ana.shows(1, 10.0, "run_1")
    clock.advance(0.5)
    assert guest.people == {"guest", "ana"}
    assert guest.playheads()[-1]["run_id"] == "share_1"
    room.say(ana.seat, "watching", None, "run_2")
    ana.shows(2, 20.0, "run_2")
    clock.advance(0.5)
    assert guest.people == {"guest"}
    assert (guest.playheads()[-1]["run_id"], guest.playheads()[-1]["at_ms"]) == (None, None)
    assert not {"run_1", "run_2"} & set(re.findall(r"\w+", json.dumps(guest.got)))


def test_a_connection_that_missed_many_comments_lists_them_again(room: Room, clock: Clock) -> None:
    ana, ben = Page(room, "ana"), Page(room, "ben")
    ana.slow = True
    for one in range(MOST_UNTAKEN + 1):
        room.comment("run_1", {"comment": str(one)})
    ana.slow = False
    ana.take()
    assert [message["comment"] for message in ana.got if "comment" in message] == [None]
    assert len([message for message in ben.got if "comment" in message]) == MOST_UNTAKEN + 1


def test_votes_are_a_sum_until_they_are_revealed_and_then_for_late_joiners_too(room: Room, clock: Clock) -> None:
    ana, guest = Page(room, "ana"), Page(room, "guest", SHARE)
    counts = {"first": 2, "second": 0, "same": 1}
    room.votes("run_1", "run_2", counts, revealed=False)
    room.votes("run_1", "run_2", counts, revealed=True)
    pair = {"run": "run_1", "other": "run_2"}
    assert [each["votes"] for each in ana.got if "votes" in each] == [{**pair, "votes": 3}, {**pair, **counts}]
    late = Page(room, "late")
    room.votes("run_3", "run_4", counts, revealed=False)
    assert [each["votes"]["run"] for each in late.got if "votes" in each] == ["run_1", "run_3"]
    assert not any("votes" in each for each in guest.got)


def test_a_room_is_empty_once_the_last_grace_is_over(room: Room, clock: Clock) -> None:
    ana = Page(room, "ana")
    room.leave(ana.seat)
    assert not room.is_empty
    clock.advance(GRACE_S + 0.5)
    assert room.is_empty


@pytest.fixture
def two_rooms(clock: Clock) -> tuple[Room, Room]:
    """The rooms of one conversation at two nodes."""
    hub = MemoryHub()
    nodes = [MemoryExchange(hub), MemoryExchange(hub)]
    first, second = (
        Room(clock.now, clock.later, lambda text, node=node: node.say("room", text))  # type: ignore[misc]
        for node in nodes
    )
    for node, room in zip(nodes, (first, second), strict=True):
        node.attend("room", room.hear_node, room.missed)
    return first, second


def test_who_comes_to_another_node_finds_everybody_and_the_view_where_it_is_by_now(
    two_rooms: tuple[Room, Room], clock: Clock
) -> None:
    first, second = two_rooms
    ana = Page(first, "ana")
    first.votes("run_1", "run_2", {"first": 2, "second": 1, "same": 0}, revealed=True)
    ana.shows(1, 1000.0)
    clock.advance(2.0)
    ben = Page(second, "ben")
    second.ask()
    clock.advance(1.0)
    assert ana.people == ben.people == {"ana", "ben"}
    shown = ben.playheads()[-1]
    assert shown["by"]["name"] == "Ana"
    assert clock.now() * 1000 - shown["sent_at"] == pytest.approx(3000.0)
    assert {"votes": {"run": "run_1", "other": "run_2", "first": 2, "second": 1, "same": 0}} in ben.got
    first.show(ana.seat, None)
    clock.advance(1.0)
    assert ben.playheads()[-1] is None


def test_of_two_who_present_at_once_at_two_nodes_all_see_the_same_one(
    two_rooms: tuple[Room, Room], clock: Clock
) -> None:
    first, second = two_rooms
    ana, ben = Page(first, "ana"), Page(second, "ben")
    clock.advance(1.0)
    ana.shows(1)
    ben.shows(1)
    clock.advance(1.0)
    assert ana.playheads()[-1]["by"] == ben.playheads()[-1]["by"]


def test_people_of_a_lost_node_go_grey_and_leave_and_who_moved_stays(
    two_rooms: tuple[Room, Room], clock: Clock
) -> None:
    first, second = two_rooms
    Page(first, "ana")
    cem = Page(first, "cem", tab="cem")
    ben = Page(second, "ben")
    for _ in range(6):
        clock.advance(5.0)
        first.hear(cem.seat)
        second.hear(ben.seat)
        first.repeat()
    assert ben.people == {"ben", "cem"}, "ana was not heard for a lease, the others were"
    moved = Page(second, "cem", tab="cem")
    clock.advance(1.0)
    first.repeat()
    for _ in range(7):
        clock.advance(5.0)
        for page in (ben, moved):
            second.hear(page.seat)
    assert ben.people == {"ben", "cem"}
    second.leave(moved.seat)
    clock.advance(GRACE_S + 1.0)
    assert ben.people == {"ben"}


def test_what_was_missed_is_listed_again_and_nobody_stays_who_has_gone(
    two_rooms: tuple[Room, Room], clock: Clock
) -> None:
    first, second = two_rooms
    ana, ben = Page(first, "ana"), Page(second, "ben")
    clock.advance(1.0)
    # The other node forgot it while this one was cut off.
    first.hear_node("2", '{"people": [], "whole": true, "something_newer": 1}')
    clock.advance(GRACE_S + 1.0)
    assert ana.people == {"ana"}
    first.missed()
    clock.advance(1.0)
    assert ana.people == ben.people == {"ana", "ben"}
    assert {"comment": None} in ana.got
    first.hear_node("2", '{"people": "of a newer version"}')
    clock.advance(1.0)
    assert ana.people == {"ana", "ben"}
