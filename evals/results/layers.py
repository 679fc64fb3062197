"""Where the wait for the first token goes: the agent, the wire, and each UI.

Every figure is a difference of durations within one run, and each duration is measured on one clock:

- agent: from the run's acceptance to its first token, by the server's stamps
- wire: from the harness's request to the token's arrival, less the agent's time
- page: from the click to the frame that shows the first token, on the browser's clock, less the agent's time in the
  same run and less the median of what the wire adds

So the medians add up to the wait of a person, as far as medians add up.
"""

from collections.abc import Sequence

from backend.metrics.statistics import nearest_rank
from backend.present.words.durations import format_ms
from evals.results.models import LayerResult, RunResult

PAGES = {"gradio": "Gradio", "streamlit": "Streamlit"}


def layers(runs: Sequence[RunResult]) -> tuple[LayerResult, ...]:
    """One decomposition for each scenario that was played directly and through a page."""
    groups: dict[tuple[str, float], list[RunResult]] = {}
    for run in runs:
        if _undisturbed(run) and run.error is None:
            groups.setdefault((run.scenario, run.speed), []).append(run)
    found = (_layers_of(scenario, group) for (scenario, _), group in groups.items())
    return tuple(layer for layer in found if layer is not None)


def _layers_of(scenario: str, runs: Sequence[RunResult]) -> LayerResult | None:
    """The decomposition for one scenario at one speed; None where one of its parts has no value."""
    direct = [run for run in runs if run.through is None]
    agent = _median([run.server_metrics["ttft_ms"] for run in direct])
    wire = _median([_beyond_agent(run, "ttft_ms") for run in direct])
    if agent is None or wire is None:
        return None
    pages = {}
    for name in PAGES:
        beyond = _median([_beyond_agent(run, "perceived_ttft_ms") for run in runs if run.through == name])
        if beyond is not None:
            pages[name] = round(beyond - wire, 3)
    if not pages:
        return None
    return LayerResult(scenario=scenario, agent_ms=round(agent, 3), wire_ms=round(wire, 3), pages_ms=pages)


def layers_text(layer: LayerResult) -> str:
    """One sentence, such as ``First token of happy_path: agent 820 ms, wire +3 ms, Gradio +64 ms.``"""
    pages = [f"{PAGES[name]} {_signed(ms)}" for name, ms in layer.pages_ms.items()]
    parts = [f"agent {format_ms(layer.agent_ms)}", f"wire {_signed(layer.wire_ms)}", *pages]
    return f"First token of {layer.scenario}: {', '.join(parts)}."


def _undisturbed(run: RunResult) -> bool:
    """Whether nothing was done to the run, and it was started in a page or arrived as the answer to its POST."""
    return run.disturbance is None and (run.through is not None or run.transport == "post")


def _beyond_agent(run: RunResult, key: str) -> float | None:
    """How many milliseconds this took beyond the agent's time in the same run."""
    value, agent = run.metrics.get(key), run.server_metrics["ttft_ms"]
    return None if value is None or agent is None else value - agent


def _median(values: Sequence[float | None]) -> float | None:
    return nearest_rank([value for value in values if value is not None], 0.5)


def _signed(ms: float) -> str:
    return f"{'-' if ms < 0 else '+'}{format_ms(abs(ms))}"
