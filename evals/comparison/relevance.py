"""How large a difference must be to mean anything: more than the error of measuring, and more than a share that people
notice."""

from typing import Final

from backend.metrics.metric import Unit
from evals.results.models import Results

SHARE: Final = 0.05
"""A share of A's value: a twentieth."""

CLOCK_MS: Final = 1.0
"""The resolution of timers, on both ends."""

_OF_A_WHOLE: Final = 0.02
"""Shares (citations in sync, of a run with a dangling marker) must differ by two percentage points."""

_ALIKE: Final[dict[Unit, float]] = {"share": 0.05, "tau": 0.1}
"""Five percentage points, and five hundredths of what Kendall's tau can span."""

RULE: Final = (
    "Times are judged by their median and by their tail (the share of runs far beyond the usual, and from 72 runs on "
    "the 95th percentile); counts and shares by their total and by the share of runs above zero. A difference counts "
    "only if chance alone, over everything that is compared at once, produces such a difference in at most 5 % of "
    "comparisons (permutation test, maxT; half of it for times, half for counts and shares where both vary). The "
    "medians of times, and the means of shares, must also differ by more than the smallest relevant difference, with "
    "the nearer end of their 95 % interval too: the larger of 5 % of A's value and the error of measuring (the "
    "calibrated error, the p99 receive lag and the p99 delivery jitter of either result, at least 1 ms), or 2 "
    "percentage points. Values are the same only if that is shown: the 90 % interval of the difference lies within "
    "5 % or 1 ms, for counts and shares within 5 percentage points of runs (two one-sided tests, Schuirmann 1987; "
    "Newcombe's interval for shares of runs). Everything else is inconclusive, with the number of runs that would "
    "decide it. Scenarios that were played once on each side are taken together, and each is compared with itself: "
    "labels are exchanged within pairs, intervals are those of paired differences (Student's; Newcombe's for matched "
    "shares, with McNemar's test). Counts in scripted runs are different if no run of one side has a value of the "
    "other. A kind of failure that A never had is named first, even where it is too rare to be called worse: the exit "
    "code is then 2."
)


def error_ms(*results: Results) -> float:
    """The error of measuring, in milliseconds: the larger one of the results."""
    found = [CLOCK_MS]
    for one in results:
        harness, calibration = one.harness, one.harness.calibration
        # Compared with the kernel's stamp, the receive lag is the harness's alone. Delays of the target's events on
        # this machine are in the jitter, and differ from one hour to the next as well.
        for lags in (harness.receive_lag_ms, harness.delivery_jitter_ms):
            found += [lags.p99] if lags is not None and lags.p99 is not None else []
        if calibration is not None:
            known = calibration.ttft_error_p99_ms
            found.append(abs(calibration.ttft_error_median_ms if known is None else known))
    return max(found)


def smallest_relevant(unit: Unit, of_a: float, error: float, markers: float) -> float:
    """The smallest relevant difference from the value ``of_a``, in the metric's unit.

    ``error`` is the error of measuring, in milliseconds; ``markers`` is the number of markers in the answers, each of
    which may be late by it.
    """
    share = SHARE * abs(of_a)
    if unit == "ms":
        return max(share, error)
    if unit == "marker*ms":
        return max(share, error * max(1.0, markers))
    if unit == "share":
        return max(share, _OF_A_WHOLE)
    return share if unit == "1/s" else 0.0


def alike(unit: Unit, of_a: float, markers: float) -> float:
    """The largest difference at which two values count as the same. The error of measuring widens it only by the
    resolution of timers: a machine too noisy to see a difference has not shown that there is none."""
    if unit in _ALIKE:
        return _ALIKE[unit]
    return max(SHARE * abs(of_a), 0.05) if unit == "count" else smallest_relevant(unit, of_a, CLOCK_MS, markers)


def floor(unit: Unit, of_a: float, error: float, markers: float) -> float:
    """The addition to a standard error, so that values which lie close together by chance do not stand out."""
    if unit in ("ms", "marker*ms"):
        return error * (max(1.0, markers) if unit == "marker*ms" else 1.0)
    return max(0.01, 0.01 * abs(of_a))
