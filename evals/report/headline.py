"""The first ten seconds of a reader: the verdict, four figures, and the runs that are worth a look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.metrics.statistics import nearest_rank
from backend.present.words.durations import NO_VALUE, format_count
from backend.present.words.metric_text import difference, formatted, milliseconds
from evals.report.cells import Tone
from evals.report.distributions import FEWEST_FOR_P95
from evals.report.strangeness import STRANGE_FROM
from evals.results.harness_figures import LagFigures
from evals.results.layers import layers_text
from evals.results.models import MetricSummary, Results, RunResult

_MOST_LISTED = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the headline: a name, a value, and a sentence that explains it."""

    name: str
    value: str
    note: str
    tone: Tone = ""
    term: str = ""
    """The metric in the glossary that the name links to."""


def tiles(results: Results, scenarios: Mapping[str, Sequence[RunResult]]) -> list[Tile]:
    """The four figures."""
    runs = [run for group in scenarios.values() for run in group]
    return [
        _as_expected(results, runs),
        _first_token(results),
        _longest_silence(results, runs),
        _dangling_exposure(results, runs),
    ]


def _as_expected(results: Results, runs: Sequence[RunResult]) -> Tile:
    verdict = results.verdict
    return Tile(
        "As expected",
        f"{verdict.as_expected} of {verdict.as_expected + verdict.unexpected}",
        f"of {format_count(len({run.scenario for run in runs}), 'scenario')}",
        "bad" if verdict.unexpected or not runs else "good",
    )


def _first_token(results: Results) -> Tile:
    first = results.summary.get("ttft_ms")
    return Tile(
        "First token",
        milliseconds(first.median if first else None),
        _first_note(first) if first and first.n else "no run had one",
        term=_term(results, "ttft_ms"),
    )


def _longest_silence(results: Results, runs: Sequence[RunResult]) -> Tile:
    quietest = max((run for run in runs if run.longest_silence), key=_silence_ms, default=None)
    return Tile(
        "Longest silence",
        milliseconds(_silence_ms(quietest)) if quietest else NO_VALUE,
        f"in {quietest.scenario}" if quietest else "no run",
        term=_term(results, "longest_gap_ms"),
    )


def _dangling_exposure(results: Results, runs: Sequence[RunResult]) -> Tile:
    key = "dangling_exposure_marker_ms"
    exposed = max(runs, key=lambda run: run.metrics.get(key) or 0, default=None)
    exposure = exposed.metrics.get(key) if exposed else None
    return Tile(
        "Dangling exposure",
        formatted(exposure, "marker*ms"),
        f"the most of one run, in {exposed.scenario}" if exposed and exposure else "no marker waited",
        "caution" if exposure else "good",
        term=_term(results, key),
    )


def _term(results: Results, key: str) -> str:
    """The metric's name in the glossary, which contains the summarized ones."""
    return key if key in results.summary else ""


def _first_note(first: MetricSummary) -> str:
    if first.n < FEWEST_FOR_P95:
        return f"median of {format_count(first.n, 'run')}; the longest {milliseconds(first.p95)}"
    return f"median of {first.n:,} runs; p95 {milliseconds(first.p95)}"


def accuracy(runs: Sequence[RunResult]) -> str | None:
    """The distance of measured times from scripted ones, in a few words; None without a script."""
    events, waits, gaps = (_errors(runs, key) for key in ("ttfe_ms", "ttft_ms", "longest_gap_ms"))
    if not events or not waits or not gaps:
        return None
    return (
        f"Against the script, counted from the acceptance of a run, the first event came {_spread(events)}, the first "
        f"token {_spread(waits)}; the longest silence differs by {_spread(gaps)}."
    )


def findings(results: Results, scenarios: Mapping[str, Sequence[RunResult]], strange: int) -> list[str]:
    """Sentences about things that are worth a look; ``strange`` is the number of runs unlike the others of their
    scenario."""
    found = [layers_text(layer) for layer in results.layers[:_MOST_LISTED]]
    found += _faults(scenarios)
    if strange:
        runs = "One run is" if strange == 1 else f"{strange} runs are"
        found.append(f"{runs} strange: {STRANGE_FROM:g} usual spreads or more from the median of the scenario.")
    found.append(_error_of_measuring(results))
    return found


def _faults(scenarios: Mapping[str, Sequence[RunResult]]) -> Iterator[str]:
    """A sentence for each kind of fault, with the scenarios in which any run has it."""
    dangling = _having(scenarios, "dangling_markers")
    exposed = [name for name in _having(scenarios, "dangling_exposure_marker_ms") if name not in dangling]
    broken = [name for name, runs in scenarios.items() if any(run.violations for run in runs)]
    for names, sentence in (
        (exposed, "Markers were on screen before their source in {}."),
        (dangling, "Markers never got a source in {}."),
        (_having(scenarios, "stalls"), "The stream stalled in {}."),
        (broken, "Stream rules were broken in {}; what the script itself breaks is expected."),
    ):
        if names:
            yield sentence.format(_listed(names))


def _having(scenarios: Mapping[str, Sequence[RunResult]], key: str) -> list[str]:
    """The scenarios in which a run's metric of this key is more than 0."""
    return [name for name, runs in scenarios.items() if any(run.metrics.get(key) for run in runs)]


def _error_of_measuring(results: Results) -> str:
    harness = results.harness
    if results.target.plane == "server":
        return harness.receive_lag_basis
    return (
        f"The harness's own error: receive lag {milliseconds(harness.receive_lag_ms.p50)} median and "
        f"{milliseconds(harness.receive_lag_ms.p99)} p99, event-loop lag {milliseconds(harness.loop_lag_ms.p99)} p99, "
        f"{formatted(harness.cpu_share, 'share')} of one core. {_late_requests(harness.send_delay_ms)}"
    ).rstrip()


def _late_requests(delay: LagFigures | None) -> str:
    """How late requests left; empty in results that do not say it."""
    if delay is None or delay.p50 is None:
        return ""
    return f"Requests left {milliseconds(delay.p50)} (median) and {milliseconds(delay.p99)} (p99) after they were due."


def _spread(errors: Sequence[float]) -> str:
    sizes = [abs(error) for error in errors]
    few = len(sizes) < FEWEST_FOR_P95
    within = milliseconds(max(sizes) if few else nearest_rank(sizes, 0.95))
    of = f"{format_count(len(sizes), 'run')} within" if few else f"95 % of {len(sizes):,} runs within"
    return f"{difference(nearest_rank(errors, 0.5), 'ms')} ({of} {within})"


def _errors(runs: Sequence[RunResult], key: str) -> list[float]:
    pairs = [(run.metrics.get(key), run.truth.get(key)) for run in runs if run.truth is not None and run.as_expected]
    return [measured - scripted for measured, scripted in pairs if measured is not None and scripted is not None]


def _silence_ms(run: RunResult | None) -> float:
    silence = run.longest_silence if run else None
    return silence.to_ms - silence.from_ms if silence else 0.0


def _listed(names: Sequence[str]) -> str:
    if len(names) > _MOST_LISTED:
        return f"{', '.join(names[:_MOST_LISTED])} and {len(names) - _MOST_LISTED} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
