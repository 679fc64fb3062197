"""A scenario: a script that an agent plays, with its expected end."""

from pydantic import Field

from backend.agents.person import Steerable
from backend.agents.scripted.action_parts import (
    JITTER_TEXT,
    PIECES_TEXT,
    RATE_TEXT,
    Jitter,
    OwnAnswer,
    Pieces,
    Rate,
    ScenarioPart,
    Words,
)
from backend.agents.scripted.actions import Action
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
    hears: Words | None = Field(
        default=None, description="a text: what it says to a message that a person sends while it plays, {message}"
    )
    answers: tuple[OwnAnswer, ...] = Field(
        default=(), strict=False, description="a list of answers, each with input, after_ms, action and value"
    )
    timeline: tuple[Action, ...] = Field(strict=False, description="a list of actions")

    @property
    def steerable(self) -> Steerable:
        """What people can do with its runs."""
        return Steerable(pause="exact", messages=self.hears is not None)

    @property
    def own_options(self) -> RunOptions:
        """The time limits that runs of it have, where the caller names none."""
        return RunOptions(timeout_s=self.timeout_s, silence_s=self.silence_s)
