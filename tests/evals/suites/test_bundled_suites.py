"""The suites that come with Playhead: each can be played, and each holds what its name promises."""

from pathlib import Path

import pytest

from evals.suites.suite import Suite
from evals.suites.suite_file import bundled_suites, load_suite

FOR_PEOPLE = {"steering"}
"""Scenarios that last as long as a person needs to act: no suite plays them."""
NO_FAULTS = {
    *("happy_path", "slow_retrieval", "chart_revised", "nested_steps", "long_answer"),
    *("approval", "clarify", "form"),
}
"""Scenarios in which nothing goes wrong."""


@pytest.fixture(scope="module")
def scenarios(repository: Path) -> set[str]:
    folder = repository / "backend" / "agents" / "scripted" / "scenarios"
    return {file.stem for file in folder.glob("*.yaml")}


def played(suite: Suite) -> set[str]:
    return {scenario.result_name for scenario in suite.scenarios if scenario.disturbance is None}


@pytest.mark.parametrize("name", bundled_suites())
def test_a_bundled_suite_plays_what_is_there(name: str, scenarios: set[str]) -> None:
    suite = load_suite(name)
    assert suite.suite == name
    assert suite.description
    assert {scenario.agent for scenario in suite.scenarios} <= {f"scripted:{scenario}" for scenario in scenarios} | {
        "documents"
    }


def test_quick_plays_every_scenario(scenarios: set[str]) -> None:
    assert played(load_suite("quick")) == scenarios - FOR_PEOPLE


def test_faults_plays_every_fault_and_disturbs_runs(scenarios: set[str]) -> None:
    suite = load_suite("faults")
    assert scenarios - NO_FAULTS - FOR_PEOPLE <= played(suite)
    assert sum(scenario.cancel is not None for scenario in suite.scenarios) >= 3
    assert sum(scenario.cut is not None for scenario in suite.scenarios) >= 3
    assert any(scenario.pause for scenario in suite.scenarios)
    assert any(scenario.answers for scenario in suite.scenarios)


def test_the_transports_are_compared_run_by_run() -> None:
    scenarios = load_suite("transports").scenarios
    alike = [(scenario.agent, scenario.speed, scenario.seed, scenario.repeats) for scenario in scenarios]
    ways = {
        way: [key for key, scenario in zip(alike, scenarios, strict=True) if scenario.transport == way]
        for way in ("post", "events", "websocket")
    }
    assert ways["post"] == ways["events"] == ways["websocket"]
