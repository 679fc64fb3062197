"""A run through a page, scored: the wire's metrics where they have a meaning, and what a person saw."""

from dataclasses import replace

from backend.metrics.statistics import nearest_rank
from evals.pages.page_run import PageCapture
from evals.pages.render_delay import (
    delays_ms,
    first_frame_ms,
    first_frames,
    known_arrivals,
    out_of_view_ms,
)
from evals.playing.runner import PlayedRun
from evals.playing.target import Play
from evals.scoring.page_figures import Interface, PageFigures
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
    """Everything known of the run. The wire's times count from the click on Ask, since the request is the UI's own."""
    click_ns = seen.clock.ns(seen.click_ms) if seen.clock is not None and seen.click_ms is not None else None
    asked_ns = seen.capture.sent_ns or 0
    late = known_arrivals(seen.arrivals.stamps_ns, [event.at_ms for event in seen.arrivals.events], asked_ns)
    if late is not None:
        seen.arrivals.stamps_ns = late
    capture = replace(seen.capture, connect_ns=None, sent_ns=click_ns or asked_ns)
    if seen.failure is not None:
        seen.arrivals.failure = seen.arrivals.failure or seen.failure
    scored = score_arrivals(PlayedRun(play, repeat, started, capture), seen.arrivals)
    metrics = scored.metrics | dict.fromkeys(FROM_THE_REQUEST)
    figures, values = _figures(seen, late)
    return replace(
        scored, run_id=seen.run_id, metrics=metrics | values, through=through, page=figures, silence=None, truth=None
    )


def _figures(seen: PageCapture, arrivals_ns: list[int] | None) -> tuple[PageFigures, dict[str, float | None]]:
    values: dict[str, float | None] = dict.fromkeys(PAGE_KEYS)
    painted, notes = first_frames(seen.arrivals.events, seen.frames)
    for key, what in (("perceived_ttfs_ms", "steps"), ("perceived_ttft_ms", "letters")):
        first_ms = first_frame_ms(seen.frames, what)
        if first_ms is not None and seen.click_ms is not None:
            values[key] = round(first_ms - seen.click_ms, 3)
    if arrivals_ns is None or seen.clock is None:
        notes.append("Every event came before the harness could follow the run: render delays are not measured.")
    else:
        delays = delays_ms(painted, arrivals_ns, seen.clock)
        values["render_delay_p50_ms"] = _rounded(nearest_rank(delays, 0.5))
        values["render_delay_p95_ms"] = _rounded(nearest_rank(delays, 0.95))
    answered = [frame for frame in seen.frames if frame.letters]
    figures = PageFigures(
        clock_bracket_ms=None if seen.clock is None else round(seen.clock.bracket_ms, 3),
        painted_events=len(painted),
        end_out_of_view_ms=out_of_view_ms(seen.frames) if answered else None,
        stuck_scroll=out_of_view_ms(seen.frames) > 0 and not answered[-1].end_in_view if answered else None,
        notes=tuple(notes),
    )
    return figures, values


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
