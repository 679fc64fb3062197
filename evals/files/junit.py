"""Results as JUnit XML, which build servers show as tests: one for each run, one for each limit.

The format has no schema of its own; this is the part of the reports of JUnit 4 and Ant that build servers read:
``testsuites``, ``testsuite``, ``testcase`` with ``failure``, ``error`` or ``skipped``.
"""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from evals.results.models import LimitResult, Results, RunResult

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) does not allow."""


def junit_xml(results: Results) -> str:
    """The text of junit.xml. A run that could not be measured to its end is an error, a run that was not as expected is
    a failure; an inconclusive limit is skipped, since it neither passed nor failed."""
    root = ET.Element("testsuites", {"name": _clean(f"playhead {results.suite.name}")})
    _suite(root, f"{results.suite.name} runs", results.created_at, map(_run_case, results.runs))
    if results.limits:
        _suite(root, f"{results.suite.name} limits", results.created_at, map(_limit_case, results.limits))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def limit_text(limit: LimitResult) -> str:
    """A limit in words: ``ttft_ms p95, limit 1500, happy_path``; with its load if there are several."""
    return f"{limit.metric} {limit.statistic}, limit {limit.limit:g}, {limit.concerns}"


def _suite(root: ET.Element, name: str, timestamp: str, cases: Iterable[ET.Element]) -> None:
    found = list(cases)
    counts = {
        "tests": len(found),
        "failures": sum(case.find("failure") is not None for case in found),
        "errors": sum(case.find("error") is not None for case in found),
        "skipped": sum(case.find("skipped") is not None for case in found),
    }
    seconds = sum(float(case.get("time", 0)) for case in found)
    attributes = {key: str(count) for key, count in counts.items()}
    suite = ET.SubElement(
        root, "testsuite", {"name": _clean(name), **attributes, "time": f"{seconds:.3f}", "timestamp": timestamp}
    )
    suite.extend(found)


def _run_case(run: RunResult) -> ET.Element:
    parts = [run.scenario, f"run {run.repeat}", run.load, run.through or "", run.disturbance or ""]
    lasted_ms = run.metrics.get("e2e_ms") or 0.0
    case = ET.Element(
        "testcase",
        {
            "classname": _clean(run.agent),
            "name": _clean(", ".join(part for part in parts if part)),
            "time": f"{lasted_ms / 1000:.3f}",
        },
    )
    if run.error is not None:
        _because(case, "error", run.error)
    elif run.surprises:
        _because(case, "failure", " ".join(run.surprises))
    return case


def _limit_case(limit: LimitResult) -> ET.Element:
    case = ET.Element("testcase", {"classname": "limits", "name": _clean(limit_text(limit)), "time": "0"})
    if limit.verdict == "fail":
        _because(case, "failure", limit.reason)
    elif limit.verdict == "inconclusive":
        _because(case, "skipped", f"Inconclusive: {limit.reason}")
    return case


def _because(case: ET.Element, tag: str, message: str) -> None:
    ET.SubElement(case, tag, {"message": _clean(message)})


def _clean(text: str) -> str:
    return _NO_XML.sub("�", text)
