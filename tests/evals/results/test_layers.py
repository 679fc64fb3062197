"""Where the wait for the first token goes, from the results of runs."""

from evals.results.layers import layers, layers_text
from evals.results.models import LayerResult, RunResult
from tests.evals.evaluations import good_evaluation

PLAIN = good_evaluation().results.runs[0]


def run(agent_ms: float | None, **changes: object) -> RunResult:
    """A run whose agent took so long to its first token; ``changes`` are of its result."""
    return PLAIN.model_copy(update={"server_metrics": PLAIN.server_metrics | {"ttft_ms": agent_ms}, **changes})


def direct(agent_ms: float | None, ttft_ms: float, **changes: object) -> RunResult:
    return run(agent_ms, metrics=PLAIN.metrics | {"ttft_ms": ttft_ms}, **changes)


def in_page(agent_ms: float, perceived_ms: float) -> RunResult:
    metrics = PLAIN.metrics | {"ttft_ms": None, "perceived_ttft_ms": perceived_ms}
    return run(agent_ms, metrics=metrics, through="gradio")


def test_each_layer_is_what_it_adds_within_one_run() -> None:
    runs = [direct(800, 803), direct(900, 905), direct(850, 854), in_page(820, 884), in_page(1000, 1066)]
    # The wire adds 3, 4 and 5 ms; the page's runs were 64 and 66 ms slower than their agents, 4 of it on the wire.
    assert layers(runs) == (LayerResult(scenario="late", agent_ms=850, wire_ms=4, pages_ms={"gradio": 60}),)


def test_runs_that_were_disturbed_or_broke_say_nothing_of_a_layer() -> None:
    runs = [direct(800, 803), in_page(820, 884)]
    others = [
        direct(1, 9000, disturbance="cancel after event 3"), direct(1, 9000, transport="events"),
        direct(1, 9000, error="The connection broke."),
        in_page(1, 9000).model_copy(update={"disturbance": "cancel at 300 ms"}),
    ]  # fmt: skip
    assert layers([*others, *runs]) == layers(runs)


def test_without_a_page_or_a_servers_time_there_are_no_layers() -> None:
    assert layers([direct(800, 803)]) == ()
    assert layers([in_page(820, 884)]) == ()
    assert layers([direct(None, 803), in_page(820, 884)]) == ()


def test_layers_are_one_sentence() -> None:
    layer = LayerResult(scenario="x", agent_ms=820.2, wire_ms=3.1, pages_ms={"gradio": 64.0, "streamlit": -2.0})
    assert layers_text(layer) == "First token of x: agent 820 ms, wire +3 ms, Gradio +64 ms, Streamlit -2 ms."
