"""Files to scenarios: what is well written comes back as it was meant, what is not gets one sentence."""

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from backend.agents.scripted.actions import Say
from backend.agents.scripted.library import BUNDLED_DIR
from backend.agents.scripted.loading import load_scenario, parse_scenario
from backend.agents.scripted.scenario import Scenario
from backend.yaml_lines.complaints import SourceError
from tests.agents.scripted.scenario_strategies import as_yaml, scenarios

HEAD = "title: T\ndescription: D.\nquestion: Q?\n"
"""Three lines: a timeline begins on line 4, its first action on line 5."""


def parse(text: str) -> Scenario:
    return parse_scenario(text.encode(), "bad.yaml")


MALFORMED: dict[str, tuple[str, int, str]] = {
    "missing timeline": (HEAD, 1, "a scenario needs the field 'timeline', a list of actions"),
    "unknown head field": (HEAD + "timelin: []\n", 4, "a scenario has no field 'timelin'; did you mean 'timeline'?"),
    "timeline no list": (HEAD + "timeline: 5\n", 4, "'timeline' must be a list of actions, not 5."),
    "timeline a mapping": (HEAD + "timeline:\n  say: hi\n", 4, "must be a list of actions, not {say: 'hi'}."),
    "head of wrong type": (
        "title: 2024\n" + HEAD[9:],
        1,
        "'title' must be a text: the scenario's title, not 2024. Put it in quotes.",
    ),
    "unknown outcome": (HEAD + "expect_outcome: done\ntimeline: []\n", 4, "'expect_outcome' must be completed, failed"),
    "jitter too large": (HEAD + "jitter: 2\ntimeline: []\n", 4, "'jitter' must be a number from 0 to 0.95"),
    "unknown action": (
        HEAD + "timeline:\n  - wait: 1\n  - sya: hi\n",
        6,
        "there is no action 'sya'; did you mean 'say'?",
    ),
    "unlike any action": (
        HEAD + "timeline:\n  - jump: 1\n",
        5,
        "there is no action 'jump'; expected one of step, start",
    ),
    "no action": (HEAD + "timeline:\n  - 5\n", 5, "expected an action such as 'wait: 0.5', not 5"),
    "two actions": (HEAD + "timeline:\n  - say: a\n    wait: 1\n", 6, "here are 'say' and 'wait'"),
    "unknown field": (
        HEAD + "timeline:\n  - say: a\n    rat: 1\n",
        6,
        "'say' has no field 'rat'; did you mean 'rate'?",
    ),
    "field of wrong type": (
        HEAD + "timeline:\n  - say: a\n    rate: fast\n",
        6,
        "'rate' must be a number of token events",
    ),
    "number as text": (HEAD + "timeline:\n  - wait: '1'\n", 5, "'wait' must be a number of seconds from 0 to 3600"),
    "bool as number": (HEAD + "timeline:\n  - wait: true\n", 5, "from 0 to 3600, not true."),
    "nothing as number": (HEAD + "timeline:\n  - wait:\n", 5, "from 0 to 3600, but it is empty."),
    "text as number": (HEAD + "timeline:\n  - say: 5\n", 5, "that are sent as they stand, not 5. Put it in quotes."),
    "token of wrong type": (HEAD + "timeline:\n  - say: [a, 5]\n", 5, "'say' must be a text, or a list of texts"),
    "nothing to say": (HEAD + "timeline:\n  - say: []\n", 5, "'say' must be a text"),
    "negative wait": (HEAD + "timeline:\n  - wait: -1\n", 5, "from 0 to 3600, not -1."),
    "infinite wait": (HEAD + "timeline:\n  - wait: 1e999\n", 5, "'1e999' is too large for a number"),
    "huge integer": (HEAD + f"timeline:\n  - wait: {'9' * 5000}\n", 5, "is too large for a number"),
    "missing field": (HEAD + "timeline:\n  - cite: 1\n", 5, "'cite' needs the field 'title'"),
    "missing in mapping": (
        HEAD + "timeline:\n  - start: a\n    tool: {arguments: 1}\n",
        6,
        "'tool' needs the field 'name'",
    ),
    "unknown in mapping": (HEAD + "timeline:\n  - start: a\n    tool:\n      nam: 1\n", 7, "'tool' has no field 'nam'"),
    "inside of a step": (HEAD + "timeline:\n  - step: a\n    do:\n      - wait: x\n", 7, "'wait' must be a number"),
    "bad slug": (HEAD + "timeline:\n  - start: Two Words\n", 5, "'start' must be a short name in small letters"),
    "hang false": (HEAD + "timeline:\n  - hang: false\n", 5, "'hang' must be true"),
    "after the end": (HEAD + "timeline:\n  - hang: true\n  - wait: 1\n", 6, "never reached"),
    "unknown step": (
        HEAD + "timeline:\n  - start: retrieving\n  - finish: retreiving\n",
        6,
        "no step 'retreiving' was started before this; did you mean 'retrieving'?",
    ),
    "ended step": (HEAD + "timeline:\n  - step: a\n  - finish: a\n", 6, "the step 'a' has ended before this"),
    "id used twice": (
        HEAD + "timeline:\n  - start: a\n    id: x\n  - start: b\n    id: x\n",
        7,
        "id 'x' was started before",
    ),
    "result without tool": (
        HEAD + "timeline:\n  - start: a\n  - finish: a\n    result: 1\n",
        6,
        "the step 'a' has no tool",
    ),
    "supports nothing": (HEAD + "timeline:\n  - cite: 1\n    title: T\n    supports: x\n", 5, "word for word"),
    "chart without data": (
        HEAD + "timeline:\n  - chart: c\n    title: C\n",
        5,
        "exactly one of 'bars', 'line' and 'figure'",
    ),
    "chart of texts": (
        HEAD + "timeline:\n  - chart: c\n    title: C\n    bars: {a: x}\n",
        7,
        "labels to numbers, not 'x'.",
    ),
    "map chart": (
        HEAD + "timeline:\n  - chart: c\n    title: C\n    figure: {data: [{type: scattermapbox}]}\n",
        5,
        "charts of type 'scattermapbox' are not drawn",
    ),
    "short row": (
        HEAD + "timeline:\n  - table: t\n    title: T\n    columns: [a, b]\n    rows: [[1]]\n",
        5,
        "each as long as its columns",
    ),
    "row no list": (
        HEAD + "timeline:\n  - table: t\n    title: T\n    columns: [a]\n    rows:\n      - [1]\n      - 2\n",
        10,
        "'rows' must be a list of rows, each a list of texts and numbers, not 2.",
    ),
    "repeat nothing": (
        HEAD + "timeline:\n  - repeat: 0\n    do: [{wait: 1}]\n",
        5,
        "'repeat' must be a number, 1 or more",
    ),
    "repeat without do": (HEAD + "timeline:\n  - repeat: 2\n", 5, "'repeat' needs 'do'"),
    "repeat with more": (
        HEAD + "timeline:\n  - repeat: 2\n    rate: 5\n    do: [{wait: 1}]\n",
        5,
        "nothing else, but here is 'rate'",
    ),
    "unknown placeholder": (
        HEAD + "timeline:\n  - repeat: [{quarter: 1}]\n    do:\n      - say: ${quater}\n",
        7,
        "no value for '${quater}'; did you mean 'quarter'?",
    ),
    "mistake in a repeat": (
        HEAD + "timeline:\n  - repeat: 3\n    do:\n      - wait: 1\n      - wiat: 1\n",
        8,
        "did you mean 'wait'?",
    ),
    "endless repeat": (
        HEAD + "timeline:\n  - repeat: 100000\n    do:\n      - repeat: 100000\n        do:\n          - wait: 1\n",
        9,
        "more than 200,000 values",
    ),
    "duplicate key": (HEAD + "timeline:\n  - say: a\n    say: b\n", 6, "duplicate key 'say'"),
    "deep values": (
        HEAD + f"timeline:\n  - start: a\n    tool: {{name: t, arguments: {'[' * 50}{']' * 50}}}\n",
        6,
        "nested more than",
    ),
    "too many events": (
        HEAD + f"pieces: 1\ntimeline:\n  - say: {'x' * 260_000}\n",
        5,
        "the scenario sends more than 250,000 events",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_scenario_gets_one_sentence_with_its_line(case: str) -> None:
    text, line, expected = MALFORMED[case]
    with pytest.raises(SourceError) as raised:
        parse(text)
    message = str(raised.value)
    assert message.startswith(f"bad.yaml, line {line}: ")
    assert expected in message
    assert "\n" not in message
    assert len(message) < 300
    assert message[-1] in ".?"


def test_bytes_that_are_no_utf_8_are_named_with_their_line() -> None:
    with pytest.raises(SourceError, match=r"^bad\.yaml, line 2: this is not UTF-8 text"):
        parse_scenario("title: T\ndescription: schön\n".encode("latin-1"), "bad.yaml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.yaml, line 1: the file cannot be read \(No such file"):
        load_scenario(tmp_path / "gone.yaml")


def test_a_byte_order_mark_and_crlf_are_read() -> None:
    text = (HEAD + "timeline:\n  - say: |\n      one\n      two\n").replace("\n", "\r\n")
    scenario = parse_scenario(b"\xef\xbb\xbf" + text.encode(), "t.yaml")
    assert scenario.timeline == (Say(say="one\ntwo\n"),)


def test_plain_words_that_other_yaml_takes_for_values_stay_text() -> None:
    words = ["on", "yes", "no", "12:30", "2026-08-26", "0x1F", "010", "1_000", "Null", "True", ".inf"]
    scenario = parse(HEAD + "timeline:\n" + "".join(f"  - say: {word}\n" for word in words))
    assert [action.say for action in scenario.timeline if isinstance(action, Say)] == words


def test_repeat_fills_in_numbers_and_texts() -> None:
    scenario = parse(
        HEAD
        + "timeline:\n  - repeat:\n      - {name: North, rate: 5}\n      - {name: South, rate: 6.5}\n    do:\n"
        + '      - say: "${n}. ${name}"\n        rate: ${rate}\n'
        + "      - repeat: 2\n        do:\n          - say: ${name}\n"
        + "  - say: $5 and ${n}\n"
    )
    assert [(action.say, action.rate) for action in scenario.timeline if isinstance(action, Say)] == [
        ("1. North", 5),
        ("North", None),
        ("North", None),
        ("2. South", 6.5),
        ("South", None),
        ("South", None),
        ("$5 and ${n}", None),
    ]


JUNK = [
    "\t",
    "-",
    ":",
    " ",
    "\n",
    "{",
    "}",
    "[",
    "'",
    '"',
    "&a ",
    "*a",
    "!!x ",
    "\x00",
    "? ",
    "|",
    "%",
    "---\n",
    "<<: ",
]
JUNK += ["${n}", "repeat: 3\n", "do:", "null", "1e9", "- hang: true\n", "\u2028", "\\U99999999", "#"]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["happy_path", "nested_steps", "chart_revised", "unicode"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(["", *JUNK])), min_size=1, max_size=4),
)
def test_any_damage_gives_a_scenario_or_one_sentence(name: str, damages: list[tuple[float, int, str]]) -> None:
    text = (BUNDLED_DIR / f"{name}.yaml").read_text(encoding="utf-8")
    for place, length, junk in damages:
        at = int(place * len(text))
        text = text[:at] + junk + text[at + length :]
    complaint: SourceError | None = None
    try:
        parse(text)
    except SourceError as error:
        complaint = error
    if complaint is not None:
        assert 1 <= complaint.line <= text.count("\n") + 1
        assert "\n" not in str(complaint)
        assert len(str(complaint)) < 400


@settings(max_examples=60, deadline=None)
@given(scenarios())
def test_what_is_written_comes_back(scenario: Scenario) -> None:
    assert parse_scenario(as_yaml(scenario), "t.yaml") == scenario
