"""Suites: what they may say, and that every mistake names its file and line."""

from pathlib import Path

import pytest

from backend.yaml_lines.complaints import SourceError
from evals.playing.runner import interleaved, warm_up_plays
from evals.suites.suite_file import SuiteError, bundled_suites, load_suite, parse_suite
from tests.evals.captures import play
from tests.metrics.traces import done

GOOD = b"""suite: mine
repeats: 2
speed: 4
runs:
  - agent: scripted:happy_path
    repeats: 5
    speed: 1
  - agent: documents
    question: "Is it rising?"
    expect: completed
"""


def test_a_scenario_takes_from_the_suite_what_it_does_not_say() -> None:
    suite = parse_suite(GOOD, "mine.yaml")
    first, second = suite.scenarios
    assert (first.result_name, first.repeats, first.speed, first.question) == ("happy_path", 5, 1, None)
    assert (second.result_name, second.repeats, second.speed, second.expect) == ("documents", 2, 4, "completed")
    again = suite.with_repeats(7)
    assert [scenario.repeats for scenario in again.scenarios] == [7, 7]
    assert suite.with_repeats(None) == suite


STEERED = b"""suite: steered
transport: websocket
runs:
  - agent: scripted:clarify
    answer: {after_ms: 300, value: Aurora Foods}
  - agent: scripted:clarify
    transport: post
    pause: {after_events: 3}
    message: {at_ms: 500, text: Only 2024., mode: queue}
    answer:
      - {value: Aurora Foods}
      - {action: decline, note: No.}
"""


def test_what_is_done_to_a_run_and_over_which_transport() -> None:
    first, second = parse_suite(STEERED, "steered.yaml").scenarios
    assert (first.transport, first.disturbance) == ("websocket", "answer accept after 300 ms")
    assert first.answers[0].body == {"action": "accept", "value": "Aurora Foods"}
    assert (second.transport, [answer.action for answer in second.answers]) == ("post", ["accept", "decline"])
    assert second.disturbance == (
        "pause after event 3 for 500 ms, message at 500 ms to the queue, answer accept after 0 ms, decline after 0 ms"
    )
    assert (first.is_steered, first.comes_whole) == (True, False)


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        ((b"transport: websocket", b"transport: socket"), 2, "'transport' must be post (the answer to the POST"),
        ((b"{after_events: 3}", b"{after_events: 3, at_ms: 1}"), 8, "'pause' must be {after_events: 12, for_ms: 500}"),
        ((b"{after_events: 3}", b"{after_event: 3}"), 8, "'pause' has no field 'after_event'"),
        ((b"text: Only 2024., ", b""), 9, "'message' needs the field 'text', {at_ms: 500, text: Only 2024.}"),
        ((b"{action: decline, note: No.}", b"{action: refuse}"), 12, "'answer' must be {after_ms: 300"),
    ],
)
def test_a_mistake_in_what_is_done_is_reported_with_its_line(change: tuple[bytes, bytes], line: int, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_suite(STEERED.replace(*change), "steered.yaml")
    assert str(caught.value).startswith(f"steered.yaml, line {line}: ")
    assert said in str(caught.value)


def test_the_bundled_suites_can_be_loaded() -> None:
    assert "quick" in bundled_suites()
    for name in bundled_suites():
        suite = load_suite(name)
        assert suite.suite == name
        assert suite.description
        # A scenario twice would be one with more repeats.
        assert len({repr(scenario) for scenario in suite.scenarios}) == len(suite.scenarios)


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "own"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD)
    assert load_suite(str(path)).suite == "mine"


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        ((b"repeats: 5", b"repeats: none"), 6, "'repeats' must be a whole number, 1 or more, not 'none'"),
        ((b"repeats: 5", b"repeats: 0"), 6, "'repeats' must be a whole number"),
        ((b"repeats: 5", b"repeats: 2.5"), 6, "'repeats' must be a whole number"),
        ((b"speed: 4", b"speed: -1"), 3, "'speed' must be a number"),
        ((b"speed: 4", b"sped: 4"), 3, "a suite has no field 'sped'; did you mean 'speed'?"),
        ((b"    speed: 1", b"    depth: 1"), 7, "a scenario has no field 'depth'; expected one of agent,"),
        ((b"agent: documents", b"agent: 7"), 8, "such as scripted:happy_path, not 7. Put it in quotes."),
        ((b"  - agent: documents\n    question", b"  - question"), 8, "a scenario needs the field 'agent', an agent"),
        ((b"expect: completed", b"expect: fine"), 10, "'expect' must be completed, cancelled"),
        ((b"suite: mine\n", b""), 1, "a suite needs the field 'suite', the suite's name."),
        ((b"  - agent: documents\n", b"  - documents\n"), 9, "check the indentation"),
        ((GOOD, b"suite: x\nruns: []\n"), 2, "'runs' must be a list of scenarios"),
        ((GOOD, b"suite: x\nruns: happy\n"), 2, "'runs' must be a list of scenarios"),
        ((GOOD, b"suite: x\nruns:\n  - happy\n"), 3, "expected a scenario such as '- agent: scripted:happy_path'"),
    ],
)
def test_a_mistake_is_reported_with_its_file_and_line(change: tuple[bytes, bytes], line: int, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_suite(GOOD.replace(*change), "mine.yaml")
    message = str(caught.value)
    assert message.startswith(f"mine.yaml, line {line}: ")
    assert said in message
    assert "\n" not in message


def test_a_suite_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="There is no suite 'quik': give a file, or one of"):
        load_suite("quik")
    with pytest.raises(SuiteError, match="cannot be read"):
        load_suite(str(tmp_path))


def test_runs_are_interleaved() -> None:
    often, once = play("scripted:a", repeats=3), play("scripted:b", repeats=1)
    order = [(repeat, one.scenario.result_name) for repeat, one in interleaved([often, once])]
    assert order == [(1, "a"), (1, "b"), (2, "a"), (3, "a")]


def test_warm_up_plays_the_shortest() -> None:
    long, short = play("scripted:a", plan=[(900, done())]), play("scripted:b", plan=[(5, done())])
    unknown = play("documents")
    suite = parse_suite(GOOD + b"warm_up: 2\n", "mine.yaml")
    assert warm_up_plays(suite, [unknown, long, short]) == [short, long]
