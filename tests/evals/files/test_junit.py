"""junit.xml and summary.md: what a build server and a pull request show."""

from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from evals.files.junit import junit_xml
from evals.files.markdown_summary import MOST_RUNS_LISTED, markdown_summary
from evals.results.models import LimitResult, Results
from evals.wire.exchange import Capture
from tests.evals.captures import play, played
from tests.evals.evaluations import ATTACK, evaluation, good_evaluation, hostile_evaluation


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own text, made a line before


def limit(verdict: str, metric: str = "ttft_ms", **fields: object) -> LimitResult:
    made = {
        "metric": metric, "statistic": "p95", "scenario": None, "limit": 1500.0, "value": 812.5, "interval": None,
        "n": 20, "verdict": verdict, "reason": f"why it is {verdict}.",
    }  # fmt: skip
    return LimitResult.model_validate(made | fields)


def limited() -> Results:
    limits = (limit("pass"), limit("fail", scenario="late"), limit("inconclusive", interval=(700.0, 1600.0)))
    return good_evaluation().results.model_copy(update={"limits": limits})


def test_every_run_and_every_limit_is_a_test_of_junit() -> None:
    root = parsed(junit_xml(limited()))
    runs, limits = root.findall("testsuite")
    assert (root.tag, runs.get("tests"), runs.get("failures"), runs.get("errors")) == ("testsuites", "5", "0", "0")
    assert [case.get("name") for case in runs][:2] == ["late, run 1", "late, run 2"]
    assert runs[0].get("classname") == "scripted:late"
    assert float(runs.get("time", 0)) == pytest.approx(sum(float(case.get("time", 0)) for case in runs))
    assert (limits.get("tests"), limits.get("failures"), limits.get("skipped")) == ("3", "1", "1")
    passed, failed, inconclusive = limits
    assert passed.get("name") == "ttft_ms p95, limit 1500, all runs"
    assert len(passed) == 0
    assert failed.find("failure").get("message") == "why it is fail."  # type: ignore[union-attr]
    assert inconclusive.find("skipped").get("message") == "Inconclusive: why it is inconclusive."  # type: ignore[union-attr]


def test_broken_and_surprising_runs_are_told_apart() -> None:
    root = parsed(junit_xml(hostile_evaluation().results))
    (runs,) = root.findall("testsuite")
    assert (runs.get("errors"), runs.get("failures")) == ("1", "0")
    assert "500" in runs.find("testcase/error").get("message", "")  # type: ignore[union-attr]


def test_what_xml_has_no_place_for_is_replaced() -> None:
    refused = Capture(connect_ns=1, sent_ns=1, closed_ns=9)
    refused.chunks.append((5, b"HTTP/1.1 500 No\r\n\r\n\x00\x1b[31m\xef\xbf\xbf]]>&"))
    results = evaluation(played(refused, play("agent:\x07bell"))).results
    case = parsed(junit_xml(results)).find("testsuite/testcase")
    assert case is not None
    assert case.get("classname") == "agent:\ufffdbell"
    assert case.find("error").get("message", "").endswith("]]>&")  # type: ignore[union-attr]


def test_the_summary_says_the_verdict_the_limits_and_the_medians() -> None:
    said = markdown_summary(limited())
    assert said.startswith("## Playhead: made\n\nAll 5 runs ended as expected.\n\n")
    assert "| **fail** | ttft\\_ms p95 | late | 1.50 s | 812 ms | – | why it is fail. |" in said
    assert "| pass | ttft\\_ms p95 | all runs | 1.50 s | 812 ms | – |  |" in said
    assert "700 ms to 1.60 s" in said
    assert "First token, all runs: p95" in said
    assert "95 % interval none with 5 runs" in said
    assert "Measuring: receive lag p99" in said
    html = MarkdownIt("commonmark").enable("table").render(said)
    assert html.count("<table>") == 2


def test_runs_that_went_wrong_are_listed_up_to_a_number() -> None:
    refused = Capture(connect_ns=1, sent_ns=1, closed_ns=9, failure="It was refused.")
    runs = [played(refused, play("scripted:late"), repeat) for repeat in range(1, MOST_RUNS_LISTED + 4)]
    said = markdown_summary(evaluation(*runs).results)
    assert said.count("It was refused.") == MOST_RUNS_LISTED
    assert "- and 3 more" in said


def test_nothing_from_an_agent_acts_in_a_pull_request() -> None:
    said = markdown_summary(hostile_evaluation().results)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(said)
    assert "<img" not in html
    assert "<script" not in html
    assert ATTACK not in html
    assert "@evil" not in markdown_summary(evaluation(played(Capture(failure="ask @evil"), play())).results)


def test_results_without_runs_have_both_files() -> None:
    none = evaluation(unfinished=2).results
    assert parsed(junit_xml(none)).find("testsuite/testcase") is None
    assert "No run was played to its end." in markdown_summary(none)
