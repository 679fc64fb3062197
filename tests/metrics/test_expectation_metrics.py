"""What a suite knows to be right, compared with what a run cites, states and says it cannot find."""

import base64
import struct
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.metrics.expectation import Expectation
from backend.metrics.expected_content import expected_numbers, expected_text, not_found_right
from backend.metrics.expected_sources import foreign_subject_quotes, source_any, source_first
from backend.metrics.not_found import reads_not_found
from backend.metrics.numbers import figures
from backend.metrics.registry import measure
from backend.metrics.trace import Trace
from backend.protocol.events import ArtifactEvent, CitationEvent, Event, WarningEvent
from tests.metrics.traces import citation, done, token, trace

KEYS = ("source_first", "source_any", "expected_numbers", "expected_text", "not_found_right", "foreign_subject_quotes")


def run(*events: Event, **expected: Any) -> Trace:
    """A run of these events, of which this is expected."""
    if "numbers" in expected:
        expected["numbers"] = figures(expected["numbers"])
    timed = [(float(place), event) for place, event in enumerate((*events, done()), start=1)]
    return trace(*timed, expectation=Expectation(**expected))


def cites(*names: str) -> list[CitationEvent]:
    return [citation(number, document_id=name) for number, name in enumerate(names, start=1)]


def test_without_an_expectation_nothing_has_a_value() -> None:
    values = measure(trace((1, token("Yes, 81,797.")), (2, done())))
    assert {key: values[key] for key in KEYS} == dict.fromkeys(KEYS)
    values = measure(run(token("Yes.")))
    assert {key: values[key] for key in KEYS} == dict.fromkeys(KEYS)


@pytest.mark.parametrize(
    ("cited", "first", "any_of_them", "foreign"),
    [
        (("2023 Q3 ACME.pdf", "2022 Q3 ACME.pdf"), 1, 1, 1),
        (("2022 Q3 ACME.pdf", "2023 q3 acme.PDF"), 0, 1, 1),
        (("other.md",), 0, 0, 1),
        ((), 0, 0, 0),
    ],
)
def test_sources(cited: tuple[str, ...], first: int, any_of_them: int, foreign: int) -> None:
    one = run(*cites(*cited), sources=("2023 Q3 *",))
    assert (source_first(one), source_any(one), foreign_subject_quotes(one)) == (first, any_of_them, foreign)


@pytest.mark.parametrize(
    "fields",
    [
        {"document_id": "reports/2023/Annual Report.pdf"},
        {"source": "Annual report.pdf"},
        {"title": "ANNUAL REPORT"},
        {"url": "https://example.com/files/annual%20report.pdf?page=3#top"},
        {"url": "file:///C:\\shared\\annual report.docx"},
    ],
)
def test_a_source_is_known_by_any_of_its_names(fields: dict[str, str]) -> None:
    assert source_any(run(citation(1, **fields), sources=("annual report*",))) == 1
    assert source_any(run(citation(1, **fields), sources=("*2024*",))) == 0


def test_a_file_name_with_brackets_matches_itself() -> None:
    assert source_any(run(*cites("[draft] plan.md"), sources=("[Draft] plan.md",))) == 1


def test_the_subject_may_be_wider_than_the_sources() -> None:
    cited = cites("2023 Q3 ACME.pdf", "2022 Q3 ACME.pdf", "2023 Q3 GLOBEX.pdf")
    assert foreign_subject_quotes(run(*cited, sources=("2023 Q3 ACME*",), subject=("*ACME*",))) == 1


def test_a_citation_that_is_sent_again_counts_once_as_it_was_last() -> None:
    again = [citation(1, title="?"), citation(1, title="globex"), citation(2, title="acme")]
    one = run(*again, sources=("globex",))
    assert (source_first(one), foreign_subject_quotes(one)) == (1, 1)


def test_numbers_in_the_answer() -> None:
    answer = token("Net sales were **81.8 billion** dollars [408], 12.5\\% more.")
    assert expected_numbers(run(answer, numbers="$81,797 million, 12.5 %")) == 1
    assert expected_numbers(run(answer, numbers="$81,797 million, 12.5 %, 3.1 %")) == pytest.approx(2 / 3)
    assert expected_numbers(run(answer, citation(408), numbers="408")) == 0, "a marker is not a number of the answer"
    assert expected_numbers(run(numbers="408")) == 0


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("table", {"columns": ["Period", "Net sales"], "rows": [["Q3", 81797], ["Q2", "94,836"]]}),
        ("chart", {"data": [{"type": "bar", "x": ["Q3"], "y": [81797.0]}]}),
        ("chart", {"data": [{"y": {"dtype": "f8", "bdata": base64.b64encode(struct.pack("<d", 81797.0)).decode()}}]}),
        ("chart", {"data": [{"type": "indicator", "value": 81797}]}),
        ("value", {"value": 81797, "unit": "USD million"}),
        ("value", {"value": "81.8", "unit": "billion"}),
    ],
)
def test_numbers_in_artifacts(kind: Any, content: Any) -> None:
    shown = ArtifactEvent(artifact_id="a", kind=kind, content=content)
    assert expected_numbers(run(shown, token("See the chart."), numbers="$81,797 million")) == 1


def test_a_list_of_documents_and_what_was_replaced_state_nothing() -> None:
    listed = ArtifactEvent(artifact_id="d", kind="documents", content={"items": [{"text": "81,797"}]})
    first = ArtifactEvent(artifact_id="v", kind="value", content={"value": 81797})
    then = ArtifactEvent(artifact_id="v", kind="value", content={"value": 5})
    assert expected_numbers(run(listed, first, then, numbers="81,797")) == 0


def test_text_is_found_whatever_its_case_space_and_markdown() -> None:
    table = ArtifactEvent(artifact_id="t", kind="table", content={"columns": ["Net  Sales"], "rows": [["up"]]})
    one = run(
        token("The *company’s* cost\n of  sales [1] rose."),
        table,
        text=("Company's COST of sales rose", "net sales", "margin"),
    )
    assert expected_text(one) == pytest.approx(2 / 3)


def test_not_found_is_right_exactly_where_it_should_be_said() -> None:
    warned = (token("Nothing."), WarningEvent(code="not_found"))
    for expected in (True, False):
        assert not_found_right(run(*warned, not_found=expected)) == expected
        assert not_found_right(run(token("It was 5 % [1]."), citation(1), not_found=expected)) == (not expected)
    assert not_found_right(run(*warned)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Not found in your documents.",
        "I could not find any information about that.",
        "I couldn’t find this in the files.",
        "The provided documents do not contain the number of employees.",
        "The report doesn't explicitly mention a dividend.",
        "The dividend is not mentioned in the filings.",
        "There is no information about dividends in the context.",
        "I am unable to answer this from the given sources.",
        "None of the documents says so.",
        "I don't know.",
        "I looked through all files. The answer cannot be found there.",
    ],
)
def test_an_answer_that_says_that_nothing_was_found(text: str) -> None:
    assert reads_not_found(text)
    assert not_found_right(run(token(text), not_found=True)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Net sales were $5 billion.",
        "No, the company did not repurchase shares.",
        "The company found no buyer for its plant.",
        "Profit rose by 5 % [1]. The report does not mention why.",
    ],
)
def test_an_answer_that_does_not_say_it(text: str) -> None:
    assert not_found_right(run(token(text), citation(1), not_found=False)) == 1


names = st.sampled_from(["a.md", "b.md", "acme.pdf", "", "x/[y].csv"])


@given(st.lists(names, max_size=6), st.lists(st.sampled_from(["*.md", "acme*", "[", "*", "?"]), min_size=1, max_size=3))
def test_sources_agree_with_one_another(cited: list[str], globs: list[str]) -> None:
    one = run(*cites(*cited), sources=tuple(globs))
    first, any_of_them, foreign = source_first(one), source_any(one), foreign_subject_quotes(one)
    assert first is not None
    assert any_of_them is not None
    assert foreign is not None
    assert first <= any_of_them
    assert (any_of_them == 1) == (foreign < len(cited))
