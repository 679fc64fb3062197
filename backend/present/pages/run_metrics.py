"""The metrics of one run by its own stamps, for people who compare runs without a harness.

The definitions are those of ``backend.metrics``. Times are the server's (``at_ms``, counted from the acceptance of the
question), so they do not include the wire and the browser: evals measure those.
"""

from collections.abc import Sequence
from typing import Final

from backend.metrics.registry import BY_KEY, measure
from backend.metrics.trace import Trace
from backend.present.words.metric_text import formatted
from backend.protocol.events import Event

COMPARED: Final = (
    "ttfs_ms",
    "ttft_ms",
    "ttfc_ms",
    "ttfa_ms",
    "e2e_ms",
    "token_gap_median_ms",
    "token_gap_p95_ms",
    "token_gap_max_ms",
    "longest_gap_ms",
    "longest_text_gap_ms",
    "stalls",
    "stalled_ms",
    "unattributed_ms",
    "waited_ms",
    "paused_ms",
    "inputs_asked",
    "inputs_accepted",
    "token_events_per_s",
    "chars_per_s",
    "citations",
    "markers",
    "dangling_markers",
    "orphan_citations",
    "dangling_exposure_marker_ms",
    "dangling_share",
    "in_sync_rate",
    "order_inversions",
    "coverage",
    "violations",
)
"""The metrics that are meaningful for a single run, in the order in which they are shown."""


def run_metrics(events: Sequence[Event]) -> dict[str, float | None]:
    """The ``COMPARED`` metrics of a run by their keys, on the server's plane; None if the run has no value.

    A run whose every event is at 0 was imported from a stream without times: metrics of time have no value there.
    """
    values = measure(Trace.of_server_times("server", events))
    timed = any(event.at_ms for event in events)
    return {key: values[key] if timed or not BY_KEY[key].clocked else None for key in COMPARED}


def metric_label(key: str) -> str:
    """The label of a metric."""
    return BY_KEY[key].label


def metric_definition(key: str) -> str:
    """The definition of a metric, in sentences."""
    return BY_KEY[key].definition


def metric_text(key: str, value: float | None) -> str:
    """A value with its unit; a dash for none."""
    return formatted(value, BY_KEY[key].unit)
