"""The limits of a suite: on statistics of metrics, of all its runs or of one scenario's.

Fields of a suite, and of its scenarios::

    limits:
      ttft_ms: {p95: 1500}
      dangling_markers: {max: 0}

A number bounds the statistic from above if lower is better or nothing is, and from below if higher is better. This
module reads them; ``evals.results.judged_limits`` compares results with them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from backend.metrics.registry import BY_KEY
from backend.yaml_lines.complaints import did_you_mean, shown
from backend.yaml_lines.source import ValuePath, YamlSource

Statistic = Literal["median", "p95", "p99", "max", "min", "mean"]

STATISTICS: Final[tuple[str, ...]] = get_args(Statistic)

Limits = dict[str, dict[Statistic, float]]

LIMITS: Final = "metrics with limits such as ttft_ms: {p95: 1500}"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: ``bound`` on ``statistic`` of ``metric``, in the metric's unit."""

    metric: str
    statistic: Statistic
    bound: float

    @property
    def from_below(self) -> bool:
        """True if the value must not be lower than the bound, instead of not higher."""
        return BY_KEY[self.metric].direction == "higher"

    def broken_by(self, value: float) -> bool:
        """True if the value lies on the wrong side. On the bound it does not."""
        return value < self.bound if self.from_below else value > self.bound


def listed(limits: Mapping[str, Mapping[Statistic, float]]) -> Iterator[Limit]:
    """The limits one by one, in the order of the file."""
    for metric, bounds in limits.items():
        for statistic, bound in bounds.items():
            yield Limit(metric, statistic, bound)


def check_limits(source: YamlSource, limits: object, path: ValuePath) -> None:
    """Raises ``SourceError`` for a metric or a statistic that does not exist, and for a bound that is not a number."""
    if not isinstance(limits, dict) or not limits:
        raise source.wrong_value(path, "limits", LIMITS, limits, text=False)
    for metric, bounds in limits.items():
        here = (*path, metric)
        if metric not in BY_KEY:
            raise source.error(here, f"there is no metric {shown(metric)}{did_you_mean(metric, BY_KEY)}")
        if not isinstance(bounds, dict) or not bounds:
            raise source.error(here, f"expected a statistic and a number, such as {metric}: {{p95: 1500}}.")
        for statistic, bound in bounds.items():
            where = (*here, statistic)
            if statistic not in STATISTICS:
                raise source.error(
                    where, f"there is no statistic {shown(statistic)}{did_you_mean(statistic, STATISTICS)}"
                )
            if isinstance(bound, bool) or not isinstance(bound, int | float):
                raise source.error(where, f"the {statistic} of {metric} must be a number, not {shown(bound)}.")
