"""Times, gaps, stalls and steps, each against a value computed by hand."""

import pytest

from backend.metrics.attribution import unattributed_ms
from backend.metrics.first import connect_ms, e2e_ms, ttfa_ms, ttfc_ms, ttfe_ms, ttfs_ms, ttft_ms, ttlt_ms
from backend.metrics.silence import (
    longest_gap_ms,
    longest_silence,
    longest_text_gap_ms,
    quiet_screen_ms,
    stalled_ms,
    stalls,
)
from backend.metrics.steps import covered_ms, self_time_ms
from backend.metrics.tokens import (
    chars_per_s,
    token_events_per_s,
    token_gap_max_ms,
    token_gap_median_ms,
    token_gap_p95_ms,
    usage_tokens_per_s,
)
from backend.metrics.trace import Trace
from backend.protocol.events import ArtifactEvent
from tests.metrics.traces import announced, citation, done, status, token, trace

RUN = trace(
    (5, status("retrieving")),
    (205, status("retrieving", "finished")),
    (210, ArtifactEvent(kind="value", artifact_id="a", content={"value": 1})),
    (300, token("")),
    (350, token("Up ")),
    (360, token("by ")),
    (400, token("half.")),
    (410, citation(1)),
    (500, done()),
    close_ms=501,
    connect_ms=0.7,
)


def test_first_and_last_times() -> None:
    assert connect_ms(RUN) == 0.7
    assert ttfe_ms(RUN) == 5
    assert ttfs_ms(RUN) == 5
    assert ttft_ms(RUN) == 350, "an empty token is none"
    assert ttfa_ms(RUN) == 210
    assert ttfc_ms(RUN) == 410
    assert ttlt_ms(RUN) == 400
    assert e2e_ms(RUN) == 500


def test_nothing_that_never_came_has_a_time() -> None:
    cut = trace((5, status("retrieving")), close_ms=80)
    assert ttft_ms(cut) is None
    assert ttlt_ms(cut) is None
    assert ttfc_ms(cut) is None
    assert e2e_ms(cut) is None, "a closed connection is no end"
    assert token_gap_median_ms(cut) is None
    assert token_events_per_s(cut) is None
    assert unattributed_ms(cut) is None
    assert longest_gap_ms(cut) == 75


def test_a_stream_without_events_has_one_silence_and_no_times() -> None:
    empty = trace(close_ms=40)
    assert ttfe_ms(empty) is None
    assert longest_gap_ms(empty) == 40
    assert longest_text_gap_ms(empty) == 40
    assert stalls(empty) is None
    assert longest_silence(trace()) is None


def test_pace_of_the_answer() -> None:
    assert token_gap_median_ms(RUN) == 10, "nearest rank of 10 and 40"
    assert token_gap_p95_ms(RUN) == 40
    assert token_gap_max_ms(RUN) == 40
    assert token_events_per_s(RUN) == pytest.approx(2 / 0.05)
    assert chars_per_s(RUN) == pytest.approx(8 / 0.05), "the first token's characters were there at the start"


def test_tokens_of_one_stamp_have_no_rate() -> None:
    burst = trace((10, token("a")), (10, token("b")), (20, done()))
    assert token_events_per_s(burst) is None
    assert token_gap_max_ms(burst) == 0


def test_longest_silence_counts_from_the_request_to_the_close() -> None:
    assert longest_gap_ms(RUN) == 200
    silence = longest_silence(RUN)
    assert silence is not None
    assert (silence.from_ms, silence.to_ms, silence.steps, silence.text_shown) == (5, 205, ("retrieving",), False)
    late_close = trace((5, token("a")), (10, done()), close_ms=900)
    assert longest_gap_ms(late_close) == 890
    slow_start = trace((700, token("a")), (710, done()), close_ms=711)
    assert longest_gap_ms(slow_start) == 700


def test_silence_knows_that_text_was_shown() -> None:
    silence = longest_silence(trace((1, status("s")), (2, token("a")), (900, token("b")), (901, done())))
    assert silence is not None
    assert silence.text_shown
    assert silence.steps == ("s",)
    assert silence.lasted_ms == 898


def test_longest_text_gap_looks_at_tokens_alone() -> None:
    assert longest_text_gap_ms(RUN) == 350, "from the request to the first token"
    chatty = trace(
        (10, token("a")), (200, status("s")), (400, status("s", "finished")), (610, token("b")), (620, done())
    )
    assert longest_gap_ms(chatty) == 210
    assert longest_text_gap_ms(chatty) == 600


def test_a_stall_is_long_and_out_of_proportion() -> None:
    even = [(400.0 * n, token("x")) for n in range(1, 10)]
    assert stalls(trace(*even, (3601, done()))) == 0
    frozen = [*even, (5100.0, token("x"))]
    run = trace(*frozen, (5101, done()))
    assert stalls(run) == 0, "1500 ms is less than five times the median gap of 400 ms"
    quick = [(20.0 * n, token("x")) for n in range(1, 6)]
    run = trace(*quick, (1200, token("x")), (1201, done()))
    assert stalls(run) == 1
    assert stalled_ms(run) == 1100


def test_the_median_of_a_stall_is_that_of_its_phase() -> None:
    # Before the first token there is a gap every 300 ms, so that 1400 ms there is no stall; in the answer it is one.
    working = [(300.0 * n, status(f"s{n}", "finished")) for n in range(1, 8)]
    run = trace(
        *working, (3500, token("x")), (3510, token("x")), (3520, token("x")), (4920, token("x")), (4921, done())
    )
    assert stalls(run) == 1
    assert stalled_ms(run) == 1400


def test_a_phase_with_few_gaps_has_no_usual_gap() -> None:
    # One gap between two tokens is its own median; with eight gaps in the phase the median is the others'.
    assert stalls(trace((200, token("Half ")), (2600, token("rest.")), (2650, done()))) == 1
    slow = [(900.0 * n, token("x")) for n in range(1, 9)]
    assert stalls(trace(*slow, (7200 + 2400, token("x")), (9601, done()))) == 0
    assert stalls(trace(*slow[:7], (6300 + 2400, token("x")), (8701, done()))) == 1


def test_hidden_activity_ends_a_silence_and_no_quiet_screen() -> None:
    thinking = status("thinking", "progress", activity_ms=(600.0, 1400.0))
    run = trace((100, status("thinking")), (2000, thinking), (2300, token("x")), (2310, done()))
    assert (longest_gap_ms(run), stalls(run)) == (800, 0)
    assert quiet_screen_ms(run) == 2200, "from the step's start to the first text"
    # On the wire everything comes 30 ms later than on the server: the activity keeps its distance to its carrier.
    late = Trace("wire", run.received, tuple(at_ms + 30 for at_ms in run.received_ms))
    assert late.activity_ms == (630, 1430)


def test_a_progress_that_says_something_new_changes_the_screen() -> None:
    said = (
        (0, status("s", label="Searching")),
        (500, status("s", "progress", detail="page 2")),
        (900, status("s", "progress", detail="page 2")),
        (1500, status("s", "finished")),
        (1510, done()),
    )
    assert quiet_screen_ms(trace(*said)) == 1000


def test_tokens_by_usage_are_those_written_over_the_time_of_writing() -> None:
    def run(**usage: object) -> float | None:
        return usage_tokens_per_s(trace((100, token("a")), (2100, token("b")), (2110, done(usage=usage or None))))

    assert run(output_tokens=80) == 40
    assert run(output_tokens=80, reasoning_tokens=20) == 30
    assert run() is run(output_tokens="many") is run(output_tokens=True) is run(input_tokens=7) is None
    assert usage_tokens_per_s(trace((100, token("a")), (110, done(usage={"output_tokens": 8})))) is None


def test_step_latency_runs_to_the_steps_own_end() -> None:
    run = trace(
        (10, status("a")),
        (20, status("b", parent_id="a")),
        (50, status("b", "progress", progress=0.5)),
        (70, status("b", "finished")),
        (100, status("a", "failed")),
        (110, status("open")),
        (120, done()),
    )
    spans = {span.step_id: span for span in run.steps}
    assert spans["a"].duration_ms == 90
    assert spans["a"].state == "failed"
    assert spans["b"].duration_ms == 50
    assert spans["open"].duration_ms is None, "done closes the view, not the step"
    assert self_time_ms(spans["a"], run.steps) == 40
    assert self_time_ms(spans["b"], run.steps) == 50
    assert self_time_ms(spans["open"], run.steps) is None


def test_children_that_overlap_count_once_in_self_time() -> None:
    run = trace(
        (0, status("a")),
        (10, status("b", parent_id="a")),
        (20, status("c", parent_id="a")),
        (40, status("b", "finished")),
        (50, status("c", "finished")),
        (100, status("a", "finished")),
        (101, done()),
    )
    spans = {span.step_id: span for span in run.steps}
    assert self_time_ms(spans["a"], run.steps) == 60


def test_an_announced_step_ends_with_the_next_or_the_end() -> None:
    run = trace((10, announced("retrieving")), (40, announced("summarizing")), (100, done()))
    assert [(span.step, span.duration_ms) for span in run.steps] == [("retrieving", 30), ("summarizing", 60)]
    cut = trace((10, announced("retrieving")), close_ms=90)
    assert [span.duration_ms for span in cut.steps] == [None]


def test_each_attempt_of_a_step_is_timed() -> None:
    run = trace(
        (10, status("tool")),
        (30, status("tool", "failed")),
        (50, status("tool")),
        (100, status("tool", "finished")),
        (101, done()),
    )
    assert [(span.state, span.duration_ms) for span in run.steps] == [("failed", 20), ("finished", 50)]


def test_unattributed_time_is_what_steps_and_answering_leave() -> None:
    # Steps cover 5-205, answering 350-400: of 500 ms, 250 remain.
    assert unattributed_ms(RUN) == 250
    overlapping = trace(
        (0, status("a")), (50, token("x")), (100, status("a", "finished")), (150, token("y")), (200, done())
    )
    assert unattributed_ms(overlapping) == 50
    open_step = trace((20, status("a")), (100, done()))
    assert unattributed_ms(open_step) == 20, "a step never closed counts until done"


def test_covered_is_the_union() -> None:
    assert covered_ms([]) == 0
    assert covered_ms([(0, 10), (5, 12), (20, 30), (22, 25), (40, 35)]) == 22
