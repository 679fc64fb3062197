"""A scenario: a script that an agent plays, with its expected end."""

from pydantic import Field

from backend.agents.scripted.actions import (
    JITTER_TEXT,
    PIECES_TEXT,
    RATE_TEXT,
    Action,
    Jitter,
    OwnAnswer,
    Pieces,
    Rate,
    ScenarioPart,
    Words,
)
from backend.protocol.events import Outcome
from backend.protocol.options import RunOptions


class Scenario(ScenarioPart):
    """A title, a question and a timeline. Frozen; equal scenarios with equal seeds send equal events."""

    title: Words = Field(description="a text: the scenario's title")
    description: Words = Field(description="one sentence: what the scenario shows")
    question: Words = Field(description="a text: the question it answers")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="a whole number, 0 or more")
    jitter: Jitter = Field(default=0.0, description=JITTER_TEXT)
    rate: Rate = Field(default=30.0, description=RATE_TEXT)
    pieces: Pieces = Field(default="words", description=PIECES_TEXT)
    timeout_s: float | None = Field(default=None, gt=0, le=3600, description="a number of seconds, above 0")
    silence_s: float | None = Field(default=None, gt=0, le=3600, description="a number of seconds, above 0")
    expect_outcome: Outcome | None = Field(
        default=None, description="completed, failed, timed_out, cancelled or interrupted"
    )
    answers: tuple[OwnAnswer, ...] = Field(
        default=(), strict=False, description="a list of answers, each with input, after_ms, action and value"
    )
    timeline: tuple[Action, ...] = Field(strict=False, description="a list of actions")

    @property
    def own_options(self) -> RunOptions:
        """The time limits that runs of it have, where the caller names none."""
        return RunOptions(timeout_s=self.timeout_s, silence_s=self.silence_s)
