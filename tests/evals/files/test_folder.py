"""What is written of an evaluation: every file whole, each readable by those it is for."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from backend.protocol.events import Event
from backend.protocol.recording_reader import parse_recording
from evals.files.atomic_files import OutputError
from evals.files.evaluation import Evaluation
from evals.files.events_parquet import COLUMNS, event_batch
from evals.files.folder import report_of, write_evaluation
from evals.files.recordings import recording_names, recording_text, recordings
from evals.files.results_file import ResultsError
from evals.files.runs_csv import runs_csv
from evals.report.choice import choose
from evals.results.models import Results
from evals.scoring.recorded_run import score_recording
from evals.scoring.scored_run import ScoredRun
from tests.evals.captures import capture, play, played
from tests.evals.evaluations import SCRIPT, evaluation, good_evaluation, hostile_evaluation, late
from tests.metrics.traces import done, token

FILES = {
    "results.json", "runs.csv", "events.parquet", "junit.xml", "summary.md", "report.html", "recordings",
}  # fmt: skip


def uneven_evaluation() -> Evaluation:
    """Events at odd moments, one of them twice, over a plan; and a run that was cut."""
    events = [(at_ms * 1.0001234567, event) for at_ms, event in late(3.2)]
    numbered = [(at_ms, event.model_copy(update={"seq": seq})) for seq, (at_ms, event) in enumerate(events, start=1)]
    twice = [*numbered[:5], (numbered[4][0] + 1.23456789, numbered[2][1]), *numbered[5:]]
    return evaluation(played(capture(twice), play(plan=SCRIPT)), played(capture(events[:3]), play(), 2))


def recorded() -> Evaluation:
    """A recording, scored: its times are the server's."""
    made = good_evaluation()
    run = score_recording(parse_recording(recording_text(made.runs[0]).encode()), "a.jsonl")
    target = made.results.target.model_copy(update={"plane": "server"})
    results = made.results.model_copy(update={"runs": (run.result,), "target": target, "plans": ()})
    return Evaluation(results, [run])


def test_everything_is_written_and_can_be_read(tmp_path: Path) -> None:
    made = good_evaluation()
    results = write_evaluation(tmp_path, made)
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert Results.model_validate_json((tmp_path / "results.json").read_bytes()) == results
    for run, scored in zip(results.runs, made.runs, strict=True):
        assert run.recording is not None
        recording = parse_recording((tmp_path / run.recording).read_bytes())
        assert recording.cut is None
        assert recording.events == scored.wire.events
        assert recording.header.question == run.question
        assert recording.header.agent == run.agent
    page = (tmp_path / "report.html").read_text()
    assert f'href="{results.runs[0].recording}"' in page


@pytest.mark.parametrize("make", [good_evaluation, hostile_evaluation, evaluation, uneven_evaluation, recorded])
def test_the_report_can_be_drawn_again_from_the_files(tmp_path: Path, make: Callable[[], Evaluation]) -> None:
    results = write_evaluation(tmp_path, make())
    drawn = (tmp_path / "report.html").read_text(encoding="utf-8")
    (tmp_path / "report.html").unlink()
    assert report_of(tmp_path) == drawn
    assert drawn.count("There is no recording of this run") <= 1
    assert all(f'"run-{place}"' in drawn for place, run in enumerate(results.runs) if run.recording)


def test_a_report_needs_the_results_that_it_is_drawn_from(tmp_path: Path) -> None:
    write_evaluation(tmp_path, good_evaluation())
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(ResultsError, match="schema"):
        report_of(tmp_path)


class Asked(Sequence[ScoredRun]):
    """Runs that say which of them were asked for."""

    def __init__(self, one: ScoredRun, length: int) -> None:
        self._one, self._length = one, length
        self.places: set[int] = set()

    def __getitem__(self, index: int) -> ScoredRun:  # type: ignore[override]
        self.places.add(index)
        return self._one

    def __len__(self) -> int:
        return self._length


def test_of_many_recordings_only_those_of_the_report_are_read_again(tmp_path: Path) -> None:
    made = recorded()
    runs = tuple(
        made.results.runs[0].model_copy(update={"repeat": number, "metrics": {"e2e_ms": 100.0 + number % 37}})
        for number in range(200)
    )
    results = made.results.model_copy(update={"runs": runs})
    asked = Asked(made.runs[0], len(runs))
    write_evaluation(tmp_path, Evaluation(results, asked, [event_batch([made.runs[0]] * len(runs))]))
    assert asked.places == set(choose(runs).first)
    assert len(list((tmp_path / "recordings").iterdir())) == len(asked.places) < len(runs)
    assert report_of(tmp_path) == (tmp_path / "report.html").read_text(encoding="utf-8")


def test_events_parquet_has_a_row_for_each_event(tmp_path: Path) -> None:
    made = good_evaluation()
    write_evaluation(tmp_path, made)
    table = pd.read_parquet(tmp_path / "events.parquet")
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == sum(len(run.wire.received) for run in made.runs)
    first = table[table["run"] == 0]
    assert list(first["seq"]) == [event.seq for event in made.runs[0].wire.received]
    assert list(first["wire_ms"]) == list(made.runs[0].wire.received_ms)
    assert list(first["server_ms"]) == [event.at_ms for event in made.runs[0].wire.received]
    assert first["counts"].all()
    tokens = first[first["type"] == "token"]
    assert list(tokens["characters"]) == [len("Up [1]. "), len("And [2].")]
    assert tokens["step_id"].isna().all()
    assert list(first[first["type"] == "citation"]["number"]) == [1, 2]
    assert set(table["group"]) == {"late", "documents"}


def test_a_run_of_which_nothing_came_has_no_recording_and_no_event(tmp_path: Path) -> None:
    results = write_evaluation(tmp_path, hostile_evaluation())
    assert [run.recording is None for run in results.runs] == [False, True]
    assert set(pd.read_parquet(tmp_path / "events.parquet")["run"]) == {0}


def test_an_evaluation_without_runs_can_be_written(tmp_path: Path) -> None:
    write_evaluation(tmp_path, evaluation())
    assert pd.read_parquet(tmp_path / "events.parquet").empty


def test_a_defect_while_writing_leaves_what_was_there(tmp_path: Path) -> None:
    write_evaluation(tmp_path, good_evaluation())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    made = good_evaluation()
    object.__setattr__(made, "runs", made.runs[:2])
    with pytest.raises(IndexError):
        write_evaluation(tmp_path, made)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_that_went_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_evaluation(tmp_path / "gone", good_evaluation())


def test_what_an_agent_is_called_cannot_become_a_path() -> None:
    runs = hostile_evaluation().results.runs
    odd = [run.model_copy(update={"group": name}) for run, name in zip(runs, ("../../etc/x", "..\\A b"), strict=True)]
    assert recording_names([*odd, odd[0]]) == [
        "recordings/etc_x-1.jsonl",
        "recordings/A_b-2.jsonl",
        "recordings/etc_x-1-2.jsonl",
    ]


def test_names_differ_where_files_of_some_systems_do_not() -> None:
    run = good_evaluation().results.runs[0]
    upper, lower = (run.model_copy(update={"group": name}) for name in ("A", "a"))
    names = recording_names([upper, lower])
    assert len({name.lower() for name in names}) == 2


def test_recordings_stop_where_they_are_too_large() -> None:
    made = good_evaluation()
    names = recording_names(made.results.runs)
    one = len(next(recordings(made.runs, names, [0]))[2])
    assert [place for place, _, _ in recordings(made.runs, names, [2, 0, 1], most_bytes=2 * one)] == [2, 0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "|calc", "DDE(x)"])
def test_no_cell_of_runs_csv_is_a_formula(text: str) -> None:
    results = good_evaluation().results
    hostile = results.runs[0].model_copy(update={"run_id": text, "error": text, "surprises": (text,), "tags": (text,)})
    (row,) = csv.DictReader(io.StringIO(runs_csv(results.model_copy(update={"runs": (hostile,)})), newline=""))
    for name in ("run_id", "error", "surprises", "tags"):
        assert row[name].lstrip().startswith("'")
        assert row[name].replace("'", "") == text.replace("\r", " ")
    assert row["ttft_ms"] == "506.0", "numbers stay numbers"


def test_of_very_many_scenarios_the_report_and_the_summary_list_the_first(tmp_path: Path) -> None:
    answer: list[tuple[float, Event]] = [(5, token("Yes.")), (9, done())]
    runs = [played(capture(answer), play(f"agent-{number}"), 1) for number in range(101)]
    results = write_evaluation(tmp_path, evaluation(*runs))
    report = (tmp_path / "report.html").read_text("utf-8")
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert len(results.runs) == 101
    assert "list the first 100 of 101 scenarios" in report
    assert "And 51 more scenarios, in runs.csv." in summary
    assert "agent-49" in summary.replace("\\", "")
    assert "agent-50" not in summary.replace("\\", "")
