"""People and an agent do anything in any order: one done, no answer lost or given to another question, limits right."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.agents.asked_input import asked_input
from backend.agents.person import PersonRequest, Steerable
from backend.protocol.checks import check
from backend.protocol.ending import Ending, Tally, end_run
from backend.protocol.events import DoneEvent, Draft, KnownEvent, StatusEvent, TokenEvent, stamp
from backend.protocol.inputs import GivenAnswer, InputAnswer, Person
from backend.protocol.view import RunView, fold
from backend.runs.steering.machine import SteeringMachine
from backend.runs.steering.messages import SentMessage
from backend.runs.steering.refusals import SteeringRefusal
from backend.runs.steering.stopwatch import Stopwatch

ENDINGS = (Ending("cancelled"), Ending("timed_out"), Ending("completed"), Ending("failed"))


CLOSED = ("finished", "failed", "cancelled")

T = TypeVar("T")
ALLOWED = SteeringRefusal("allowed", "")


def attempt(work: Callable[[], T]) -> tuple[T | None, SteeringRefusal]:
    """What the call gives, or None and why it was refused."""
    try:
        return work(), ALLOWED
    except SteeringRefusal as refusal:
        return None, refusal


class AnyOrder(RuleBasedStateMachine):
    """A run on a clock that only ``time_passes`` moves."""

    def __init__(self) -> None:
        super().__init__()
        names = (f"pause-{number}" for number in count(1))
        self.machine = SteeringMachine(lambda: next(names))
        self.log: list[KnownEvent] = []
        self.tally = Tally()
        self.now_ms = 0.0
        self.stopwatch = Stopwatch(0.0)
        self.asked: list[str] = []
        self.accepted: dict[str, InputAnswer] = {}
        """Every answer that was acknowledged, by the request it was given to."""
        self.sent: list[str] = []
        self.work_ms = 0.0
        self.unclear_ms = 0.0
        """Time in which a request was open: the agent's if it works next, else a person's."""
        self.given: dict[str, GivenAnswer] = {}
        self.over = False
        self.long_enough = 0
        """Events after which the run may end."""

    def write(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            event = stamp(draft, self.tally.last_seq + 1, self.now_ms)
            self.log.append(event)
            self.tally.add([event])

    def note(self, statuses: Sequence[StatusEvent]) -> None:
        """What the shell does with statuses."""
        if statuses:
            self.unclear_ms = 0.0
            self.stopwatch.stand(self.now_ms / 1000, waiting=self.machine.waiting, paused=self.machine.paused)
            self.write(statuses)

    def works(self) -> None:
        """The agent shows that it works."""
        self.work_ms += self.unclear_ms
        self.unclear_ms = 0.0
        self.stopwatch.heard(self.now_ms / 1000)

    @initialize(
        pause=st.sampled_from(["exact", "step", "hold", "none"]), messages=st.booleans(), events=st.integers(0, 25)
    )
    def start(self, pause: str, messages: bool, events: int) -> None:
        self.long_enough = events
        self.machine.start(Steerable(pause, messages))  # type: ignore[arg-type]

    @rule(ms=st.integers(1, 60_000))
    def time_passes(self, ms: int) -> None:
        until = self.now_ms + ms
        due = self._due(until)
        while due is not None:
            self._pass(due[0] - self.now_ms)
            expired = self.machine.expire(due[1], self.now_ms)
            assert expired is not None
            self.accepted[due[1]] = expired[0].answer
            self.note(expired[1])
            due = self._due(until)
        self._pass(until - self.now_ms)

    def _due(self, until: float) -> tuple[float, str] | None:
        if self.over:
            return None
        inputs = [each for each in self.tally.person.inputs if each.state == "open" and each.request.expires_at_ms]
        due = [(each.request.expires_at_ms or 0.0, each.input_id) for each in inputs]
        return min((each for each in due if each[0] <= until), default=None)

    def _pass(self, ms: float) -> None:
        self.now_ms += ms
        if self.machine.paused or self.over:
            return
        if self.machine.waiting:
            self.unclear_ms += ms
        else:
            self.work_ms += ms

    @precondition(lambda self: not self.over)
    @rule(expires_s=st.none() | st.integers(1, 40), kind=st.sampled_from(["approval", "text"]))
    def agent_asks(self, expires_s: int | None, kind: str) -> None:
        input_id = f"inp-{len(self.asked)}"
        request = PersonRequest(f"Question {input_id}?", kind=kind, expires_s=expires_s)  # type: ignore[arg-type]
        self.works()
        self.note(self.machine.ask(asked_input(request, input_id, self.now_ms), self.now_ms))
        self.asked.append(input_id)

    @precondition(lambda self: not self.over and not self.machine.paused)
    @rule()
    def agent_writes(self) -> None:
        self.works()
        self.write([TokenEvent(text="a ")])

    @precondition(lambda self: self.asked)
    @rule(
        place=st.integers(0, 20),
        action=st.sampled_from(["accept", "decline", "cancel"]),
        value=st.sampled_from([None, "one", "two"]),
        person=st.sampled_from(["Ana", "Bo"]),
    )
    def person_answers(self, place: int, action: str, value: str | None, person: str) -> None:
        input_id = self.asked[place % len(self.asked)]
        given = GivenAnswer(action=action, value=value)
        before = self.accepted.get(input_id)
        taken, refusal = attempt(
            lambda: self.machine.answer(input_id, given, self.now_ms, by=Person(name=person), via="http")
        )
        if taken is None:
            if refusal.slug == "invalid-answer":
                assert input_id in self.machine.open_ids
            elif refusal.slug == "already-answered":
                assert before is not None
                assert refusal.members["answer"]["by"]["name"] == (before.by and before.by.name)
            else:
                assert refusal.slug in ("input-expired", "run-ended", "no-longer-asked")
            return
        settled, statuses = taken
        assert settled.answer.input_id == input_id
        assert before is None or settled.answer == before
        assert self.given.setdefault(input_id, given) == given
        self.accepted[input_id] = settled.answer
        self.note(statuses)

    @precondition(lambda self: self.machine.open_ids and not self.over)
    @rule(place=st.integers(0, 20))
    def agent_gives_up_waiting(self, place: int) -> None:
        ids = list(self.machine.open_ids)
        self.note(self.machine.abandon(ids[place % len(ids)]))

    @rule()
    def person_pauses(self) -> None:
        statuses, refusal = attempt(lambda: self.machine.pause(Person(name="Ana")))
        if statuses is None:
            assert refusal.slug == ("run-ended" if self.over else "cannot-pause")
        self.note(statuses or ())

    @rule()
    def person_resumes(self) -> None:
        statuses, refusal = attempt(lambda: self.machine.resume(None))
        if statuses is None:
            assert (refusal.slug, self.over) == ("run-ended", True)
        self.note(statuses or ())

    @rule(number=st.integers(0, 5), mode=st.sampled_from(["steer", "queue"]))
    def person_sends(self, number: int, mode: str) -> None:
        message = SentMessage(f"message-{number}", "Hello.", mode, None)  # type: ignore[arg-type]
        taken, refusal = attempt(lambda: self.machine.send(message))
        if taken is None:
            assert refusal.slug in ("run-ended", "cannot-steer", "message-reused")
            return
        if taken[1]:
            self.sent.append(message.message_id)
        self.note(taken[1])

    @rule(number=st.integers(0, 5))
    def person_withdraws(self, number: int) -> None:
        taken, refusal = attempt(lambda: self.machine.withdraw(f"message-{number}"))
        if taken is None:
            assert refusal.slug in ("unknown-message", "already-delivered", "run-ended")
            return
        self.note(taken[1])

    @precondition(lambda self: not self.over)
    @rule()
    def agent_reads(self) -> None:
        self.note(self.machine.read_messages(None)[1])

    @precondition(lambda self: not self.over and len(self.log) >= self.long_enough)
    @rule(ending=st.sampled_from(ENDINGS), follow_up=st.booleans())
    def the_run_ends(self, ending: Ending, follow_up: bool) -> None:
        queued, statuses = self.machine.close("run_next" if follow_up else None, ending.closing_reason)
        assert follow_up or not queued
        self._end(Ending(ending.outcome, ending.error, tuple(statuses)))
        self.machine.end()

    @precondition(lambda self: not self.over and len(self.log) >= self.long_enough)
    @rule()
    def the_process_is_killed(self) -> None:
        """Only the log is left, as the next start finds it."""
        self.machine.close(None, "lost")
        tally = Tally()
        tally.add(self.log)
        self.tally = tally
        self._end(Ending("interrupted", reason="server-restarted"))
        self.machine.end()

    def _end(self, ending: Ending) -> None:
        closing, done = end_run(self.tally, ending, self.now_ms)
        self.log += [*closing, done]
        self.over = True

    @invariant()
    def times_are_right(self) -> None:
        total_s, silence_s, unwatched_s = self.stopwatch.times(self.now_ms / 1000)
        if not self.over:
            assert total_s * 1000 == pytest.approx(self.work_ms, abs=0.01)
            assert silence_s <= total_s + 1e-6
            assert unwatched_s == pytest.approx(total_s)
        state = self.machine.state
        wanted = "paused" if self.machine.paused else "waiting" if self.machine.waiting else "running"
        assert state == ("ended" if self.over else wanted)

    def teardown(self) -> None:
        if not self.over:
            self.the_run_ends(ENDINGS[0], follow_up=False)
        assert check(self.log) == []
        [done] = [event for event in self.log if isinstance(event, DoneEvent)]
        answers = [event.answer for event in self.log if isinstance(event, StatusEvent) and event.answer is not None]
        assert {answer.input_id: answer for answer in answers} == self.accepted
        assert len(answers) == len(self.accepted)
        view = fold(RunView.start(), self.log)
        assert [each.input_id for each in view.stream.inputs] == self.asked
        assert {each.input_id: each.answer for each in view.stream.inputs if each.answer} == self.accepted
        assert not any(each.state == "open" for each in view.stream.inputs)
        by_step = {step.step_id: step for step in view.stream.steps}
        assert all(by_step[message].state in ("finished", "cancelled") for message in self.sent)
        ended = [event.step_id for event in self.log if isinstance(event, StatusEvent) and event.state in CLOSED]
        assert all(ended.count(message) == 1 for message in self.sent)
        assert view.stream.activity == "running"
        if self.asked:
            assert done.inputs is not None
            assert done.inputs.asked == len(self.asked)
            assert done.inputs.accepted + done.inputs.declined + done.inputs.expired <= len(self.accepted)
        person = self.tally.person
        people_ms = sum(end - start for start, end in person.intervals)
        assert people_ms + self.work_ms == pytest.approx(done.at_ms, abs=0.01)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
