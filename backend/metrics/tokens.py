"""The pace of the answer. Token events are what a stream sends, not a tokenizer's tokens: hence characters
too.
"""

import math
from collections.abc import Mapping

from backend.metrics.metric import Metric
from backend.metrics.statistics import nearest_rank
from backend.metrics.trace import Trace, gaps_ms


def _token_gaps(trace: Trace) -> list[float]:
    return gaps_ms([at_ms for _, at_ms in trace.tokens])


def token_gap_median_ms(trace: Trace) -> float | None:
    """Inter-token gap, median of the run: time between successive token events with text. Events are not
    tokenizer tokens.
    """
    return nearest_rank(_token_gaps(trace), 0.5)


def token_gap_p95_ms(trace: Trace) -> float | None:
    """Inter-token gap, 95th percentile of the run (nearest rank)."""
    return nearest_rank(_token_gaps(trace), 0.95)


def token_gap_max_ms(trace: Trace) -> float | None:
    """Inter-token gap, the longest of the run."""
    return max(_token_gaps(trace), default=None)


def _writing_s(trace: Trace) -> float | None:
    """Seconds from the first to the last token; None for fewer than two, or where all share one stamp."""
    if len(trace.tokens) < 2:
        return None
    lasted_ms = trace.tokens[-1][1] - trace.tokens[0][1]
    return lasted_ms / 1000 if lasted_ms > 0 else None


def token_events_per_s(trace: Trace) -> float | None:
    """Token events per second: (n - 1) / (last - first) over the token events with text."""
    seconds = _writing_s(trace)
    return None if seconds is None else (len(trace.tokens) - 1) / seconds


def chars_per_s(trace: Trace) -> float | None:
    """Characters per second: code points of every token but the first, over the time from the first to the
    last.
    """
    seconds = _writing_s(trace)
    if seconds is None:
        return None
    return sum(len(token.text) for token, _ in trace.tokens[1:]) / seconds


def usage_tokens_per_s(trace: Trace) -> float | None:
    """Tokens per second by the provider's own count: the output tokens of its usage, less those of reasoning where it
    counts them apart, over the time from the first to the last token event. No value without such a usage.
    """
    seconds, usage = _writing_s(trace), trace.done.usage if trace.done is not None else None
    written, thought = (_count(usage, name) for name in ("output_tokens", "reasoning_tokens"))
    if seconds is None or written is None:
        return None
    return max(0.0, written - (thought or 0.0)) / seconds


def _count(usage: Mapping[str, object] | None, name: str) -> float | None:
    value = usage.get(name) if usage is not None else None
    is_count = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return float(value) if isinstance(value, int | float) and is_count else None


TOKEN_GAP_MEDIAN = Metric("token_gap_median_ms", "Token gap, median", "ms", "lower", token_gap_median_ms)
TOKEN_GAP_P95 = Metric("token_gap_p95_ms", "Token gap, p95", "ms", "lower", token_gap_p95_ms)
TOKEN_GAP_MAX = Metric("token_gap_max_ms", "Token gap, longest", "ms", "lower", token_gap_max_ms)
TOKEN_RATE = Metric("token_events_per_s", "Token events per second", "1/s", "higher", token_events_per_s)
USAGE_RATE = Metric("usage_tokens_per_s", "Tokens per second by usage", "1/s", "higher", usage_tokens_per_s)
CHARACTER_RATE = Metric("chars_per_s", "Characters per second", "1/s", "higher", chars_per_s)
