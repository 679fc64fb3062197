"""The three files: whole or not at all, and what stands in them."""

import csv
import io
import json
from pathlib import Path

import pytest

from backend.metrics.registry import METRICS
from evals.files.atomic_files import OutputError, check_writable, write_files
from evals.files.runs_csv import runs_csv
from evals.results.models import SCHEMA, Results
from tests.evals.evaluations import evaluation, good_evaluation, hostile_evaluation
from tests.metrics.test_metric_properties import RUN_KEYS


def test_results_json_has_the_names_that_others_rely_on() -> None:
    text = good_evaluation().results.to_json()
    results = json.loads(text)
    assert results["schema"] == SCHEMA
    assert set(results) >= {"schema", "harness", "machine", "versions", "summary", "limits", "runs"}
    assert set(results["harness"]) >= {"receive_lag_ms", "loop_lag_ms", "cpu_share", "load"}
    assert set(results["harness"]["receive_lag_ms"]) >= {"p50", "p99", "max"}
    assert set(results["summary"]["ttft_ms"]) >= {"n", "n_missing", "median", "p95", "ci95"}
    assert results["limits"] == []
    run = results["runs"][0]
    assert set(run) >= {"run_id", "scenario", "outcome", "started", "metrics", "steps", "citations", "error", "truth"}
    assert set(run["metrics"]) == set(RUN_KEYS)
    assert set(results["summary"]) == set(RUN_KEYS)
    assert set(run["steps"][0]) >= {"step_id", "step", "wire_ms", "server_ms"}
    assert set(run["citations"][0]) >= {"citation_id", "lag_ms", "lag_events", "lag_chars"}
    assert results["versions"]["python"]


def test_results_json_can_be_read_back() -> None:
    for made in (good_evaluation(), hostile_evaluation(), evaluation()):
        again = Results.model_validate_json(made.results.to_json())
        assert again == made.results
    with pytest.raises(ValueError, match="schema"):
        Results.model_validate_json(evaluation().results.to_json().replace(SCHEMA, "playhead.results/9"))


def test_values_and_truth_are_those_of_the_runs() -> None:
    results = good_evaluation().results
    first = results.runs[0]
    assert first.metrics["ttft_ms"] == 506
    assert first.truth is not None
    assert first.truth["ttft_ms"] == 500
    assert first.server_metrics["ttft_ms"] == 501
    assert first.metrics["dangling_exposure_marker_ms"] == 150
    assert [lag.lag_ms for lag in first.citations] == [-90, 150]
    assert results.scenarios["late"]["ttft_ms"].error == 9
    assert results.scenarios["late"]["ttft_ms"].server_error == 1
    assert results.scenarios["documents"] == {}, "nobody knows the truth of an agent without a script"
    assert results.summary["ttft_ms"].n == 5
    assert results.summary["ttfa_ms"].n_missing == 5
    assert results.summary["ttft_ms"].ci95 is None


def test_runs_csv_has_a_line_for_each_run_and_a_column_for_each_metric() -> None:
    rows = list(csv.DictReader(io.StringIO(runs_csv(good_evaluation().results))))
    assert [row["scenario"] for row in rows] == ["late"] * 3 + ["documents"] * 2
    assert set(rows[0]) >= {metric.key for metric in METRICS}
    assert rows[0]["ttft_ms"] == "506.0"
    assert rows[0]["scripted_ttft_ms"] == "500.0"
    assert rows[3]["scripted_ttft_ms"] == ""
    assert rows[0]["ttfa_ms"] == "", "missing is empty, not 0"


def test_files_are_written_together(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    check_writable(folder)
    write_files(folder, {"one": "1\n", "two": "2\n"})
    assert sorted(path.name for path in folder.iterdir()) == ["one", "two"]
    assert (folder / "one").read_text() == "1\n"
    assert (folder / "one").stat().st_mode & 0o777 == 0o644


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("old")
    with pytest.raises(OutputError, match="cannot be written"):
        write_files(tmp_path, {"one": "new", "no/such/folder": "x"})
    assert (tmp_path / "one").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["one"], "nothing half-written is left"


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Nothing can be written to"):
        check_writable(tmp_path / "file" / "inner")
