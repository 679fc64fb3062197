"""The end of an evaluation in a sentence, and the exit code of the command."""

from collections.abc import Sequence
from typing import Literal

from evals.results.models import LimitResult, RunResult, Verdict


def judge(runs: Sequence[RunResult], unfinished: int, limits: Sequence[LimitResult] = ()) -> Verdict:
    """The verdict over all runs and limits: fail where one failed, else inconclusive where one is inconclusive.

    ``unfinished`` counts the runs that were not played because the suite was stopped. Their values are unknown, so the
    verdict cannot be a pass.
    """
    good = sum(run.as_expected for run in runs)
    bad = len(runs) - good
    said = [_of_runs(good, bad), _of_limits(limits)]
    if unfinished:
        said.append(f"{unfinished} more were not played, since the suite was stopped.")
    return Verdict(
        exit_code=_exit_code(runs, bad, limits, unfinished),
        sentence=" ".join(sentence for sentence in said if sentence),
        as_expected=good,
        unexpected=bad,
    )


def _exit_code(runs: Sequence[RunResult], bad: int, limits: Sequence[LimitResult], unfinished: int) -> Literal[0, 1, 2]:
    if all(run.metrics["ttfe_ms"] is None for run in runs):
        return 2
    verdicts = {limit.verdict for limit in limits}
    if bad or "fail" in verdicts:
        return 1
    return 2 if unfinished or "inconclusive" in verdicts else 0


def _of_runs(good: int, bad: int) -> str:
    if bad:
        return f"{bad} of {good + bad} runs did not end as expected."
    if good == 1:
        return "The one run ended as expected."
    return f"All {good} runs ended as expected." if good else "No run was played to its end."


def _of_limits(limits: Sequence[LimitResult]) -> str:
    if not limits:
        return ""
    failed, unclear = (sum(limit.verdict == verdict for limit in limits) for verdict in ("fail", "inconclusive"))
    if not failed and not unclear:
        return f"All {len(limits)} limits are kept." if len(limits) > 1 else "The one limit is kept."
    said = f"Of {len(limits)} limits {failed} failed" if failed else f"Of {len(limits)} limits none failed"
    return f"{said}, {unclear} inconclusive." if unclear else f"{said}."
