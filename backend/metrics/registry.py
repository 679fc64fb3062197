"""Every metric, in the order in which reports show them. A new metric is one function, and one line here."""

from backend.metrics import (
    attribution,
    citation_counts,
    citation_order,
    coverage,
    delivery,
    expected_content,
    expected_sources,
    exposure,
    first,
    in_sync,
    people,
    rules,
    silence,
    tokens,
)
from backend.metrics.facts import PAGE_FACTS, WIRE_FACTS
from backend.metrics.metric import Fact, Metric
from backend.metrics.statistics import rounded
from backend.metrics.trace import Trace

METRICS: tuple[Metric, ...] = (
    first.CONNECT,
    first.TTFE,
    first.TTFS,
    first.TTFT,
    first.TTFC,
    first.TTFA,
    first.TTLT,
    first.E2E,
    tokens.TOKEN_GAP_MEDIAN,
    tokens.TOKEN_GAP_P95,
    tokens.TOKEN_GAP_MAX,
    tokens.TOKEN_RATE,
    tokens.USAGE_RATE,
    tokens.CHARACTER_RATE,
    silence.LONGEST_GAP,
    silence.LONGEST_TEXT_GAP,
    silence.QUIET_SCREEN,
    silence.STALLS,
    silence.STALLED,
    attribution.UNATTRIBUTED,
    *people.OF_PEOPLE,
    delivery.DUPLICATES,
    delivery.LOST,
    citation_counts.CITATIONS,
    citation_counts.MARKERS,
    citation_counts.DANGLING,
    citation_counts.ORPHANS,
    citation_counts.MUTATED,
    citation_counts.REPEATED,
    exposure.EXPOSURE,
    exposure.SHARE,
    in_sync.IN_SYNC,
    citation_order.INVERSIONS,
    citation_order.TAU,
    citation_order.RENUMBERED,
    coverage.COVERAGE,
    coverage.VERIFIED,
    rules.VIOLATIONS,
    expected_sources.SOURCE_FIRST,
    expected_sources.SOURCE_ANY,
    expected_content.NUMBERS,
    expected_content.TEXT,
    expected_content.NOT_FOUND,
    expected_sources.FOREIGN,
)

_ALL: tuple[Metric | Fact, ...] = (*METRICS, *WIRE_FACTS, *PAGE_FACTS)

BY_KEY: dict[str, Metric | Fact] = {described.key: described for described in _ALL}
"""Everything that may stand among a run's metrics in a result."""

KEYS_WITHOUT_MEASURE: tuple[str, ...] = tuple(fact.key for fact in WIRE_FACTS)


def measure(trace: Trace) -> dict[str, float | None]:
    """Every metric of a run, None where it has no value, and without the time of people in it, which stands beside.
    Times are rounded to the microsecond."""
    machine = trace.without_people()
    values: dict[str, float | None] = {
        metric.key: _exact_enough(metric.measure(trace if metric in people.OF_PEOPLE else machine))
        for metric in METRICS
    }
    return values | dict.fromkeys(KEYS_WITHOUT_MEASURE)


def _exact_enough(value: float | None) -> float | None:
    """Counts as they are, shares and small times to six digits, everything else to three."""
    return rounded(value, 6 if abs(value) < 10 else 3) if isinstance(value, float) else value
