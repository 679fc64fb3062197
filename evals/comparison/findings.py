"""The findings that a verdict is made of, and the verdict on several of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.comparison.models import Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """One question to the values, answered. ``at_risk``: inconclusive, and it may be worse by more than counts as the
    same. ``runs_that_tell``: about how many runs a side would answer it, None where it is answered or none would.
    """

    verdict: Verdict
    reason: str
    at_risk: bool = False
    runs_that_tell: int | None = None
    by_runs: bool = False
    """Whether the share of runs beyond a bound decided, and not the middle of the values."""


def together(findings: Sequence[Finding]) -> Finding:
    """Worse where one is, so that no gain hides a loss; the same only where all are."""
    for wanted in (
        lambda found: found.verdict == "worse",
        lambda found: found.at_risk,
        lambda found: found.verdict == "better",
    ):
        chosen = next(filter(wanted, findings), None)
        if chosen is not None:
            return chosen if chosen.verdict != "inconclusive" else _inconclusive(chosen, findings)
    unclear = next((found for found in findings if found.verdict == "inconclusive"), None)
    return findings[0] if unclear is None else _inconclusive(unclear, findings)


def _inconclusive(chosen: Finding, findings: Sequence[Finding]) -> Finding:
    open_ones = [found for found in findings if found.verdict == "inconclusive"]
    counts = [found.runs_that_tell for found in open_ones if found.runs_that_tell is not None]
    runs = max(counts) if len(counts) == len(open_ones) else None
    return Finding("inconclusive", chosen.reason, chosen.at_risk, runs, chosen.by_runs)
