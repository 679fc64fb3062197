"""Groups are named by what tells their runs from others, and by nothing else."""

from evals.results.groups import with_groups
from evals.results.models import RunResult
from tests.evals.evaluations import good_evaluation

RUN = good_evaluation().results.runs[0]


def names(*changes: dict[str, object]) -> list[str]:
    runs: list[RunResult] = [
        RUN.model_copy(update={"scenario": "x", "load": "closed 1", **change}) for change in changes
    ]
    return [run.group for run in with_groups(runs)]


def test_a_load_is_named_only_beside_another_one() -> None:
    assert names({}, {}) == ["x", "x"]
    assert names({}, {"load": "closed 50"}) == ["x (closed 1)", "x (closed 50)"]
    assert names({"speed": 2.0}, {"speed": 4.0}) == ["x (speed 2, seed 0)", "x (speed 4, seed 0)"]


def test_runs_through_a_page_have_no_load_that_would_tell_others_from_them() -> None:
    in_page: dict[str, object] = {"load": "", "through": "gradio"}
    assert names({}, in_page) == ["x", "x (through gradio)"]
    assert names({}, {"load": "closed 50"}, in_page) == ["x (closed 1)", "x (closed 50)", "x (through gradio)"]
