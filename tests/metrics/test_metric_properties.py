"""What holds of every metric on any stream, however strange."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from backend.metrics.citation_lag import citation_lags
from backend.metrics.citation_order import discordant_pairs, kendall_tau
from backend.metrics.citing import first_by_number
from backend.metrics.exposure import dangling_exposure_marker_ms
from backend.metrics.facts import PAGE_FACTS, WIRE_FACTS
from backend.metrics.registry import BY_KEY, KEYS_WITHOUT_MEASURE, METRICS, measure
from backend.metrics.trace import Trace
from backend.protocol.events import Event
from tests.metrics.traces import announced, citation, done, status, token, trace

RUN_KEYS = [
    "connect_ms",
    "ttfe_ms",
    "ttfs_ms",
    "ttft_ms",
    "ttfe_intended_ms",
    "ttft_intended_ms",
    "ttlt_intended_ms",
    "e2e_intended_ms",
    "ttfc_ms",
    "ttfa_ms",
    "ttlt_ms",
    "e2e_ms",
    "token_gap_median_ms",
    "token_gap_p95_ms",
    "token_gap_max_ms",
    "token_events_per_s",
    "usage_tokens_per_s",
    "chars_per_s",
    "longest_gap_ms",
    "longest_text_gap_ms",
    "quiet_screen_ms",
    "stalls",
    "stalled_ms",
    "unattributed_ms",
    "waited_ms",
    "paused_ms",
    "inputs_asked",
    "inputs_accepted",
    "deliver_ms",
    "resume_ms",
    "cancel_to_done_ms",
    "cancel_to_last_token_ms",
    "pause_ms",
    "answer_ms",
    "message_to_delivery_ms",
    "recovery_ms",
    "duplicates",
    "lost",
    "citations",
    "markers",
    "dangling_markers",
    "orphan_citations",
    "mutated_citations",
    "duplicate_citations",
    "dangling_exposure_marker_ms",
    "dangling_share",
    "in_sync_rate",
    "order_inversions",
    "kendall_tau",
    "renumber_inversions",
    "coverage",
    "verified_quotes",
    "violations",
    "source_first",
    "source_any",
    "expected_numbers",
    "expected_text",
    "not_found_right",
    "foreign_subject_quotes",
]
"""The keys of METRICS.md for a run that is not watched through a browser."""

texts = st.sampled_from(["Up ", "by half. ", "[1]", "[2", "]", " [3] ", "[1, 2]", "`", "\n", "[4]. ", "😀", ""])
numbers = st.integers(1, 5)
events: st.SearchStrategy[Event] = st.one_of(
    texts.map(token),
    st.tuples(numbers, st.sampled_from(["A", "B"])).map(lambda pair: citation(pair[0], title=pair[1])),
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["started", "progress", "finished", "failed"])).map(
        lambda pair: status(*pair)
    ),
    st.sampled_from(["retrieving", "summarizing"]).map(announced),
)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Any stream: gaps of whole milliseconds, some of them none at all; with or without an end."""
    inner = draw(st.lists(events, max_size=25))
    if draw(st.booleans()):
        inner = [*inner, done()]
    gaps = draw(st.lists(st.integers(0, 3000), min_size=len(inner), max_size=len(inner)))
    times = [float(sum(gaps[: index + 1])) for index in range(len(gaps))]
    close = (times[-1] if times else 0.0) + draw(st.integers(0, 2000)) if draw(st.booleans()) else None
    return trace(*zip(times, inner, strict=True), close_ms=close)


def test_every_key_of_the_definition_is_there_once_and_has_a_meaning() -> None:
    values = measure(trace((1, done())))
    assert sorted(values) == sorted(RUN_KEYS)
    assert len(METRICS) + len(WIRE_FACTS) + len(PAGE_FACTS) == len(BY_KEY)
    assert all(values[key] is None for key in KEYS_WITHOUT_MEASURE)
    for metric in BY_KEY.values():
        assert metric.label
        assert len(metric.definition) > 30, metric.key
        assert metric.definition.endswith(".")


@settings(deadline=None)
@given(traces())
def test_no_metric_is_negative_and_shares_are_shares(run: Trace) -> None:
    for key, value in measure(run).items():
        if value is None:
            continue
        if key == "kendall_tau":
            assert -1 <= value <= 1
        else:
            assert value >= 0, key
        if key in BY_KEY and BY_KEY[key].unit == "share":
            assert value <= 1, key


@settings(deadline=None)
@given(traces())
def test_exposure_is_zero_exactly_where_no_marker_ever_waited(run: Trace) -> None:
    known = first_by_number(run)
    waited = False
    for marker in (*run.answer.markers, *run.answer.withdrawn):
        cited = known.get(marker.number)
        until = [run.end_ms if cited is None or cited.index < marker.index else cited.at_ms]
        if cited is not None and cited.index < marker.index:
            continue
        until += [marker.gone_ms] if marker.gone_ms is not None else []
        waited = waited or min(until) > marker.at_ms
    assert (dangling_exposure_marker_ms(run) > 0) == waited


@settings(deadline=None)
@given(traces())
def test_citations_before_their_markers_expose_nothing(run: Trace) -> None:
    first: list[tuple[float, Event]] = [(0.0, citation(number)) for number in range(1, 6)]
    rest = [(at_ms, event.model_copy(update={"seq": 0})) for event, at_ms in zip(run.events, run.times_ms, strict=True)]
    calm = trace(*first, *rest)
    assert dangling_exposure_marker_ms(calm) == 0
    assert all(lag.late is not True for lag in citation_lags(calm))


@settings(deadline=None)
@given(traces(), st.integers(0, 5000))
def test_what_compares_events_with_each_other_does_not_depend_on_when_the_run_began(run: Trace, shift: int) -> None:
    later = Trace(
        run.plane,
        run.received,
        tuple(at_ms + shift for at_ms in run.received_ms),
        close_ms=run.end_ms + shift if run.close_ms is None else run.close_ms + shift,
    )
    before = measure(Trace(run.plane, run.received, run.received_ms, close_ms=run.close_ms or run.end_ms))
    after = measure(later)
    since_the_request = {"ttfe_ms", "ttfs_ms", "ttft_ms", "ttfc_ms", "ttfa_ms", "ttlt_ms", "e2e_ms"}
    # These hold the wait before the first event, which is what was made longer.
    whole_run = {"longest_gap_ms", "longest_text_gap_ms", "quiet_screen_ms", "stalls", "stalled_ms"}
    whole_run |= {"unattributed_ms", "dangling_share"}
    for key, value in before.items():
        if key in since_the_request:
            assert after[key] == (None if value is None else value + shift), key
        elif key not in whole_run:
            assert after[key] == value, key


def tau_of(ranks: list[int]) -> float | None:
    """Kendall's tau of a run whose markers stand in ascending order and whose citations come by their
    ranks.
    """
    order = sorted(range(len(ranks)), key=ranks.__getitem__)
    cited = [(1.0, citation(place + 1)) for place in order]
    answer = "".join(f"[{place + 1}]" for place in range(len(ranks)))
    return kendall_tau(trace(*cited, (2.0, token(answer)), (3.0, done())))


ranks_of_sources = st.lists(st.integers(0, 30), min_size=2, max_size=12, unique=True)


@settings(deadline=None)
@given(ranks_of_sources)
def test_kendall_tau_is_concordant_less_discordant_pairs(ranks: list[int]) -> None:
    signs = [1 if later > earlier else -1 for at, later in enumerate(ranks) for earlier in ranks[:at]]
    assert tau_of(ranks) == pytest.approx(sum(signs) / len(signs))
    assert discordant_pairs(ranks) == signs.count(-1)


@settings(deadline=None)
@given(ranks_of_sources)
def test_kendall_tau_is_that_of_scipy(ranks: list[int]) -> None:
    stats: Any = pytest.importorskip("scipy.stats", reason="SciPy is not installed: run make setup")
    assert tau_of(ranks) == pytest.approx(float(stats.kendalltau(range(len(ranks)), ranks).statistic))


@settings(deadline=None)
@given(traces(), st.data())
def test_duplicates_change_nothing_but_their_count(run: Trace, data: st.DataObject) -> None:
    if not run.received:
        return
    at = data.draw(st.integers(0, len(run.received) - 1))
    twice = Trace(
        run.plane,
        (*run.received[: at + 1], run.received[at], *run.received[at + 1 :]),
        (*run.received_ms[: at + 1], run.received_ms[at], *run.received_ms[at + 1 :]),
        close_ms=run.close_ms,
    )
    before, after = measure(run), measure(twice)
    assert (after["duplicates"] or 0) == (before["duplicates"] or 0) + 1
    for key in set(before) - {"duplicates", "violations"}:
        assert after[key] == before[key], key


@settings(deadline=None)
@given(traces(), st.data())
def test_a_lost_event_is_counted(run: Trace, data: st.DataObject) -> None:
    if len(run.received) < 2:
        return
    at = data.draw(st.integers(0, len(run.received) - 2))
    cut = Trace(
        run.plane,
        (*run.received[:at], *run.received[at + 1 :]),
        (*run.received_ms[:at], *run.received_ms[at + 1 :]),
    )
    assert measure(cut)["lost"] == 1
