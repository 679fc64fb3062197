"""Markers that many views share: each view sees its own, whatever continues the others."""

from hypothesis import given, strategies as st
from pydantic import TypeAdapter

from backend.protocol.marker_run import Marker, MarkerRun

RUN: TypeAdapter[MarkerRun] = TypeAdapter(MarkerRun)

numbers = st.lists(st.integers(1, 3), max_size=4)


def marker(start: int, number: int = 1) -> Marker:
    return Marker(number=number, start=start, end=start + 1)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40), numbers), max_size=20))
def test_no_view_changes_by_what_continues_another(steps: list[tuple[int, int, list[int]]]) -> None:
    made: list[tuple[MarkerRun, tuple[Marker, ...]]] = [(MarkerRun(), ())]
    for from_, position, added in steps:
        run, expected = made[from_ % len(made)]
        kept = tuple(each for each in expected if each.start < position)
        last = kept[-1].start + 1 if kept else 0
        found = tuple(marker(last + at, number) for at, number in enumerate(added))
        made.append((run.before(position).followed_by(found), kept + found))
    for run, expected in made:
        assert run == expected
        assert (len(run), list(run), [*run[:]], hash(run)) == (
            len(expected), list(expected), list(expected), hash(expected),
        )  # fmt: skip
        assert [run[-at - 1] for at in range(len(run))] == list(reversed(expected))
        assert RUN.validate_json(RUN.dump_json(run)) == expected


def test_a_run_is_copied_once_where_it_continues_otherwise_and_not_where_it_continues_alike() -> None:
    first = MarkerRun([marker(0)])
    one = first.followed_by([marker(3)])
    again = first.followed_by([marker(3), marker(6)])
    other = first.followed_by([marker(4)])
    assert (one._items is again._items, one._items is other._items) == (True, False)
    assert (list(one), list(again), list(other)) == (
        [marker(0), marker(3)], [marker(0), marker(3), marker(6)], [marker(0), marker(4)],
    )  # fmt: skip
