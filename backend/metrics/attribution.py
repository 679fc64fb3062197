"""Time that no step and no answering accounts for. Shown as it is, never spread over the steps."""

from backend.metrics.metric import Metric
from backend.metrics.steps import covered_ms
from backend.metrics.trace import Trace


def unattributed_ms(trace: Trace) -> float | None:
    """Unattributed time: end to end, minus the union of all steps and of answering (first to last token). A
    step that the stream never closed counts until done. No value without done.
    """
    if trace.done_ms is None:
        return None
    busy = [(span.started_ms, trace.done_ms if span.ended_ms is None else span.ended_ms) for span in trace.steps]
    if trace.tokens:
        busy.append((trace.tokens[0][1], trace.tokens[-1][1]))
    return max(0.0, trace.done_ms - covered_ms(busy))


UNATTRIBUTED = Metric("unattributed_ms", "Unattributed time", "ms", "lower", unattributed_ms)
