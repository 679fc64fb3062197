"""People come, reload, type, and vanish in any order: everybody is seen once, and for as long as they are there."""

from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from backend.rooms.differences import MOST_LISTED, NOBODY, RoomLook
from backend.rooms.doors import CONVERSATION, RoomDoor
from backend.rooms.people import PersonPresent, RoomMember
from backend.rooms.presence import GRACE_S, GREY_AFTER_S, LEASE_S, TYPING_S, Presence

SHARE = RoomDoor("share_1", "run_1")
OTHER_SHARE = RoomDoor("share_2", "run_2")
ALL_OF_IT = RoomDoor("share_3")
DOORS = (CONVERSATION, SHARE, OTHER_SHARE)
NAMES = ("ana", "ben", "cem")


def member(name: str) -> RoomMember:
    return RoomMember(name, name.title(), 1, "host")


class AnyOrder(RuleBasedStateMachine):
    """``self.last`` is the model: when each open or lately closed connection stops to count."""

    def __init__(self) -> None:
        super().__init__()
        self.presence, self.now, self.names = Presence(), 0.0, 0
        self.last: dict[int, tuple[str, str, RoomDoor, float]] = {}
        self.known = RoomLook.of({})

    @rule(name=st.sampled_from(NAMES), tab=st.sampled_from(("1", "2")), door=st.sampled_from(DOORS))
    def join(self, name: str, tab: str, door: RoomDoor) -> None:
        self.names += 1
        self.last = {one: seen for one, seen in self.last.items() if seen[:3] != (name, tab, door)}
        self.last[self.names] = (name, tab, door, self.now + LEASE_S)
        self.presence.join(self.names, member(name), tab, door, self.now)

    @rule(choice=st.integers(0, 50), typing=st.booleans())
    def say(self, choice: int, typing: bool) -> None:
        open_ones = [one for one, seen in self.last.items() if seen[3] > self.now + GRACE_S]
        if open_ones:
            one = open_ones[choice % len(open_ones)]
            name, tab, door, _ = self.last[one]
            self.last[one] = (name, tab, door, self.now + LEASE_S)
            self.presence.say(
                one,
                member(name),
                tab,
                door,
                activity="typing" if typing else "watching",
                follows=None,
                looks_at=None,
                now=self.now,
            )

    @rule(choice=st.integers(0, 50))
    def close(self, choice: int) -> None:
        if self.last:
            one = list(self.last)[choice % len(self.last)]
            name, tab, door, ends = self.last[one]
            self.last[one] = (name, tab, door, min(ends, self.now + GRACE_S))
            self.presence.leave(one, self.now)

    @rule(seconds=st.sampled_from((0.1, 1.0, GRACE_S, TYPING_S, GREY_AFTER_S, LEASE_S)))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.presence.forget(self.now)
        self.last = {one: seen for one, seen in self.last.items() if seen[3] > self.now}

    @invariant()
    def everybody_is_seen_once_and_nobody_who_left(self) -> None:
        people = self.presence.people(CONVERSATION, self.now)
        assert set(people) == {name for name, *_ in self.last.values()}
        for share in (SHARE, OTHER_SHARE):
            seen = self.presence.people(share, self.now)
            assert set(seen) == {name for name, _, door, _ in self.last.values() if door == share}

    @invariant()
    def nothing_changes_before_the_time_that_is_given(self) -> None:
        due = self.presence.next_change(self.now)
        people = self.presence.people(CONVERSATION, self.now)
        if due is None:
            assert not people
        else:
            assert due > self.now
            assert self.presence.people(CONVERSATION, self.now + (due - self.now) / 2) == people

    @invariant()
    def the_differences_add_up_to_what_is_there(self) -> None:
        look = RoomLook.of(self.presence.people(CONVERSATION, self.now))
        difference = look.since(self.known)
        before = dict(self.known.people or {})
        for person in (difference or {}).get("here", ()):
            before[person["participant"]] = PersonPresent(**person)
        for name in (difference or {}).get("gone", ()):
            del before[name]
        assert before == look.people
        self.known = look


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_no_ghost_stays_after_an_unclean_close() -> None:
    presence = Presence()
    presence.join(1, member("ana"), "tab", CONVERSATION, 0.0)
    activities = [
        [person.activity for person in presence.people(CONVERSATION, now).values()]
        for now in (0.0, GREY_AFTER_S - 0.1, GREY_AFTER_S, LEASE_S - 0.1, LEASE_S)
    ]
    assert activities == [["watching"], ["watching"], ["away"], ["away"], []]


def test_a_person_with_three_tabs_is_one_person_and_does_what_their_busiest_tab_does() -> None:
    presence = Presence()
    for connection, activity in enumerate(("away", "typing", "watching")):
        presence.join(connection, member("ana"), str(connection), CONVERSATION, 0.0)
        presence.say(
            connection,
            member("ana"),
            str(connection),
            CONVERSATION,
            activity=activity,  # type: ignore[arg-type]
            follows=None,
            looks_at=None,
            now=0.0,
        )
    assert [person.activity for person in presence.people(CONVERSATION, 1.0).values()] == ["typing"]
    assert [person.activity for person in presence.people(CONVERSATION, TYPING_S).values()] == ["watching"]


def test_a_reload_does_not_blink() -> None:
    presence = Presence()
    presence.join(1, member("ana"), "tab", CONVERSATION, 0.0)
    presence.leave(1, 10.0)
    assert set(presence.people(CONVERSATION, 10.0 + GRACE_S - 0.1)) == {"ana"}
    presence.join(2, member("ana"), "tab", CONVERSATION, 12.0)
    assert set(presence.people(CONVERSATION, 12.0 + GRACE_S + 1)) == {"ana"}
    presence.leave(2, 20.0)
    assert presence.people(CONVERSATION, 20.0 + GRACE_S) == {}


def test_a_share_sees_of_the_conversation_who_looks_at_its_run() -> None:
    presence = Presence()
    for connection, (name, looks_at) in enumerate((("ana", "run_1"), ("ben", "run_2"))):
        presence.join(connection, member(name), "tab", CONVERSATION, 0.0)
        presence.say(
            connection,
            member(name),
            "tab",
            CONVERSATION,
            activity="watching",
            follows=None,
            looks_at=looks_at,
            now=0.0,
        )
    assert [set(presence.people(door, 1.0)) for door in DOORS] == [{"ana", "ben"}, {"ana"}, {"ben"}]
    presence.join(9, member("guest"), "tab", SHARE, 0.0)
    assert set(presence.people(ALL_OF_IT, 1.0)) == {"ana", "ben"}, "two shares do not meet"
    names = [door.run_name("run_1") for door in (CONVERSATION, SHARE, OTHER_SHARE)]
    assert names == ["run_1", "share_1", None]
    assert "run_1" not in str(ALL_OF_IT.run_name("run_1"))


@given(st.integers(0, 2 * MOST_LISTED))
def test_above_the_bound_people_are_counted_and_not_listed(count: int) -> None:
    people = {str(one): PersonPresent(str(one), "", 0, "view", "watching") for one in range(count)}
    told = RoomLook.of(people).since(NOBODY) or {}
    assert len(told.get("here", ())) == (count if count <= MOST_LISTED else 0)
    assert told.get("counts", {}).get("people") == (None if count <= MOST_LISTED else count)
