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

RULE: Final = (
    "A difference counts if three conditions are met: chance alone, over all metrics and scenarios at once, produces "
    "such a difference in at most 5 % of comparisons (permutation test, maxT); the medians differ by more than the "
    "smallest relevant difference; and so does the nearer end of the 95 % bootstrap interval. The smallest relevant "
    "difference is the larger of 5 % of A's value and the error of measuring: the calibrated error, the p99 receive "
    "lag and the p99 delivery jitter of either result, at least 1 ms. None is called where the 90 % interval lies "
    "within 5 % or 1 ms (two one-sided tests, Schuirmann 1987), however large that error was. What only counts, in "
    "scripted runs, differs exactly or not at all."
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
    return smallest_relevant(unit, of_a, CLOCK_MS, markers)


def floor(unit: Unit, of_a: float, error: float, markers: float) -> float:
    """The addition to a standard error, so that values which lie close together by chance do not stand out."""
    if unit in ("ms", "marker*ms"):
        return error * (max(1.0, markers) if unit == "marker*ms" else 1.0)
    return max(0.01, 0.01 * abs(of_a))
