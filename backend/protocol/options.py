"""What a caller may ask of one run, beside its question."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

WhenBusy = Literal["beside", "queue", "reject", "interrupt", "steer"]
"""What becomes of a question while a run of its conversation is active."""

MAX_QUESTION_BYTES = 16 * 1024
"""The longest question that is taken, in bytes of UTF-8."""

LONGEST_S = 3600.0
"""The longest time limit of a run, in seconds."""


class RunOptions(BaseModel):
    """Options of one run; an unknown one is refused, so that a typing error is never silently ignored.

    A number as text, or 0 for false, is refused as well: who sends it may mean something else."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    timeout_s: float | None = Field(
        default=None, gt=0, le=LONGEST_S, description="End the run as timed_out after this many seconds."
    )
    silence_s: float | None = Field(
        default=None,
        gt=0,
        le=LONGEST_S,
        description="End the run as timed_out after the agent has sent nothing for this many seconds. The operator may "
        "allow less; without it the server's limit applies. Without timeout_s the run may take twice as long.",
    )
    speed: float = Field(
        default=1.0,
        ge=0,
        le=1000,
        description="How fast a scripted or recorded run plays: 1 = as written, 4 = four times, 0 = without waiting.",
    )
    status_events: bool = Field(
        default=True,
        description="False leaves out a scripted or recorded run's status events: what a watcher would see of an agent "
        "that announces no steps.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Seed of a scenario's jitter.")
    may_ask: bool = Field(
        default=False,
        description="A person is there to answer: the agent may ask where it would guess otherwise, and a scenario "
        "leaves the answers to the person. What needs an approval is asked in any case.",
    )
    background: bool = Field(
        default=False,
        description="Nobody waits for the answer, as in a suite: where runs are queued, those of people come first.",
    )
    on_abandon: Literal["continue", "cancel"] = Field(
        default="continue", description="What becomes of the run when nobody has watched it for a while."
    )
