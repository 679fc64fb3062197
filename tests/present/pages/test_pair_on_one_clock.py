"""Two runs under one playhead: it covers the longer one, stops at the events of both, and shows both as they were."""

import json

from hypothesis import HealthCheck, given, settings

from backend.present.pages.pair import Pair, Side
from backend.present.timeline.moment_text import pair_moment_html, pair_moment_text
from backend.protocol.events import Event
from backend.protocol.pair_playback import PairPlayback
from backend.protocol.playback import Playback
from backend.protocol.recordings import Recording, RecordingHeader
from backend.protocol.view import view_at
from tests.metrics.traces import done, status, token
from tests.present.html_reader import Fragment
from tests.strategies import runs


def timed(*events: tuple[float, Event]) -> tuple[Event, ...]:
    return tuple(
        event.model_copy(update={"seq": seq, "at_ms": at_ms}) for seq, (at_ms, event) in enumerate(events, start=1)
    )


SLOW = timed((0, status("s")), (900, token("Slow.")), (2000, done()))
FAST = timed((100, token("Fast.")), (500, done()))


def side(events: tuple[Event, ...], run_id: str) -> Side:
    return Side(Recording(RecordingHeader(agent="documents", question="Why?"), events), run_id)


def pair_of_both() -> Pair:
    pair = Pair()
    pair.put("first", side(SLOW, "run_slow"))
    pair.put("second", side(FAST, "run_fast"))
    return pair


def test_a_new_pair_is_seen_whole() -> None:
    pair = pair_of_both()
    assert (pair.position_ms(), pair.at_the_end()) == (2000, True)
    assert [view.message.answer for view in pair.playback.views_at(pair.position_ms())] == ["Slow.", "Fast."]
    assert pair.run_ids == ("run_slow", "run_fast")


def test_the_playhead_stops_at_every_event_of_both() -> None:
    pair = pair_of_both()
    pair.seek(0)
    stops = []
    while not pair.at_the_end():
        pair.jump(forward=True)
        stops.append(pair.position_ms())
    assert stops == [100, 500, 900, 2000]
    back = []
    while pair.position_ms():
        pair.jump(forward=False)
        back.append(pair.position_ms())
    assert back == [900, 500, 100, 0]


def test_the_shorter_run_stays_as_it_ended() -> None:
    slow, fast = pair_of_both().playback.views_at(700)
    assert (slow.ended, fast.ended) == (False, True)
    assert (slow.message.answer, fast.message.answer) == ("", "Fast.")


def test_another_run_on_one_side_is_another_pair_and_more_of_the_same_is_not() -> None:
    pair = pair_of_both()
    pair.seek(300)
    pair.play()
    serial = pair.serial
    pair.put("second", side(FAST[:1], "run_other"))
    assert pair.serial == serial + 1
    assert (pair.playhead.playing, pair.position_ms()) == (False, 2000)
    assert pair.running
    pair.learn("second", side(timed((100, token("Longer.")), (3000, done())), "run_other"))
    assert (pair.serial, pair.running, pair.position_ms()) == (serial + 1, False, 3000)


def test_the_moment_says_what_came_last_and_of_whom() -> None:
    playback, names = pair_of_both().playback, ("A", "B")
    assert pair_moment_text(playback, names, 0).startswith("A: step")
    assert pair_moment_text(playback, names, 100) == "B: answer “Fast.”"
    assert pair_moment_text(playback, names, 1999) == "A: answer “Slow.”"
    late = PairPlayback(Playback(FAST), Playback(()))
    assert "comes in 100 ms" in pair_moment_text(late, names, 0)
    assert pair_moment_text(PairPlayback(Playback(()), Playback(())), names, 0) == "This recording contains no events."
    html = pair_moment_html(playback, ("<b>A", "B"), 950)
    assert Fragment(html).problems == []
    assert "0:00.9 of 0:02.0" in html or "0:01.0 of 0:02.0" in html


def test_the_scrubber_is_told_plain_data() -> None:
    told = pair_of_both().scrubber()
    assert json.loads(json.dumps(told)) == told
    assert told["duration_ms"] == 2000


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs(), runs())
def test_every_stop_is_an_event_of_one_of_them_and_both_views_are_those_of_the_moment(
    one: list[Event], other: list[Event]
) -> None:
    playback = PairPlayback(Playback(one), Playback(other))
    at_ms = playback.duration_ms / 2
    assert playback.views_at(at_ms) == (view_at(one, at_ms), view_at(other, at_ms))
    times = {event.at_ms for event in (*one, *other)}
    after, before = playback.next_event_ms(at_ms), playback.previous_event_ms(at_ms)
    assert after is None or (after > at_ms and after in times)
    assert before is None or (before < at_ms and before in times)
