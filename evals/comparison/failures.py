"""The ways in which runs fail, compared by kind: one lost end in a hundred runs says more than any median."""

from collections.abc import Iterator, Sequence

import numpy as np

from evals.comparison.evidence import ALPHA
from evals.comparison.models import FailureKind, Verdict
from evals.comparison.pairs import Matrix, ScenarioPair
from evals.comparison.permutation import Chances
from evals.comparison.proportions import ALIKE, EQUIVALENCE_LEVEL, fisher, newcombe
from evals.results.proportion import Proportion
from evals.results.run import RunResult

_LONGEST_CODE = 80
"""Characters: a code or a step is a name, and a stranger's stream can put anything there."""

_LOST_END = "no end (done never came)"

_NO_TEXT = "completed without any text"
"""A run that answers with a chart alone says so on both sides."""


def kinds_of(run: RunResult) -> Iterator[str]:
    """The failures of this run, in the words of a report; none for a run that did what was expected and broke no rule.

    Failures that a scenario is meant to have count as well, on both sides: only their difference matters.
    """
    if run.outcome is None:
        yield _LOST_END
    elif run.error is not None:
        yield "not measured to the end"
    elif run.outcome != run.expected:
        yield f"ended {run.outcome}, expected {run.expected}"
    elif not run.as_expected:
        yield "not as the script says"
    elif run.outcome == "completed" and run.metrics.get("ttft_ms", 0.0) is None:
        yield _NO_TEXT
    yield from (f"error {code[:_LONGEST_CODE]}" for code in run.error_codes)
    yield from dict.fromkeys(f"step {step.step[:_LONGEST_CODE]} failed" for step in run.steps if step.state == "failed")
    yield from dict.fromkeys(f"rule {violation.rule} broken" for violation in run.violations)


def all_kinds(pairs: Sequence[ScenarioPair]) -> tuple[str, ...]:
    """Every kind of failure of either result, sorted."""
    return tuple(sorted({name for pair in pairs for run in (*pair.a, *pair.b) for name in kinds_of(run)}))


def table(runs: Sequence[RunResult], kinds: Sequence[str]) -> Matrix:
    """A row for each run, a column for each kind: 1 where the run failed so."""
    rows = [[float(name in found) for name in kinds] for found in map(set, map(kinds_of, runs))]
    return np.array(rows, dtype=np.float64).reshape(len(runs), len(kinds))


def judged(pairs: Sequence[ScenarioPair], kinds: Sequence[str], chances: Chances, at: int) -> tuple[FailureKind, ...]:
    """Each kind, judged over all scenarios and in each. ``at`` is the column of the first kind in ``chances``."""
    found = [_judged(pairs, name, chances, at + place) for place, name in enumerate(kinds)]
    return tuple(sorted(found, key=lambda one: (one.verdict != "worse", not one.is_new, -one.b, one.kind)))


def _judged(pairs: Sequence[ScenarioPair], name: str, chances: Chances, column: int) -> FailureKind:
    counts = [(_count(pair.a, name), _count(pair.b, name)) for pair in pairs]
    a, b = sum(one for one, _ in counts), sum(one for _, one in counts)
    of_a, of_b = sum(len(pair.a) for pair in pairs), sum(len(pair.b) for pair in pairs)
    p_value = min(float(chances.together[column]), *(float(row[column]) for row in chances.single))
    return FailureKind(
        kind=name, verdict=_verdict(a, of_a, b, of_b, p_value), a=a, of_a=of_a, b=b, of_b=of_b, p_value=p_value,
        exact_p_value=fisher(a, of_a, b, of_b), is_new=a == 0 and b > 0,
        scenarios=tuple(pair.name for pair, (_, failed) in zip(pairs, counts, strict=True) if failed),
    )  # fmt: skip


def _count(runs: Sequence[RunResult], name: str) -> int:
    return sum(name in set(kinds_of(run)) for run in runs)


def _verdict(a: int, of_a: int, b: int, of_b: int, p_value: float) -> Verdict:
    if p_value <= ALPHA and a / of_a != b / of_b:
        return "worse" if b / of_b > a / of_a else "better"
    lower, upper = newcombe(Proportion(a / of_a, of_a), Proportion(b / of_b, of_b), EQUIVALENCE_LEVEL)
    return "same" if lower >= -ALIKE and upper <= ALIKE else "inconclusive"
