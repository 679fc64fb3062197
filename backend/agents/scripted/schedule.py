"""A scenario as a schedule: each event and its time, without a clock.

Every token takes ``1 / rate`` seconds after it is sent; waits take their time; everything else takes none. Jitter
varies each wait and each token's time by a factor drawn evenly from ``1 - jitter`` to ``1 + jitter``. The draws depend
only on the scenario's seed and the caller's, never on the speed, so the order of events and their relative times are
the same at every speed.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from backend.agents.person import PersonAnswer
from backend.agents.scheduled_drafts import Cue, Hang, ScheduledAsk, ScheduledEnd, ScheduledFailure
from backend.agents.scripted import actions, drafts
from backend.agents.scripted.action_parts import ToolCall
from backend.agents.scripted.pieces import split_pieces
from backend.agents.scripted.requests import effective_arguments, filled, own_answer, person_request
from backend.agents.scripted.scenario import Scenario
from backend.agents.scripted.started_steps import RunTool, StartedSteps
from backend.protocol.events import Draft, TokenEvent
from backend.yaml_lines.source import ValuePath

MAX_EVENTS = 250_000
"""The most events one scenario may send."""


class TimelineError(ValueError):
    """An action that does not fit the ones before it: its path in the scenario, and a sentence."""

    def __init__(self, path: ValuePath, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def schedule(
    scenario: Scenario, seed: int = 0, *, by_itself: bool = True, accepts: bool | None = None
) -> Iterator[Cue]:
    """The cues of a scenario in order, ending with one ``ScheduledEnd``, ``ScheduledFailure`` or ``Hang``.

    After a ``ScheduledAsk`` the next cue depends on its answer; ``accepts`` stands in for all of them. ``by_itself``:
    the scenario's own answers are used.

    The iterator raises ``TimelineError`` for actions that do not fit together; ``parse_scenario`` has read it to the
    end once, so a loaded scenario never raises.
    """
    # Jitter must be repeatable, not unguessable.
    jitter = random.Random(f"{scenario.seed}/{seed}")  # noqa: S311
    return _Walk(scenario, jitter, by_itself=by_itself, accepts=accepts).cues()


@dataclass(slots=True)
class _Walk:
    """One pass through a timeline: the time so far, the steps started, and whether it is over."""

    scenario: Scenario
    jitter_source: random.Random
    by_itself: bool = True
    accepts: bool | None = None
    at_s: float = 0.0
    over: bool = False
    steps: StartedSteps = field(default_factory=StartedSteps)
    answer: str = ""
    answers: dict[str, PersonAnswer] = field(default_factory=dict)
    depth: int = 0
    """In how many branches of an ask the walk is."""
    ended_in_branch: bool = False

    def cues(self) -> Iterator[Cue]:
        self.answer = "".join(_texts(self.scenario.timeline))
        for count, cue in enumerate(self._list(self.scenario.timeline, ("timeline",)), start=1):
            if count > MAX_EVENTS:
                raise TimelineError(("timeline",), f"the scenario sends more than {MAX_EVENTS:,} events.")
            yield cue
        if not self.over:
            yield Cue(self.at_s, ScheduledEnd())

    def _list(self, timeline: Iterable[actions.Action], path: ValuePath) -> Iterator[Cue]:
        for index, action in enumerate(timeline):
            here = (*path, index)
            if self.ended_in_branch and not self.depth:
                return
            if self.over:
                raise TimelineError(here, "this is never reached, since the run ends before it.")
            try:
                yield from self._action(action, here)
            except TimelineError:
                raise
            except ValueError as error:
                raise TimelineError(here, str(error)) from error

    def _action(self, action: actions.Action, path: ValuePath) -> Iterator[Cue]:
        if isinstance(action, actions.Say):
            yield from self._say(action)
        elif isinstance(action, actions.Step):
            yield from self._whole_step(action, path)
        elif isinstance(action, actions.Ask):
            yield from self._ask(action, path)
        elif isinstance(action, actions.Wait):
            self.at_s += action.wait * self._factor(self.scenario.jitter)
        elif isinstance(action, actions.Stall):
            self.at_s += action.stall
        elif isinstance(action, actions.Error):
            self.over = True
            yield Cue(self.at_s, ScheduledFailure(action.error, action.message, action.retryable))
        elif isinstance(action, actions.HangForever):
            self.over = True
            yield Cue(self.at_s, Hang())
        else:
            yield Cue(self.at_s, self._draft(action))

    def _draft(self, action: actions.Action) -> Draft:
        """The one draft of an action that takes no time."""
        match action:
            case actions.Start():
                return self.steps.start(
                    action.start,
                    action.id,
                    label=action.label,
                    detail=action.detail,
                    tool=self._run(action.tool),
                    parent=action.parent,
                )
            case actions.Progress():
                return self.steps.progress(action.progress, at=action.at, detail=action.detail)
            case actions.Finish():
                return self.steps.end(action.finish, "finished", detail=action.detail, result=action.result)
            case actions.Fail():
                return self.steps.end(action.fail, "failed", detail=action.detail, result=action.result)
            case actions.Cite():
                return drafts.citation(action, self.answer)
            case actions.Warn():
                step_id = None if action.step_id is None else self.steps.find(action.step_id)
                return drafts.warning(action.model_copy(update={"step_id": step_id}))
            case actions.Chart() | actions.Table() | actions.Documents() | actions.Value():
                return drafts.artifact(action)
        raise AssertionError(f"The action {action!r} has no draft.")

    def _say(self, action: actions.Say) -> Iterator[Cue]:
        pieces = self.scenario.pieces if action.pieces is None else action.pieces
        tokens = split_pieces(filled(action.say, self.answers), pieces) if isinstance(action.say, str) else action.say
        gap = 1.0 / (action.rate or self.scenario.rate)
        jitter = self.scenario.jitter if action.jitter is None else action.jitter
        for text in tokens:
            yield Cue(self.at_s, TokenEvent(text=text))
            self.at_s += gap * self._factor(jitter)

    def _whole_step(self, action: actions.Step, path: ValuePath) -> Iterator[Cue]:
        started = self.steps.start(
            action.step, action.id, label=action.label, detail=action.detail, tool=self._run(action.tool)
        )
        yield Cue(self.at_s, started)
        step_id = str(started.step_id)
        with self.steps.inside(step_id):
            yield from self._list(action.do, (*path, "do"))
        if self.over:
            return
        self.at_s += action.lasts * self._factor(self.scenario.jitter)
        yield Cue(self.at_s, self.steps.end(step_id, "finished", detail=action.found, result=None))

    def _run(self, tool: ToolCall | None) -> RunTool | None:
        """The tool call as it runs."""
        if tool is None:
            return None
        return RunTool(tool, effective_arguments(tool.arguments, tool.approved, self.answers))

    def _ask(self, action: actions.Ask, path: ValuePath) -> Iterator[Cue]:
        own = own_answer(self.scenario.answers, action.ask) if self.by_itself else None
        asked = ScheduledAsk(person_request(action, own, self.steps.innermost))
        yield Cue(self.at_s, asked)
        answer = asked.answer or PersonAnswer("accept" if self.accepts else "decline")
        self.answers[action.ask] = answer
        branch = "accepted" if answer.accepted else "declined"
        self.depth += 1
        yield from self._list(action.accepted if answer.accepted else action.declined, (*path, branch))
        self.depth -= 1
        self.ended_in_branch = self.ended_in_branch or self.over

    def _factor(self, jitter: float) -> float:
        return 1.0 + jitter * (2.0 * self.jitter_source.random() - 1.0) if jitter > 0 else 1.0


def _texts(timeline: Iterable[actions.Action]) -> Iterator[str]:
    """All texts of the timeline's answer, in order."""
    for action in timeline:
        if isinstance(action, actions.Say):
            yield action.say if isinstance(action.say, str) else "".join(action.say)
        elif isinstance(action, actions.Step):
            yield from _texts(action.do)
        elif isinstance(action, actions.Ask):
            yield from _texts(action.accepted)
            yield from _texts(action.declined)
