"""What a suite asks of a page: what a person can do there, and nothing else."""

import pytest

from evals.pages.page_steering import can_steer
from evals.suites.suite_file import parse_suite


@pytest.mark.parametrize(
    ("part", "possible"),
    [
        ("speed: 1", True),
        ("cancel: {at_ms: 100}", True),
        ("pause: {at_ms: 100, for_ms: 50}", True),
        ("pause: {after_events: 3}", False),
        ("message: {at_ms: 100, text: Only 2024.}", True),
        ("message: {at_ms: 100, text: Then, mode: queue}", False),
        ("answer: {action: decline}", True),
        ("answer: {value: Aurora}", False),
    ],
)
def test_a_page_plays_what_a_person_can_do_in_it(part: str, possible: bool) -> None:
    text = f"suite: own\nruns:\n  - agent: a\n    {part}\n"
    [scenario] = parse_suite(text.encode(), "own.yaml").scenarios
    assert can_steer(scenario) == possible
