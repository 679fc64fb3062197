"""The six rules of a stream, counted."""

from backend.metrics.metric import Metric
from backend.metrics.trace import Trace


def violations(trace: Trace) -> int:
    """Violations of the six rules for every stream: one done and last; steps and requests to people closed before it; a
    citation before the token that completes its marker; seq without gap and at_ms never back; only the
    seven event types.
    """
    return len(trace.violations)


VIOLATIONS = Metric("violations", "Rule violations", "count", "lower", violations, clocked=False)
