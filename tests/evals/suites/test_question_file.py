"""A CSV of questions with reference answers as a suite."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from backend.yaml_lines.complaints import SourceError
from evals.suites.question_file import load_questions, parse_questions
from evals.suites.suite import MAX_SCENARIOS, Suite
from evals.suites.suite_file import SuiteError

HEAD = "Question,Source Docs,Topic,Answer\n"


def parsed(text: str, encoding: str = "utf-8") -> Suite:
    return parse_questions(text.encode(encoding), "asked.csv")


def numbers_of(answer: str, sources: str = "*", question: str = "Why?") -> list[object]:
    written = io.StringIO()
    csv.writer(written).writerows([["Question", "Source Docs", "Answer"], [question, sources, answer]])
    expect = parsed(written.getvalue()).runs[0].expect
    assert expect is not None
    return list(expect.numbers)


def test_every_row_is_a_scenario() -> None:
    suite = parsed(
        HEAD
        + 'How much?,"*2023 Q3*; *2023 Q2*",Sales,"It was $81,797 million in 2023 (SOURCE: 2023 Q3 x.pdf)."\n'
        + ",,,\n"
        + "Who?,,,The documents do not contain it.\n"
    )
    first, second = suite.scenarios
    assert (suite.suite, suite.repeats, [first.agent, second.agent]) == ("asked.csv", 1, ["documents", "documents"])
    assert (first.question, first.result_name, first.labels) == ("How much?", "How much?", {"Topic": "Sales"})
    assert first.content is not None
    assert first.content.sources == ("*2023 Q3*", "*2023 Q2*")
    assert [number.text for number in first.content.numbers] == ["$81,797 million"]
    assert first.content.not_found is False
    assert (second.labels, second.content and second.content.not_found) == ({}, True)
    assert parse_questions(HEAD.encode() + b"Why?,a,b,c", "x.csv", "model", 4).scenarios[0].agent == "model"
    assert parse_questions(HEAD.encode() + b"Why?,a,b,c", "x.csv", "model", 4).concurrency == 4


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_delimiters_encodings_and_names_of_columns(delimiter: str, encoding: str) -> None:
    rows = [[" ANSWER ", "sources", "Question "], ["12.5 %, not 3\r\nlines", "*a*\n*b*", "How é, or; why|\t?"]]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    (only,) = parsed(written.getvalue(), encoding).scenarios
    assert only.content is not None
    assert (only.question, only.content.sources) == ("How é, or; why|\t?", ("*a*", "*b*"))
    assert [number.text for number in only.content.numbers] == ["12.5 %"]


@pytest.mark.parametrize(
    ("answer", "sources", "not_found"),
    [
        ("It was 5 %.", "*", False),
        ("", "*", False),
        ("", "", None),
        ("Not found.", "", True),
        ("The documents do not mention it.", "", True),
        ("The report does not provide a comparison.", "*", None),
        ("No, none was reported.", "*", None),
        ("No, only 5 % were.", "*", False),
    ],
)
def test_whether_there_is_an_answer(answer: str, sources: str, not_found: bool | None) -> None:
    (only,) = parsed(f'{HEAD}Why?,{sources},,"{answer}"\n').scenarios
    assert (only.content.not_found if only.content else None) is not_found


@pytest.mark.parametrize(
    "answer",
    [
        "SOURCE(S): 2023 Q3 ACME 4711.pdf, Note 5333",
        "It fell (Source: report-4711.docx).",
        'See "figures 4711.xlsx", page 12.',
        "See ACME-4711.md and 2023 Q3 ACME.",
        "In Q3 2023, as of July 1, 2023.",
        "Of 500, as asked.",
    ],
)
def test_what_is_no_figure_of_a_reference_answer(answer: str) -> None:
    assert numbers_of(answer, "*2023 Q3 ACME*", "Of 500?") == []


def test_the_name_of_a_source_is_no_figure_wherever_it_stands() -> None:
    assert numbers_of("By invoice 4711 it is 4712.", "invoice 4711*") == ["4712"]


def test_questions_with_one_beginning_have_different_names() -> None:
    long = "Why is it so " + "very " * 40
    suite = parsed(HEAD + f"{long}1?,a,,\n{long}2?,a,,\n{long}2?,a,,\n")
    names = [scenario.result_name for scenario in suite.scenarios]
    assert len(set(names)) == 3
    assert all(len(name) <= 100 for name in names)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the file is empty; expected a CSV with the columns Question, Source Docs and Answer."),
        (b"\xef\xbb\xbf \n", "line 1: the file is empty"),
        (HEAD.encode(), "line 1: there is no question below the names of the columns."),
        (
            b"Frage,Answer\nx,y\n",
            "there is no column Question: the first row must name the columns, not Frage, Answer.",
        ),
        (b"Question,Anser\nx,y\n", "line 1: there is no column Source Docs or Answer"),
        (
            b"Question,Answer,question\nx,y,z\n",
            "line 1: two columns are named 'question': rename or remove one of them.",
        ),
        (b"Question,Sources,Source Docs\nx,y,z\n", "line 1: two columns are named 'source docs'"),
        (b"Question,Answer\nx,y\n\n,z\n", "line 4: this row has no question: add it, or remove the row."),
        (b"Question,Answer\nx,y, z\n", "line 2: this row has 3 cells and the file 2 columns: quote its texts."),
        (b"Question,Answer\nx,\xff\n", "line 2: this is not UTF-8 text; save the file as CSV in UTF-8."),
        (b"Question,Answer\nx," + b"y" * 200_000, "line 2: this is not CSV (field larger than field limit (131072))"),
        (b"Question,Answer\n" + b"x" * 100_000 + b",y", "bytes: shorten it."),
        (b"Question,Sources\nx," + b"y;" * 100 + b'"z' + b"z" * 1001 + b'"', "a cell may name 200 files of 1,000"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_questions(content, "asked.csv")
    assert str(caught.value).startswith("asked.csv, line ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_thousands_of_questions_and_no_more_than_can_be_played() -> None:
    rows = "".join(f"Question {number}?,file {number}.md,,It is {number + 1000}.\n" for number in range(MAX_SCENARIOS))
    assert len(parsed(HEAD + rows).scenarios) == MAX_SCENARIOS
    with pytest.raises(SourceError, match=r"line 10002: a file may have 10,000 questions: split it\."):
        parsed(HEAD + rows + "One more?,,,\n")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"cannot be read: No such file or directory\."):
        load_questions(tmp_path / "none.csv")
    with pytest.raises(SuiteError, match=r"cannot be read: Is a directory\."):
        load_questions(tmp_path)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@given(st.lists(st.tuples(cells.filter(lambda text: text.strip() != ""), cells, cells), min_size=1, max_size=5))
def test_any_text_can_be_in_a_cell(rows: list[tuple[str, str, str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([["Question", "Source Docs", "Answer"], *rows])
    suite = parsed(written.getvalue())
    assert len(suite.scenarios) == len(rows)
    for scenario, (question, sources, _) in zip(suite.scenarios, rows, strict=True):
        assert scenario.asks(question)
        assert bool(scenario.content and scenario.content.sources) == bool(sources.strip(",;\n\r \t").strip())
