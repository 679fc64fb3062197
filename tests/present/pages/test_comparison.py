"""Two runs side by side: the figure keeps both whole, the table says what is better, the sentence who moved first."""

import pytest

from backend.present.pages.comparison import (
    Compared,
    comparison_rows,
    comparison_table_html,
    first_to_move,
    first_to_move_html,
)
from backend.present.pages.run_metrics import COMPARED, metric_definition, metric_label, run_metrics
from backend.protocol.events import DoneEvent, KnownEvent, StatusEvent, TokenEvent
from tests.present.html_reader import Fragment, visible
from tests.present.samples import numbered


def run(status_ms: float | None, token_ms: float, end_ms: float) -> list[KnownEvent]:
    status = [] if status_ms is None else [StatusEvent(step_id="s", step="summarizing", at_ms=status_ms)]
    closing = (
        [] if status_ms is None else [StatusEvent(step_id="s", step="summarizing", state="finished", at_ms=end_ms)]
    )
    text = [TokenEvent(text="One ", at_ms=token_ms), TokenEvent(text="two.", at_ms=token_ms + 100)]
    return numbered([*status, *text, *closing, DoneEvent(at_ms=end_ms)])


SLOW = Compared("Slow", run(50, 900, 2000))
FAST = Compared("Fast", run(None, 300, 2000))


def test_a_run_that_nobody_timed_has_no_times() -> None:
    events: list[KnownEvent] = [TokenEvent(seq=1, text="Yes [1]."), DoneEvent(seq=2)]
    metrics = run_metrics(events)
    assert metrics["markers"] == 1
    assert {metrics[key] for key in ("ttft_ms", "e2e_ms", "longest_gap_ms", "token_events_per_s")} == {None}


def test_the_table_says_what_is_better_in_words() -> None:
    rows = {row.key: row for row in comparison_rows(SLOW, FAST)}
    assert (rows["ttft_ms"].first, rows["ttft_ms"].second) == ("900 ms", "300 ms")
    assert (rows["ttft_ms"].difference, rows["ttft_ms"].standing) == ("−600 ms", "better")
    assert comparison_rows(FAST, SLOW)[0].key == "ttfs_ms"
    assert {row.key: row.standing for row in comparison_rows(FAST, SLOW)}["ttft_ms"] == "worse"
    assert rows["e2e_ms"].standing == "same"
    assert (rows["ttfs_ms"].second, rows["ttfs_ms"].standing) == ("–", "unknown")
    assert "ttfa_ms" not in rows, "what neither has is left out"
    shown = visible(comparison_table_html(SLOW, FAST))
    assert "Time to first token 900 ms 300 ms −600 ms better" in shown
    assert Fragment(comparison_table_html(SLOW, FAST)).problems == []


def test_every_compared_metric_has_a_name_and_a_definition() -> None:
    assert all(metric_label(key) and metric_definition(key) for key in COMPARED)


def test_the_sentence_says_the_same_of_the_first_token_as_the_table() -> None:
    first, second = Compared("A", run(None, 1475, 4000)), Compared("B", run(None, 1470, 4000))
    rows = {row.key: row for row in comparison_rows(first, second)}
    assert rows["ttft_ms"].standing == "same"
    assert "Both write at the same moment" in first_to_move(first, second)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (SLOW, FAST, ["Slow moves first, after 50 ms: 250 ms before Fast.", "Fast writes first, after 300 ms: 600 ms"]),
        (FAST, FAST, ["Both move at the same moment, after 300 ms.", "Both write at the same moment"]),
        (SLOW, Compared("Nothing", []), ["Only Slow moves, after 50 ms.", "Only Slow writes, after 900 ms."]),
        (Compared("A", []), Compared("B", []), ["Neither run shows a sign of work.", "Neither run writes an answer."]),
    ],
)
def test_who_moved_first(first: Compared, second: Compared, said: list[str]) -> None:
    sentence = first_to_move(first, second)
    for part in said:
        assert part in sentence


def test_names_and_labels_stay_text() -> None:
    hostile = '<img src=x onerror="alert(1)">'
    events = numbered([StatusEvent(step="x", label=hostile, at_ms=1), DoneEvent(at_ms=2)])
    compared = Compared(hostile, events)
    for html in (first_to_move_html(compared, compared), comparison_table_html(compared, compared)):
        assert Fragment(html).problems == []


def steps(count: int) -> list[KnownEvent]:
    return numbered([StatusEvent(step_id=f"s{index}", step="x", at_ms=index * 10) for index in range(count)])
