"""The time limits of a run: the caller's, the agent's, the server's, and the operator's bound."""

from pathlib import Path

import pytest

from backend.agents.time_limits import TimeLimits
from backend.protocol.options import RunOptions
from backend.settings import Settings

SETTINGS = Settings(Path(), default_timeout_s=120, silence_timeout_s=60, max_silence_s=900)


@pytest.mark.parametrize(
    ("options", "own", "timeout_s", "silence_s"),
    [
        ({}, {}, 120, 60),
        ({"timeout_s": 10}, {"timeout_s": 5}, 10, 60),
        ({}, {"timeout_s": 5}, 5, 60),
        ({"silence_s": 75}, {}, 150, 75),
        ({"silence_s": 5}, {}, 120, 5),
        ({"silence_s": 75, "timeout_s": 80}, {}, 80, 75),
        ({"silence_s": 75}, {"timeout_s": 30, "silence_s": 5}, 150, 75),
        ({}, {"timeout_s": 30, "silence_s": 25}, 30, 25),
        ({}, {"silence_s": 300}, 600, 300),
        ({}, {"silence_s": 3600}, 1800, 900),
    ],
)
def test_limits(options: dict[str, float], own: dict[str, float], timeout_s: float, silence_s: float) -> None:
    limits = TimeLimits.of(RunOptions.model_validate(options), RunOptions.model_validate(own), SETTINGS)
    assert (limits.timeout_s, limits.silence_s, limits.longest_silence_s) == (timeout_s, silence_s, 900)


def test_the_usual_silence_is_within_the_bound_as_well() -> None:
    settings = Settings(Path(), silence_timeout_s=60, max_silence_s=20)
    assert TimeLimits.of(RunOptions(), RunOptions(), settings).silence_s == 20
