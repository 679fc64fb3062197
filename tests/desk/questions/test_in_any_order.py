"""Whatever a reader presses and whatever becomes of the backend, in any order: no question is lost, and none is asked
twice."""

import asyncio
from contextlib import aclosing

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.questions import Questions
from tests.desk.questions.fake_backend import FULL, FakeBackend, FakeRun
from tests.desk.without_channels import WithoutChannels
from tests.fakes import settle

OUTCOMES = st.sampled_from(["completed", "cancelled", "timed_out", "failed", "interrupted"])


class AnyOrder(RuleBasedStateMachine):
    """A page whose showing runs all the time, as a UI's does."""

    @initialize()
    def open_the_page(self) -> None:
        self.runner = asyncio.Runner()
        self.backend = FakeBackend()
        self.questions = Questions(self.backend, WithoutChannels(self.backend), between_trials_s=0)
        self.conversation = Conversation()
        self.showings: list[asyncio.Task[None]] = []
        self.asked = 0
        self.fates: dict[str, int] = {}
        """How often each question was put: by asking, retrying or continuing."""
        self.show()

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            for task in self.showings:
                task.cancel()
            self.runner.run(settle())
            self.runner.close()

    @property
    def state(self) -> ConversationState:
        return self.conversation.state

    @property
    def under_way(self) -> list[FakeRun]:
        return [run for run in self.backend.runs.values() if not run.view.ended and not run.deleted]

    def show(self) -> None:
        async def showing() -> None:
            async with aclosing(self.questions.proceed(self.conversation)) as states:
                async for _ in states:
                    pass

        async def begin() -> None:
            self.showings.append(asyncio.create_task(showing()))
            await settle()

        self.runner.run(begin())

    def counted(self) -> None:
        text = self.state.asked.text
        self.fates[text] = self.fates.get(text, 0) + 1

    @rule(valid=st.booleans())
    def ask(self, valid: bool) -> None:
        before = self.state
        self.asked += valid
        self.runner.run(self.questions.ask(self.conversation, f"Question {self.asked}" if valid else " ", "reports"))
        if self.state.pending and not before.running:
            self.counted()
        self.show()

    @rule(data=st.data())
    def press_retry_or_continue(self, data: st.DataObject) -> None:
        may = self.state.may_retry
        press = data.draw(st.sampled_from([self.questions.retry, self.questions.carry_on]))
        turn = self.state.turn
        self.runner.run(press(self.conversation, self.state.asked.text))
        if self.state.turn != turn:
            assert may
            self.counted()
        self.show()

    @rule()
    def press_stop(self) -> None:
        self.runner.run(self.questions.stop(self.conversation))

    @rule()
    def begin_anew(self) -> None:
        self.runner.run(self.questions.begin_anew(self.conversation))
        self.show()

    @precondition(lambda self: self.backend.runs)
    @rule(data=st.data())
    def open_a_run(self, data: st.DataObject) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.backend.runs)))
        self.runner.run(self.questions.open(self.conversation, run_id))
        self.show()

    @rule()
    def show_once_more(self) -> None:
        self.show()

    @rule(away=st.booleans())
    def the_backend_goes_or_comes(self, away: bool) -> None:
        self.backend.away = away

    @rule(full=st.booleans())
    def the_backend_is_full_or_not(self, full: bool) -> None:
        self.backend.refusals = {"start_run": FULL} if full else {}

    @rule()
    def the_next_answer_is_lost(self) -> None:
        self.backend.loses_an_answer = True

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), outcome=st.none() | OUTCOMES)
    def a_run_goes_on(self, data: st.DataObject, outcome: str | None) -> None:
        run = data.draw(st.sampled_from(self.under_way))
        if outcome is None:
            run.say("word ")
        else:
            run.end(outcome)  # type: ignore[arg-type]

    @precondition(lambda self: self.backend.runs)
    @rule(data=st.data())
    def a_run_is_deleted(self, data: st.DataObject) -> None:
        self.backend.runs[data.draw(st.sampled_from(sorted(self.backend.runs)))].deleted = True

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "runner"):
            return
        self.runner.run(self._everybody_sees_what_there_is())
        state, backend = self.state, self.backend
        alive = [task for task in self.showings if not task.done()]
        assert [task for task in self.showings if task.done() and task.exception()] == []
        assert set(alive) <= {self.showings[-1]}, "older showings have ended"
        assert state.waiting <= backend.away
        assert state.pending <= state.waiting, "what can be done is done"
        assert bool(alive) == (state.waiting or state.running), "a showing lasts as long as something remains"
        assert not (state.running and state.may_retry)
        assert not (state.pending and (state.run_id or state.opening))
        if state.run_id and not state.lost and state.frame is not None and not backend.away:
            assert state.frame.view == backend.runs[state.run_id].view
        for text, times in self.fates.items():
            started = sum(run.question == text for run in backend.runs.values())
            assert started <= times, "a question is started once each time that it is asked"
        if state.asked.text and not state.pending and not state.run_id:
            assert state.written.puts == state.asked.text, "what could not be asked stands in its field again"

    async def _everybody_sees_what_there_is(self) -> None:
        await settle()
        for run in self.backend.runs.values():
            run.tick()
        await settle()


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_any_order = AnyOrder.TestCase
