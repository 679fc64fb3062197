"""What leaves metrics as they are, or changes all of them alike: a slower clock, other token boundaries."""

import pytest
from hypothesis import given, strategies as st

from backend.metrics.registry import BY_KEY, measure
from backend.metrics.trace import Trace
from backend.protocol.events import Event, TokenEvent
from tests.metrics.test_metric_properties import traces
from tests.metrics.traces import citation, done, token, trace

AGAINST_A_CONSTANT = {"stalls", "stalled_ms", "in_sync_rate"}
"""They compare times with a fixed second, or a fixed tenth of one."""

COUNTED = (
    "citations",
    "markers",
    "dangling_markers",
    "orphan_citations",
    "mutated_citations",
    "duplicate_citations",
    "order_inversions",
    "kendall_tau",
    "renumber_inversions",
    "coverage",
)


def stretched(run: Trace, by: int) -> Trace:
    close = None if run.close_ms is None else run.close_ms * by
    return Trace(run.plane, run.received, tuple(at_ms * by for at_ms in run.received_ms), close_ms=close)


@given(traces(), st.sampled_from([2, 3, 10]))
def test_a_slower_clock_stretches_what_is_clocked_and_leaves_the_rest(run: Trace, by: int) -> None:
    before, after = measure(run), measure(stretched(run, by))
    for key, value in before.items():
        metric = BY_KEY[key]
        if value is None or key in AGAINST_A_CONSTANT:
            assert (after[key] is None) == (value is None), key
            continue
        factor = {"ms": by, "marker*ms": by, "1/s": 1 / by}.get(metric.unit, 1) if metric.clocked else 1
        # Values are rounded to the microsecond, which a factor makes larger.
        assert after[key] == pytest.approx(value * factor, rel=1e-4, abs=1e-3 * by), key


@given(traces(), st.sampled_from([2, 10]))
def test_more_time_never_makes_a_stall_of_nothing_less(run: Trace, by: int) -> None:
    before, after = measure(run), measure(stretched(run, by))
    assert (after["stalls"] or 0) >= (before["stalls"] or 0)
    assert (after["stalled_ms"] or 0) >= (before["stalled_ms"] or 0)
    assert (after["in_sync_rate"] or 0) <= (before["in_sync_rate"] or 0)


def renumbered(timed: list[tuple[float, Event]], close_ms: float | None) -> Trace:
    return trace(*((at_ms, event.model_copy(update={"seq": 0})) for at_ms, event in timed), close_ms=close_ms)


@given(traces(), st.data())
def test_other_token_boundaries_leave_citations_as_they_are(run: Trace, data: st.DataObject) -> None:
    split: list[tuple[float, Event]] = []
    for event, at_ms in zip(run.events, run.times_ms, strict=True):
        if not isinstance(event, TokenEvent) or len(event.text) < 2:
            split.append((at_ms, event))
            continue
        at = data.draw(st.integers(1, len(event.text) - 1))
        split += [(at_ms, token(event.text[:at])), (at_ms, token(event.text[at:]))]
    whole = renumbered(list(zip(run.times_ms, run.events, strict=True)), run.close_ms)
    before, after = measure(whole), measure(renumbered(split, run.close_ms))
    for key in (*COUNTED, "dangling_exposure_marker_ms", "dangling_share", "in_sync_rate", "ttlt_ms", "e2e_ms"):
        assert after[key] == before[key], key


@given(st.lists(st.sampled_from(["Up ", "by half. ", "[1]", " [3] ", "[1, 2]", "\n", "[4]. "]), min_size=1))
def test_an_answer_in_one_piece_has_the_citations_of_one_in_many(texts: list[str]) -> None:
    cited: list[tuple[float, Event]] = [(float(number), citation(number)) for number in (2, 1, 3)]
    pieces = [(10.0 + place, token(text)) for place, text in enumerate(texts)]
    whole = [(10.0 + len(texts), token("".join(texts)))]
    many, one = (measure(trace(*cited, *tokens, (500.0, done()))) for tokens in (pieces, whole))
    for key in COUNTED:
        assert one[key] == many[key], key
