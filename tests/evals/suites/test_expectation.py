"""What a suite says about the right end and the right answer: an outcome, or a mapping."""

import pytest

from backend.yaml_lines.complaints import SourceError
from evals.suites.suite import SuiteScenario
from evals.suites.suite_file import parse_suite

SUITE = """suite: mine
runs:
  - agent: documents
    question: "Why?"
    labels: {topic: leave}
    expect: """


def scenario(expect: str) -> SuiteScenario:
    (only,) = parse_suite(f"{SUITE}{expect}\n".encode(), "mine.yaml").scenarios
    return only


def test_the_outcome_alone_is_what_it_was() -> None:
    only = scenario("failed")
    assert (only.expect, only.content, only.labels) == ("failed", None, {"topic": "leave"})
    assert scenario("").expect is None


def test_a_mapping_says_what_is_right() -> None:
    only = scenario('{outcome: completed, sources: ["2023 Q3 *"], numbers: [81797, "12.5 %", 1.234], text: net sales}')
    assert only.expect == "completed"
    content = only.content
    assert content is not None
    assert (content.sources, content.of_the_subject, content.text) == (("2023 Q3 *",), ("2023 Q3 *",), ("net sales",))
    assert [(number.magnitude, number.unit) for number in content.numbers] == [(81797, ""), (12.5, "%"), (1.234, "")]
    assert content.numbers[2].alternative is None, "a point in a number of YAML is no separator"


@pytest.mark.parametrize(
    ("expect", "not_found"),
    [
        ("{numbers: [5]}", False),
        ("{text: [leave]}", False),
        ('{sources: ["*"]}', False),
        ("{numbers: [5], not_found: null}", None),
        ("{not_found: true}", True),
        ('{subject: ["*"]}', None),
    ],
)
def test_where_an_answer_is_known_it_is_there_to_be_found(expect: str, not_found: bool | None) -> None:
    content = scenario(expect).content
    assert content is not None
    assert content.not_found is not_found


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("fine", "'expect' must be completed, cancelled, timed_out, failed or interrupted, or a mapping such as"),
        ("[completed]", "'expect' must be completed, cancelled"),
        ("7", "'expect' must be completed, cancelled"),
        ("{outcome: good}", "'outcome' must be completed, cancelled, timed_out, failed or interrupted, not 'good'."),
        ("{source: [a]}", "'expect' has no field 'source'; did you mean 'sources'?"),
        ("{text: [a], text: [b]}", "duplicate key 'text'; remove one of them."),
        ("{sources: 5}", "'sources' must be a list of globs over file names, such as [\"2023 Q3 *\"], not 5."),
        ('{subject: [" "]}', "'subject' must be a list of globs"),
        ("{numbers: [many]}", '\'numbers\' must be a list of numbers, such as [81797, "12.5 %", "1.2 billion"]'),
        ('{numbers: "12 % and 13"}', "'numbers' must be a list of numbers"),
        ("{numbers: [true]}", "'numbers' must be a list of numbers"),
        ("{numbers: [[1]]}", "'numbers' must be a list of numbers"),
        ("{text: [5]}", "'text' must be a list of texts, such as [\"net sales\"], not 5. Put it in quotes."),
        ("{not_found: maybe}", "'not_found' must be true, false, or null where both are right, not 'maybe'."),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(expect: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        scenario(expect)
    message = str(caught.value)
    assert message.startswith("mine.yaml, line 6: ")
    assert said in message
    assert "\n" not in message


def test_a_mistake_in_a_block_has_the_line_of_its_field() -> None:
    with pytest.raises(SourceError, match=r"mine\.yaml, line 8: 'numbers' must be a list of numbers"):
        scenario('\n      text: ["x"]\n      numbers: [x]')


def test_labels_are_texts() -> None:
    with pytest.raises(SourceError, match=r"line 5: 'labels' must be texts by name, such as \{topic: leave\}"):
        parse_suite(f"{SUITE}completed\n".replace("topic: leave", "topic: 5").encode(), "mine.yaml")
