"""Two runs under one playhead: it covers the longer one, stops at the events of both, and shows both as they were."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings

from backend.desk.run_pair import PairedRun, RunPair
from backend.present.pages.problem import Problem
from backend.present.timeline.moment_text import pair_moment_html, pair_moment_text
from backend.present.words import compare as words_compare
from backend.protocol.events import Event
from backend.protocol.options import RunOptions
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


def side(
    events: tuple[Event, ...] = FAST, run_id: str = "run_1", agent: str = "documents", *, status_events: bool = True
) -> PairedRun:
    header = RecordingHeader(agent=agent, question="Why?", options=RunOptions(status_events=status_events))
    return PairedRun(Recording(header, events), run_id)


def pair_of(first: PairedRun, second: PairedRun) -> RunPair:
    pair = RunPair()
    pair.put("first", first)
    pair.put("second", second)
    return pair


def pair_of_both() -> RunPair:
    return pair_of(side(SLOW, "run_slow"), side(FAST, "run_fast"))


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        (side(agent="scripted:a"), side(), ("scripted:a", "documents")),
        (side(agent="scripted:a", status_events=False), side(), ("scripted:a", "documents")),
        (side(status_events=False), side(), (words_compare.WITHOUT_STATUS, words_compare.WITH_STATUS)),
        (side(), side(status_events=False), (words_compare.WITH_STATUS, words_compare.WITHOUT_STATUS)),
        (side(), side(), (words_compare.FIRST_RUN, words_compare.SECOND_RUN)),
        (side(agent=""), side(), (words_compare.FIRST_RUN, words_compare.SECOND_RUN)),
    ],
)
def test_what_tells_two_runs_apart_names_them(first: PairedRun, second: PairedRun, names: tuple[str, str]) -> None:
    compared = pair_of(first, second).compared()
    assert tuple(run.name for run in compared) == names
    assert [run.question for run in compared] == ["Why?", "Why?"]


def test_a_pair_with_one_side_missing_cannot_be_compared_nor_played() -> None:
    pair = RunPair()
    pair.put("first", side())
    with pytest.raises(ValueError, match="not two runs"):
        pair.compared()
    assert (pair.complete, pair.named()) == (False, {"a": "run_1", "b": "", "blind": ""})
    assert (pair.moment().runs, pair.moment().text, pair.press_play()) == ((), "", False)


def test_only_a_run_of_the_backend_of_which_more_can_be_had_is_running() -> None:
    open_ended = FAST[:1]
    lost = PairedRun(side(open_ended).recording, "run_1", Problem("run_not_found"))
    assert [each.running for each in (side(), side(open_ended), side(open_ended, ""), lost)] == [
        False, True, False, False
    ]  # fmt: skip
    pair = pair_of(side(), side(open_ended))
    assert (pair.complete, pair.running, pair.problem) == (True, True, None)
    pair.learn("second", lost)
    assert (pair.running, pair.problem) == (False, Problem("run_not_found"))


def test_both_are_seen_at_the_playhead_and_while_one_runs_as_far_as_they_are_known() -> None:
    pair = pair_of_both()
    pair.seek(950)
    moment = pair.moment()
    assert [(seen.view.message.answer, seen.elapsed_ms, seen.still) for seen in moment.runs] == [
        ("Slow.", 950, True), ("Fast.", 950, True)
    ]  # fmt: skip
    assert "0:00.9 of 0:02.0" in moment.text or "0:01.0 of 0:02.0" in moment.text
    pair.put("first", side(SLOW[:2], "run_slow"))
    moment = pair.moment()
    assert [(seen.elapsed_ms, seen.still) for seen in moment.runs] == [(900, False), (500, False)]
    assert moment.text == "", "there is no playhead yet"


def test_a_state_can_be_copied_for_every_tab() -> None:
    first = RunPair()
    tab = copy.deepcopy(first)
    tab.put("first", side())
    assert (first.first, first.serial) == (None, 0)


def test_a_new_pair_is_seen_whole() -> None:
    pair = pair_of_both()
    assert (pair.position_ms(), pair.at_the_end()) == (2000, True)
    assert [view.message.answer for view in pair.playback.views_at(pair.position_ms())] == ["Slow.", "Fast."]
    assert pair.named() == {"a": "run_slow", "b": "run_fast", "blind": ""}


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


def test_the_strip_gets_plain_data_of_both_on_one_clock() -> None:
    data = pair_of_both().strip_data()
    assert json.loads(json.dumps(data)) == data
    assert data["playhead"]["duration_ms"] == 2000
    assert [(run["scope"], json.loads(run["model"])["end"]) for run in data["runs"]] == [
        ("first", 2000),
        ("second", 500),
    ]


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
