"""``playhead eval --questions``: a CSV of questions asked of a folder, of an agent elsewhere, and of recordings."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.protocol.events import CitationEvent, DoneEvent, TokenEvent
from backend.protocol.recordings import RecordingHeader, recording_lines
from evals.commands.eval import command
from evals.results.models import ExpectationTotal, Results
from tests.agents.model.scripted_provider import Reply, ScriptedProvider
from tests.dialects.streams import frames
from tests.live_server import LiveServer

CSV = """Question,Source Docs,Topic,Answer
How many days of leave does a person have?,leave*,Time,A person has 28 days of leave. (SOURCE: leave.md)
How much is paid for a meal on a journey?,*expenses*,Money,"EUR 45, and up to 12.5 % more abroad."
Who builds the quantum elevator of Zanzibar?,,Time,The documents do not contain it.
"""

DOCUMENTS = {
    "leave.md": "# Leave\n\nA person has 28 days of leave each year. The leave must be taken until March.\n",
    "travel expenses.md": "# Expenses\n\nFor a meal on a journey EUR 45 is paid. Receipts are kept.\n",
}


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def results_in(out: Path) -> Results:
    return Results.model_validate_json((out / "results.json").read_bytes())


def totals(results: Results) -> dict[tuple[str, str | None], ExpectationTotal]:
    return {(total.metric, total.value): total for total in results.expectations}


@pytest.mark.server
def test_questions_about_a_folder_are_asked_and_scored(questions: Path, tmp_path: Path) -> None:
    docs, out = tmp_path / "docs", tmp_path / "out"
    docs.mkdir()
    for name, text in DOCUMENTS.items():
        (docs / name).write_text(text, encoding="utf-8")
    code, said = call("--questions", questions, "--docs", docs, "--out", out, "--concurrency", 2)
    assert code == 0, said
    results = results_in(out)
    leave, meal, elevator = results.runs
    assert [run.question for run in results.runs] == [line.split(",")[0] for line in CSV.splitlines()[1:]]
    assert [run.metrics["source_first"] for run in results.runs] == [1, 1, None]
    assert (leave.metrics["expected_numbers"], meal.metrics["expected_numbers"]) == (1, 0.5)
    assert meal.expectation is not None
    assert meal.expectation.missing_numbers == ("12.5 %",)
    assert meal.expectation.cited == ("travel expenses.md",)
    assert [run.metrics["not_found_right"] for run in results.runs] == [1, 1, 1]
    assert elevator.metrics["foreign_subject_quotes"] is None
    assert leave.labels == {"Topic": "Time"}
    found = totals(results)
    numbers = found["expected_numbers", None]
    assert (numbers.runs, numbers.right, numbers.some, numbers.parts, numbers.parts_right) == (2, 1, 2, 3, 2)
    assert (found["not_found_right", "Time"].right, found["not_found_right", "Time"].runs) == (2, 2)
    assert ("source_first", "Money") in found

    # The table is read in the terminal, in the report and in the summary.
    for text in (said, (out / "report.html").read_text("utf-8"), (out / "summary.md").read_text("utf-8")):
        assert "Expected numbers" in text
        assert "1 of 2" in text
        assert "Topic: Money" in text
    assert "1 of 2 numbers are missing: 12.5 %." in (out / "report.html").read_text("utf-8")
    assert "Topic: Time" in (out / "runs.csv").read_text("utf-8")

    # The recordings of these runs, scored without a server, are the same answers.
    again = tmp_path / "again"
    code, said = call("--recordings", out / "recordings", "--questions", questions, "--out", again)
    assert code == 0, said
    assert totals(results_in(again)) == found


def recording(question: str, *events: Any, agent: str = "somebody") -> str:
    header = RecordingHeader(run_id="run_1", agent=agent, question=question, created_at="2026-11-22T10:00:00+00:00")
    numbered = [event.model_copy(update={"seq": seq}) for seq, event in enumerate((*events, DoneEvent()), start=1)]
    return "".join(recording_lines(header, numbered))


def test_recordings_of_any_agent_are_matched_by_their_question(questions: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    cited = CitationEvent(citation_id="1", number=1, title="Leave")
    answers = {
        "a": recording("how many days of  leave does a person have? ", cited, TokenEvent(text="28 days [1].")),
        "b": recording("How many days of leave does a person have?", TokenEvent(text="I could not find it.")),
        "c": recording("Something else?", TokenEvent(text="28 days.")),
    }
    for name, text in answers.items():
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    code, said = call("--recordings", folder, "--questions", questions, "--out", tmp_path / "out")
    assert code == 0, said
    right, wrong, other = results_in(tmp_path / "out").runs
    keys = ("source_first", "source_any", "expected_numbers", "not_found_right", "foreign_subject_quotes")
    assert [right.metrics[key] for key in keys] == [1, 1, 1, 1, 0]
    assert [wrong.metrics[key] for key in keys] == [0, 0, 0, 0, 0]
    assert (other.expectation, {other.metrics[key] for key in keys}) == (None, {None})
    assert (right.scenario, right.repeat, wrong.repeat) == ("How many days of leave does a person have?", 1, 2)
    assert right.labels == {"Topic": "Time"}


@pytest.mark.server
def test_an_agent_elsewhere_is_asked_the_questions(questions: Path, tmp_path: Path) -> None:
    answer: list[dict[str, Any] | str] = [
        {"choices": [{"index": 0, "delta": {"content": "They have 28 days."}, "finish_reason": "stop"}]},
        "[DONE]",
    ]
    provider = ScriptedProvider()
    with LiveServer(provider) as server:
        provider.script(*[Reply(frames(answer))] * 4)
        target = f"openai-chat:{server.url}/v1#llama"
        code, said = call("--questions", questions, "--target", target, "--out", tmp_path / "out")
    assert code == 0, said
    runs = results_in(tmp_path / "out").runs
    assert [run.metrics["expected_numbers"] for run in runs] == [1, 0, None]
    assert [run.metrics["source_any"] for run in runs] == [0, 0, None]
    assert [run.metrics["not_found_right"] for run in runs] == [1, 1, 0]


def test_limits_judge_expectations(questions: Path, tmp_path: Path) -> None:
    suite = tmp_path / "own.yaml"
    suite.write_text(
        "suite: own\nlimits: {expected_numbers: {mean: 0.9}}\nruns:\n  - agent: somebody\n    question: Why?\n"
        "    expect: {numbers: [28, 29]}\n    limits: {not_found_right: {min: 1}}\n",
        encoding="utf-8",
    )
    (tmp_path / "a.jsonl").write_text(recording("Why?", TokenEvent(text="28 days.")), encoding="utf-8")
    code, said = call(suite, "--recordings", tmp_path / "a.jsonl", "--out", tmp_path / "out")
    assert code == 1
    verdicts = {limit.metric: limit.verdict for limit in results_in(tmp_path / "out").limits}
    assert verdicts == {"expected_numbers": "fail", "not_found_right": "pass"}
    assert "expected_numbers mean, limit 0.9, all runs: fail. It is 50 %, below the limit of 90 %." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["quick", "--questions", "{csv}"], "Name a SUITE or give --questions, not both."),
        (["quick", "--agent", "model"], "--agent can only be used with --questions: a suite has its own."),
        (["quick", "--docs", "{folder}", "--url", "http://x"], "--docs cannot be used with --url: a backend that is"),
        (
            ["--questions", "{csv}", "--docs", "{folder}", "--target", "ag-ui:http://x/"],
            "--docs cannot be used with --target: it is not a Playhead backend.",
        ),
        (
            ["--questions", "{csv}", "--recordings", "{folder}", "--docs", "{folder}", "--agent", "a"],
            "--docs and --agent cannot be used with --recordings: nothing is played.",
        ),
        (["--questions", "{folder}"], "The questions {folder} cannot be read: Is a directory."),
        (["--questions", "{csv}", "--docs", "{csv}"], "is a file"),
        ([], "Name a suite, such as quick, or give --questions or --recordings."),
    ],
)
def test_what_cannot_be_used_together_is_one_sentence(
    arguments: list[str], said: str, questions: Path, tmp_path: Path
) -> None:
    filled = [argument.format(csv=questions, folder=tmp_path) for argument in arguments]
    code, output = call(*filled, "--out", tmp_path / "out")
    assert code == 2
    assert said.format(folder=tmp_path) in output
    assert not (tmp_path / "out" / "results.json").exists()


@pytest.mark.server
def test_a_folder_without_documents_is_reported(questions: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code, said = call("--questions", questions, "--docs", empty, "--out", tmp_path / "out")
    assert code == 2
    assert said.strip().splitlines()[-1].startswith("Error: ")
    assert str(empty) in said


def test_results_of_earlier_versions_are_still_read(questions: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(recording("Why?", TokenEvent(text="Because.")), encoding="utf-8")
    call("--recordings", tmp_path / "a.jsonl", "--out", tmp_path / "out")
    data = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    del data["expectations"]
    for run in data["runs"]:
        del run["expectation"], run["labels"]
    assert Results.model_validate(data).runs[0].labels == {}
