"""Members of a tuple replaced by their id: as if the tuple was looked through, and without looking through it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, strategies as st

from backend.protocol.places import FEW, MemberPlaces

Member = tuple[str, int]
IDS = st.integers(0, 2 * FEW).map(str)


def always(member: Member) -> Callable[[Member | None], Member]:
    """Makes this member of any other one."""
    return lambda _: member


def put_plainly(items: tuple[Member, ...], wanted: str, number: int) -> tuple[Member, ...]:
    """What is expected."""
    at = next((place for place, (each, _) in enumerate(items) if each == wanted), None)
    return (*items, (wanted, number)) if at is None else (*items[:at], (wanted, number), *items[at + 1 :])


@given(st.lists(st.tuples(IDS, st.booleans()), max_size=4 * FEW))
def test_members_are_replaced_where_they_stand_also_from_an_earlier_tuple_on(wishes: list[tuple[str, bool]]) -> None:
    places, items, earlier = MemberPlaces[Member](lambda member: member[0]), tuple[Member, ...](), tuple[Member, ...]()
    for number, (wanted, goes_back) in enumerate(wishes):
        base = earlier if goes_back else items
        earlier = items
        items = places.put(base, wanted, always((wanted, number)))
        assert items == put_plainly(base, wanted, number)


def test_the_first_of_members_with_one_id_is_replaced() -> None:
    items = tuple((str(number % FEW), number) for number in range(2 * FEW))
    places = MemberPlaces[Member](lambda member: member[0])
    for wanted in ("3", "new", "3"):
        items, before = places.put(items, wanted, always((wanted, -1))), items
        assert items == put_plainly(before, wanted, -1)


def test_many_members_are_not_looked_through_for_each() -> None:
    looks = 0

    def id_of(member: Member) -> str:
        nonlocal looks
        looks += 1
        return member[0]

    places, items = MemberPlaces[Member](id_of), tuple[Member, ...]()
    for number in range(5000):
        items = places.put(items, str(number), always((str(number), number)))
    assert looks < FEW * FEW


def test_threads_that_fold_from_one_tuple_do_not_disturb_each_other() -> None:
    places = MemberPlaces[Member](lambda member: member[0])
    base = tuple((str(number), 0) for number in range(FEW))

    def fold(thread: int) -> tuple[Member, ...]:
        items = base
        for number in range(300):
            items = places.put(items, f"{thread} {number}", always((f"{thread} {number}", number)))
        return items

    with ThreadPoolExecutor(4) as pool:
        for thread, items in enumerate(pool.map(fold, range(4))):
            assert items == (*base, *((f"{thread} {number}", number) for number in range(300)))
