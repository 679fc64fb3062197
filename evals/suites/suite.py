"""A suite: its agents and questions, how often and under which load they are played. ``evals.suites.suite_file`` reads
one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field, field_validator

from backend.metrics.expectation import Expectation
from backend.protocol.events import Outcome
from backend.protocol.options import MAX_QUESTION_BYTES
from evals.suites.disturbance import CANCEL, CUT, TRANSPORT, Cancel, Cut, Transport
from evals.suites.expectation import EXPECT, WrittenExpectation, as_mapping
from evals.suites.limits import LIMITS, Limits
from evals.suites.load import LOAD, MAX_CONCURRENCY, Load
from evals.suites.steering import ANSWER, MAX_ANSWERS, MESSAGE, PAUSE, Pause, SuiteAnswer, SuiteMessage

MAX_REPEATS = 10_000
MAX_SCENARIOS = 10_000
MAX_NAME = 100

_TAGS = "a list of words, such as [release, slow]"
_LABELS = "texts by name, such as {topic: leave}"
_SPEED = "a number: 1 as written, 4 four times as fast, 0 without waiting"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class WrittenScenario(_Part):
    """One scenario or question of a suite.

    ``expect`` overrides the expected outcome, and says what the answer must contain; without an outcome the expected
    one is that of the scenario's own plan or, for an agent without one, ``completed``. ``labels`` group the runs in
    results.
    """

    agent: str = Field(min_length=1, max_length=200, description="an agent such as scripted:happy_path")
    question: str | None = Field(
        default=None, min_length=1, max_length=MAX_QUESTION_BYTES, description="a text: the question"
    )
    repeats: int | None = Field(default=None, ge=1, le=MAX_REPEATS, description="a whole number, 1 or more")
    speed: float | None = Field(default=None, strict=False, ge=0, le=1000, description=_SPEED)
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="a whole number, 0 or more")
    expect: WrittenExpectation | None = Field(default=None, description=EXPECT)
    cancel: Cancel | None = Field(default=None, description=CANCEL)
    cut: Cut | None = Field(default=None, description=CUT)
    pause: Pause | None = Field(default=None, description=PAUSE)
    answer: tuple[SuiteAnswer, ...] = Field(default=(), strict=False, max_length=MAX_ANSWERS, description=ANSWER)
    message: SuiteMessage | None = Field(default=None, description=MESSAGE)
    transport: Transport | None = Field(default=None, description=TRANSPORT)
    limits: Limits = Field(default_factory=dict, strict=False, description=LIMITS)
    tags: tuple[str, ...] = Field(default=(), strict=False, max_length=20, description=_TAGS)
    labels: dict[str, str] = Field(default_factory=dict, max_length=20, description=_LABELS)
    name: str | None = Field(
        default=None, min_length=1, max_length=MAX_NAME, description="a text: the scenario's name in results"
    )

    @field_validator("expect", mode="before")
    @classmethod
    def _as_mapping(cls, value: object) -> object:
        return as_mapping(value)

    @field_validator("answer", mode="before")
    @classmethod
    def _as_answers(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else (value,)


class Suite(_Part):
    """A suite. ``repeats``, ``speed`` and ``transport`` apply to every scenario without its own; warm-up runs are
    played and left out."""

    suite: str = Field(min_length=1, max_length=100, description="the suite's name")
    description: str = Field(default="", max_length=2000, description="a sentence")
    repeats: int = Field(default=3, ge=1, le=MAX_REPEATS, description="a whole number, 1 or more")
    speed: float = Field(default=1.0, strict=False, ge=0, le=1000, description=_SPEED)
    warm_up: int = Field(default=1, ge=0, le=100, description="a whole number of runs, 0 or more")
    concurrency: int = Field(
        default=1,
        ge=1,
        le=MAX_CONCURRENCY,
        description=f"a whole number of runs at a time, 1 to {MAX_CONCURRENCY}",
    )
    load: tuple[Load, ...] = Field(default=(), strict=False, max_length=20, description=LOAD)
    transport: Transport = Field(default="post", description=TRANSPORT)
    deadline_s: float = Field(
        default=60.0,
        strict=False,
        gt=0,
        le=3600,
        description="a number of seconds after which a run has failed",
    )
    limits: Limits = Field(default_factory=dict, strict=False, description=LIMITS)
    tags: tuple[str, ...] = Field(default=(), strict=False, max_length=20, description=_TAGS)
    runs: tuple[WrittenScenario, ...] = Field(
        strict=False, min_length=1, max_length=MAX_SCENARIOS, description="a list of scenarios, each with an agent"
    )

    @field_validator("runs", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("load", mode="before")
    @classmethod
    def _as_loads(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else (value,)

    @property
    def loads(self) -> tuple[Load, ...]:
        """The loads it is played under, one after the other; a closed loop if it names none."""
        return self.load or (Load(concurrency=self.concurrency),)

    @property
    def scenarios(self) -> tuple["SuiteScenario", ...]:
        """The scenarios, each with the values it takes from the suite."""
        return tuple(
            SuiteScenario(
                agent=run.agent,
                question=run.question,
                repeats=run.repeats or self.repeats,
                speed=self.speed if run.speed is None else run.speed,
                seed=run.seed,
                expect=run.expect.outcome if run.expect else None,
                content=run.expect.content if run.expect else None,
                cancel=run.cancel,
                cut=run.cut,
                pause=run.pause,
                answers=run.answer,
                message=run.message,
                transport=run.transport or self.transport,
                limits=run.limits,
                tags=(*self.tags, *run.tags),
                labels=run.labels,
                name=run.name,
            )
            for run in self.runs
        )

    def with_repeats(self, repeats: int | None) -> "Suite":
        """The suite with every scenario played ``repeats`` times; None leaves it as it is."""
        if repeats is None:
            return self
        runs = tuple(run.model_copy(update={"repeats": None}) for run in self.runs)
        return self.model_copy(update={"repeats": repeats, "runs": runs})


@dataclass(frozen=True, slots=True)
class SuiteScenario:
    """One scenario of a suite as it is played. ``expect`` is how its runs should end, ``content`` what is known to be
    right about their answers; each is None where the suite does not say it.
    """

    agent: str
    question: str | None
    repeats: int
    speed: float
    seed: int
    expect: Outcome | None
    cancel: Cancel | None = None
    cut: Cut | None = None
    transport: Transport = "post"
    limits: Limits = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    name: str | None = None
    content: Expectation | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    pause: Pause | None = None
    answers: tuple[SuiteAnswer, ...] = ()
    message: SuiteMessage | None = None

    @property
    def disturbance(self) -> str | None:
        """The disturbance of its runs, in words; None for undisturbed runs."""
        done = [str(part) for part in (self.cancel, self.cut, self.pause, self.message) if part is not None]
        answers = ", ".join(str(answer) for answer in self.answers)
        return ", ".join([*done, f"answer {answers}"] if answers else done) or None

    @property
    def is_steered(self) -> bool:
        """True if something is done to its runs that their script does not contain."""
        return self.cancel is not None or self.pause is not None or self.message is not None or bool(self.answers)

    @property
    def comes_whole(self) -> bool:
        """True if its runs are undisturbed, and come over one connection: as the answer to their POST."""
        return self.disturbance is None and self.transport == "post"

    def asks(self, question: str) -> bool:
        """Whether this is its question: the same words in the same case or another."""
        return self.question is not None and plain_question(self.question) == plain_question(question)

    def fits(self, agent: str, question: str) -> bool:
        """Whether a run of this agent on this question can be one of its runs."""
        return self.agent == agent and (self.question is None or self.asks(question))

    @property
    def result_name(self) -> str:
        """Its name in results: its own name, else that of the scenario or the agent."""
        return self.name or scenario_name(self.agent)


def plain_question(question: str) -> str:
    """The question in one case and with single spaces, to be compared with another."""
    return " ".join(question.casefold().split())


def scenario_name(agent: str) -> str:
    """The name of this agent's runs in results, unless their scenario has a name of its own."""
    return agent.removeprefix("scripted:")
