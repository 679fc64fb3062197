"""The suites that come with Playhead: each can be played, and each holds what its name promises."""

from pathlib import Path

import pytest

from evals.suites.suite import Suite, bundled_suites, load_suite

NO_FAULTS = {"happy_path", "slow_retrieval", "chart_revised", "nested_steps", "long_answer"}
"""Scenarios in which nothing goes wrong."""


@pytest.fixture(scope="module")
def scenarios(repository: Path) -> set[str]:
    folder = repository / "backend" / "agents" / "scripted" / "scenarios"
    return {file.stem for file in folder.glob("*.yaml")}


def played(suite: Suite) -> set[str]:
    return {entry.scenario for entry in suite.entries if entry.disturbance is None}


@pytest.mark.parametrize("name", bundled_suites())
def test_a_bundled_suite_plays_what_is_there(name: str, scenarios: set[str]) -> None:
    suite = load_suite(name)
    assert suite.suite == name
    assert suite.description
    assert {entry.agent for entry in suite.entries} <= {f"scripted:{scenario}" for scenario in scenarios} | {
        "documents"
    }


def test_quick_plays_every_scenario(scenarios: set[str]) -> None:
    assert played(load_suite("quick")) == scenarios


def test_faults_plays_every_fault_and_disturbs_runs(scenarios: set[str]) -> None:
    suite = load_suite("faults")
    assert scenarios - NO_FAULTS <= played(suite)
    assert sum(entry.cancel is not None for entry in suite.entries) >= 3
    assert sum(entry.cut is not None for entry in suite.entries) >= 3


def test_the_transports_are_compared_run_by_run() -> None:
    entries = load_suite("transports").entries
    alike = [(entry.agent, entry.speed, entry.seed, entry.repeats) for entry in entries]
    over_post = [key for key, entry in zip(alike, entries, strict=True) if entry.transport == "post"]
    over_events = [key for key, entry in zip(alike, entries, strict=True) if entry.transport == "events"]
    assert over_post == over_events
