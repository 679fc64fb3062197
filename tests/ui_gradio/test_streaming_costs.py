"""What a run costs on its way to a Gradio page: only what is new goes there, however long the answer is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import need_framework


@pytest.fixture(scope="module")
def costs(repository: Path) -> dict[str, Any]:
    """What ``tests.ui_gradio.streaming_costs`` prints."""
    need_framework("gradio")
    command = [sys.executable, "-m", "tests.ui_gradio.streaming_costs"]
    told = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("answer", ["one paragraph", "many paragraphs", "one fence"])
def test_what_is_sent_of_an_answer_is_as_long_as_what_is_new(costs: dict[str, Any], answer: str) -> None:
    sent: list[int] = costs["sent"][answer]
    half = len(sent) // 2
    assert sum(sent[:half]) > 0
    assert sum(sent[half:]) <= 1.3 * sum(sent[:half])


def test_a_run_says_what_it_holds_and_what_else_changes_waits(costs: dict[str, Any]) -> None:
    divided = costs["divided"]
    *drawn, last = divided["drawn"]
    assert [(one["status"], one["answer"]) for one in drawn] == [
        ("Connecting", []),
        ("Connecting", ["one"]),
        ("Completed", ["one"]),
    ]
    fetches = [one["fetch_trigger"] for one in drawn]
    assert fetches[0] == fetches[1] != fetches[2]
    assert all("button" not in one for one in drawn)
    assert set(map(json.dumps, last.values())) == {json.dumps(divided["skip"])}
    assert divided["waited"] == {"__type__": "update", "visible": False, "value": "Ask"}
    assert divided["left"] == divided["skip"]


def test_a_chart_that_is_held_comes_when_it_is_wanted(costs: dict[str, Any]) -> None:
    assert costs["held"] == [0, 1, 1]
