"""A run through a page, scored: the wire's metrics if they are meaningful, and the page's."""

from dataclasses import replace

from backend.metrics.statistics import nearest_rank, rounded
from evals.pages.page_run import PageCapture
from evals.pages.render_delay import (
    delays_ms,
    first_frame_ms,
    first_frames,
    known_arrivals,
    out_of_view_ms,
)
from evals.playing.connections import Connections
from evals.playing.runner import PlayedRun
from evals.playing.target import Play
from evals.results.run import Interface, PageResult
from evals.scoring.scored_run import ScoredRun, score_arrivals

FROM_THE_REQUEST = (
    "connect_ms",
    "ttfe_ms",
    "ttfs_ms",
    "ttft_ms",
    "ttfc_ms",
    "ttfa_ms",
    "ttlt_ms",
    "e2e_ms",
    "longest_gap_ms",
    "unattributed_ms",
)
"""Metrics that count from a request which the harness did not send: null for a run through a page."""

PAGE_KEYS = ("perceived_ttfs_ms", "perceived_ttft_ms", "render_delay_p50_ms", "render_delay_p95_ms")


def score_page(play: Play, repeat: int, started: str, through: Interface, seen: PageCapture) -> ScoredRun:
    """All values of the run. The wire's times count from the click on Ask, since the request is the UI's own."""
    click_ns = seen.clock.ns(seen.click_ms) if seen.clock is not None and seen.click_ms is not None else None
    asked_ns = seen.capture.sent_ns or 0
    late = known_arrivals(seen.arrivals.stamps_ns, [event.at_ms for event in seen.arrivals.events], asked_ns)
    if late is not None:
        seen.arrivals.stamps_ns = late
    connections = Connections.one(replace(seen.capture, connect_ns=None, sent_ns=click_ns or asked_ns))
    if seen.clock is not None:
        connections.calls = seen.steered.calls(seen.clock, seen.arrivals.events)
    if seen.failure is not None:
        seen.arrivals.failure = seen.arrivals.failure or seen.failure
    scored = score_arrivals(PlayedRun(play, repeat, started, connections), seen.arrivals)
    figures, values = _figures(seen, late)
    metrics = scored.result.metrics | dict.fromkeys(FROM_THE_REQUEST) | values
    changes = {"run_id": seen.run_id, "metrics": metrics, "through": through, "page": figures}
    result = scored.result.model_copy(update={**changes, "longest_silence": None, "truth": None})
    return replace(scored, result=result)


def _figures(seen: PageCapture, arrivals_ns: list[int] | None) -> tuple[PageResult, dict[str, float | None]]:
    values: dict[str, float | None] = dict.fromkeys(PAGE_KEYS) | seen.steered.times_ms()
    painted, notes = first_frames(seen.arrivals.events, seen.frames)
    for key, what in (("perceived_ttfs_ms", "steps"), ("perceived_ttft_ms", "letters")):
        first_ms = first_frame_ms(seen.frames, what)
        if first_ms is not None and seen.click_ms is not None:
            values[key] = rounded(first_ms - seen.click_ms)
    if arrivals_ns is None or seen.clock is None:
        notes.append("Every event came before the harness could follow the run: render delays are not measured.")
    else:
        delays = delays_ms(painted, arrivals_ns, seen.clock)
        values["render_delay_p50_ms"] = rounded(nearest_rank(delays, 0.5))
        values["render_delay_p95_ms"] = rounded(nearest_rank(delays, 0.95))
    answered = [frame for frame in seen.frames if frame.letters]
    figures = PageResult(
        clock_bracket_ms=None if seen.clock is None else rounded(seen.clock.bracket_ms),
        painted_events=len(painted),
        end_out_of_view_ms=out_of_view_ms(seen.frames) if answered else None,
        stuck_scroll=out_of_view_ms(seen.frames) > 0 and not answered[-1].end_in_view if answered else None,
        notes=tuple(notes),
    )
    return figures, values
