"""The stage of a room: the latest view of the latest presenter, on one clock."""

from hypothesis import given, strategies as st

from backend.rooms.people import RoomMember
from backend.rooms.presented import OLDEST_SENT_S, PresentedView, Stage

ANA, BEN = (RoomMember(name, name.title(), 0, "host") for name in ("ana", "ben"))


def view(rev: int, at_ms: float | None = 0.0, *, sent_at_ms: float = 0.0, playing: bool = True) -> PresentedView:
    return PresentedView("run_1", at_ms, playing, 2.0, "replay", "", rev, sent_at_ms)


def test_a_view_that_comes_late_does_not_take_the_room_back() -> None:
    stage = Stage()
    assert [stage.show(1, ANA, view(rev), 0.0) for rev in (1, 3, 2, 3, 4)] == [True, True, False, False, True]
    assert stage.show(2, ANA, view(1), 0.0), "a page that was loaded again counts from the beginning"


def test_the_latest_presenter_has_the_stage_and_the_one_before_cannot_empty_it() -> None:
    stage = Stage()
    stage.show(1, ANA, view(1), 0.0)
    stage.show(2, BEN, view(1), 0.0)
    assert not stage.leave("ana")
    assert stage.presenting is not None
    assert stage.presenting.by == BEN
    assert stage.leave("ben")
    assert stage.presenting is None


@given(at_s=st.floats(10, 1000), back_s=st.floats(0, OLDEST_SENT_S), later_s=st.floats(0, 100))
def test_a_late_joiner_stands_where_the_presenter_is(at_s: float, back_s: float, later_s: float) -> None:
    """The place is that of a playhead that started when the view was sent, whoever asks and when."""
    stage = Stage()
    stage.show(1, ANA, view(1, 500.0, sent_at_ms=(at_s - back_s) * 1000), at_s)
    assert stage.presenting is not None
    place = stage.presenting.view.place_ms(at_s + later_s)
    assert place is not None
    assert abs(place - (500.0 + 2000 * (back_s + later_s))) < 1e-3


def test_a_clock_that_is_another_one_is_not_believed() -> None:
    for sent_at_ms in (-1e9, 1e12):
        stage = Stage()
        stage.show(1, ANA, view(1, sent_at_ms=sent_at_ms), 100.0)
        assert stage.presenting is not None
        assert stage.presenting.view.sent_at_ms == 100_000.0


def test_what_does_not_play_stays_where_it_is() -> None:
    assert view(1, 700.0, playing=False).place_ms(1e6) == 700.0
    assert view(1, None).place_ms(1e6) is None
