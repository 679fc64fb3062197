"""The citation metrics, each against a value computed by hand."""

import pytest

from backend.metrics.citation_counts import (
    citations,
    dangling_markers,
    duplicate_citations,
    markers,
    mutated_citations,
    orphan_citations,
)
from backend.metrics.citation_lag import citation_lags
from backend.metrics.citation_order import kendall_tau, order_inversions, renumber_inversions
from backend.metrics.coverage import coverage, verified_quotes
from backend.metrics.exposure import dangling_exposure_marker_ms, dangling_share
from backend.metrics.in_sync import in_sync_rate
from backend.protocol.events import Span
from tests.metrics.traces import citation, done, token, trace

EARLY = trace(
    (100, citation(1)),
    (110, token("Revenue ")),
    (120, token("rose [")),
    (130, token("1]. ")),
    (200, done()),
)

ALL_AT_THE_END = trace(
    (100, token("One [1]. ")),
    (200, token("Two [2]. ")),
    (300, token("Three [3].")),
    (1000, citation(1)),
    (1000, citation(2)),
    (1000, citation(3)),
    (1100, done()),
)


def test_all_citations_at_the_end_are_in_perfect_order_and_long_exposed() -> None:
    assert kendall_tau(ALL_AT_THE_END) == 1
    assert order_inversions(ALL_AT_THE_END) == 0
    assert renumber_inversions(ALL_AT_THE_END) == 0
    assert dangling_markers(ALL_AT_THE_END) == 0
    assert dangling_exposure_marker_ms(ALL_AT_THE_END) == 900 + 800 + 700
    assert dangling_share(ALL_AT_THE_END) == pytest.approx(900 / 1100)
    assert in_sync_rate(ALL_AT_THE_END) == 0
    lags = citation_lags(ALL_AT_THE_END)
    assert [lag.lag_ms for lag in lags] == [900, 800, 700]
    assert [lag.lag_events for lag in lags] == [2, 1, 0]
    # "One [1]. " ends its marker at 7, of 28 characters in all.
    assert [lag.lag_chars for lag in lags] == [28 - 7, 28 - 16, 28 - 27]
    assert all(lag.late for lag in lags)


def test_an_early_citation_has_a_negative_lag_and_no_exposure() -> None:
    (lag,) = citation_lags(EARLY)
    assert lag.lag_ms == -30
    assert lag.lag_events == -3, "three tokens came between it and the end of its marker"
    assert lag.lag_chars == -len("Revenue rose [1]")
    assert lag.late is False
    assert dangling_exposure_marker_ms(EARLY) == 0
    assert dangling_share(EARLY) == 0
    assert in_sync_rate(EARLY) == 1


def test_before_or_after_is_decided_by_order_not_by_clock() -> None:
    late = trace((100, token("A [1].")), (100, citation(1)), (200, done()))
    (lag,) = citation_lags(late)
    assert (lag.lag_ms, lag.lag_events, lag.lag_chars, lag.late) == (0, 0, 1, True)
    early = trace((100, citation(1)), (100, token("A [1].")), (200, done()))
    (lag,) = citation_lags(early)
    assert (lag.lag_ms, lag.lag_events, lag.lag_chars, lag.late) == (0, -1, -5, False)


def test_the_lag_is_that_of_the_first_marker() -> None:
    run = trace((10, token("A [1]")), (20, token(" b")), (30, citation(1)), (40, token(" c [1].")), (50, done()))
    (lag,) = citation_lags(run)
    assert (lag.lag_ms, lag.lag_events, lag.lag_chars) == (20, 1, 2)


def test_a_span_stands_for_a_marker() -> None:
    run = trace(
        (10, token("Revenue rose")),
        (20, token(" by half.")),
        (30, token(" Costs fell.")),
        (40, citation(None, "c", spans=(Span(start=0, end=20),))),
        (50, done()),
    )
    (lag,) = citation_lags(run)
    assert lag.lag_ms == 20, "the answer had 20 characters with its second token"
    assert lag.lag_events == 1
    assert lag.lag_chars == 33 - 20
    beyond = trace((10, token("Short.")), (20, citation(None, "c", spans=(Span(start=0, end=99),))), (30, done()))
    assert citation_lags(beyond)[0].lag_ms is None


def test_a_citation_nothing_refers_to_is_an_orphan_without_a_lag() -> None:
    run = trace((10, citation(7)), (20, token("No marker.")), (30, done()))
    (lag,) = citation_lags(run)
    assert (lag.known_ms, lag.marker_ms, lag.lag_ms, lag.late) == (10, None, None, None)
    assert orphan_citations(run) == 1
    assert citations(run) == 1
    assert markers(run) == 0
    assert kendall_tau(run) is None
    assert in_sync_rate(run) is None


def test_a_marker_never_resolved_dangles_until_done() -> None:
    run = trace((100, token("A [1] and [9].")), (150, citation(1)), (400, done()), close_ms=900)
    assert dangling_markers(run) == 1
    assert dangling_exposure_marker_ms(run) == 50 + 300
    assert dangling_share(run) == pytest.approx(300 / 400)
    assert in_sync_rate(run) == 0.5
    cut = trace((100, token("A [1]")), close_ms=700)
    assert dangling_exposure_marker_ms(cut) == 600, "without done it dangles until the close"


def test_every_marker_counts_not_every_number() -> None:
    run = trace((0, token("A [1]. ")), (100, token("B [1]. ")), (200, citation(1)), (300, done()))
    assert markers(run) == 2
    assert dangling_exposure_marker_ms(run) == 200 + 100
    assert dangling_share(run) == pytest.approx(200 / 300)


def test_a_marker_split_over_tokens_exists_with_its_last_bracket() -> None:
    run = trace((10, token("A [")), (20, token("1")), (30, token("]")), (50, citation(1)), (60, done()))
    (lag,) = citation_lags(run)
    assert lag.marker_ms == 30
    assert lag.lag_ms == 20


def test_what_turns_out_to_be_code_dangled_only_until_then() -> None:
    run = trace((100, token("`a [1]")), (150, token("`.")), (300, done()))
    assert markers(run) == 0
    assert dangling_markers(run) == 0
    assert dangling_exposure_marker_ms(run) == 50


def test_in_sync_means_within_100_ms_of_the_end_of_the_sentence() -> None:
    def run(citation_at: float) -> float | None:
        return in_sync_rate(
            trace(
                (100, token("Revenue [1] rose")),
                (300, token(" again.")),
                (320, token(" More follows.")),
                (citation_at, citation(1)),
                (900, done()),
            )
        )

    assert run(400) == 1, "the sentence was complete at 300 ms"
    assert run(401) == 0


def test_a_marker_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    run = trace((100, token("It rose. [1]")), (190, citation(1)), (200, token(" Next.")), (900, done()))
    assert in_sync_rate(run) == 1


def test_order_is_compared_pair_by_pair() -> None:
    run = trace(
        (10, citation(3)),
        (20, citation(1)),
        (30, citation(2)),
        (40, token("A [1] b [2] c [3] d [8].")),
        (50, citation(5)),
        (60, done()),
    )
    # Markers 1 2 3, citations 3 1 2: two of three pairs are the wrong way round.
    assert order_inversions(run) == 2
    assert kendall_tau(run) == pytest.approx(-1 / 3)
    assert renumber_inversions(run) == 0


def test_numbers_that_descend_are_renumber_inversions() -> None:
    run = trace((10, citation(2)), (20, citation(1)), (30, token("A [2] b [1] c [2] d [3].")), (40, done()))
    assert renumber_inversions(run) == 1
    assert order_inversions(run) == 0, "the citations came in the order of the markers"
    assert kendall_tau(run) == 1


def test_one_source_has_no_order() -> None:
    run = trace((10, citation(1)), (30, token("A [1].")), (40, done()))
    assert kendall_tau(run) is None
    assert order_inversions(run) is None
    assert renumber_inversions(run) is None


def test_the_same_id_again_is_a_duplicate_or_a_mutation() -> None:
    run = trace(
        (10, citation(1, title="A")),
        (20, citation(1, title="A")),
        (30, citation(1, title="B")),
        (40, citation(1, title="A")),
        (50, citation(2, title="A")),
        (60, token("[1] [2]")),
        (70, done()),
    )
    assert citations(run) == 2
    assert duplicate_citations(run) == 1
    assert mutated_citations(run) == 2


def test_without_an_id_the_number_names_a_citation() -> None:
    run = trace(
        (10, citation(1).model_copy(update={"citation_id": None})),
        (20, citation(1).model_copy(update={"citation_id": None})),
        (30, citation(None, None, title="x")),
        (40, citation(None, None, title="y")),
        (50, citation(None, None, title="y")),
        (60, done()),
    )
    assert citations(run) == 3
    assert duplicate_citations(run) == 2
    assert orphan_citations(run) == 3


def test_coverage_counts_sentences_with_a_source() -> None:
    run = trace(
        (10, citation(1)),
        (20, token("# Heading\n\nSales rose [1]. Costs, e.g. rent, fell.\n- Cash grew [9].\n- Debt fell. [1]\n")),
        (30, done()),
    )
    assert coverage(run) == pytest.approx(2 / 4), "an unresolved marker covers nothing"
    assert coverage(trace((10, done()))) is None
    spanned = trace((10, token("One. Two.")), (20, citation(None, "c", spans=(Span(start=5, end=9),))), (30, done()))
    assert coverage(spanned) == 0.5


def test_quotes_are_verified_only_where_the_source_is_at_hand() -> None:
    events = (
        (10.0, citation(1, document_id="d", quote="rose by\n half")),
        (20.0, citation(2, document_id="d", quote="fell by half")),
        (30.0, citation(3, document_id="elsewhere", quote="anything")),
        (40.0, done()),
    )
    assert verified_quotes(trace(*events)) is None
    assert verified_quotes(trace(*events, sources={"d": "Sales rose  by half."})) == 0.5


def test_an_empty_answer_has_counts_and_no_rates() -> None:
    run = trace((10, done()))
    assert (citations(run), markers(run), dangling_markers(run), orphan_citations(run)) == (0, 0, 0, 0)
    assert dangling_exposure_marker_ms(run) == 0
    assert dangling_share(run) == 0
