"""What people do to a run and what its agent asks of them, decided without a clock and without I/O.

Every method that changes something gives the statuses that say so, to be written into the run's log in this order.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from backend.agents.asked_input import OpenInput, answering_status, opening_statuses
from backend.agents.input_answers import expired_answer, recorded_answer
from backend.agents.person import NOT_STEERABLE, PersonMessage, Steerable
from backend.protocol.events import StatusEvent, StepStateName
from backend.protocol.inputs import PAUSED, GivenAnswer, InputAnswer, Person
from backend.runs.state import RunState, advance, is_active
from backend.runs.steering.answered import check_answer, fingerprint
from backend.runs.steering.messages import MessageBox, SentMessage
from backend.runs.steering.refusals import SteeringRefusal, run_ended, unknown_input


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer that has been taken: as the agent gets it, and as the log keeps it."""

    given: GivenAnswer
    answer: InputAnswer
    at_ms: float
    expired: bool = False


@dataclass(slots=True)
class _Open:
    asked: OpenInput
    asked_ms: float


class SteeringMachine:
    """The state of one run. ``free_id`` makes an id for a pause."""

    def __init__(self, free_id: Callable[[], str]) -> None:
        self.steerable: Steerable = NOT_STEERABLE
        self.messages = MessageBox()
        self._free_id = free_id
        self.state: RunState = "queued"
        """Where the run stands; a pause comes before an open request."""
        self.pause_id: str | None = None
        """The step of the pause; None = the run is not paused."""
        self._open: dict[str, _Open] = {}
        self._settled: dict[str, Settled] = {}
        self._withdrawn: set[str] = set()

    @property
    def waiting(self) -> bool:
        """Whether a request is open."""
        return bool(self._open)

    @property
    def paused(self) -> bool:
        """Whether the run is paused."""
        return self.pause_id is not None

    def knows_input(self, input_id: str) -> bool:
        """Whether the agent asked with this id."""
        return input_id in self._open or input_id in self._settled or input_id in self._withdrawn

    @property
    def open_ids(self) -> Collection[str]:
        """The ids of the open requests, in the order in which they were asked."""
        return tuple(self._open)

    def start(self, steerable: Steerable) -> None:
        """The agent runs now."""
        if self.state == "queued":
            self.steerable = steerable
            self.state = advance(self.state, "running")

    def close(self, next_run: str | None, reason: str) -> tuple[list[SentMessage], list[StatusEvent]]:
        """The run is being ended: nothing more is taken. Open requests are left to the end of the log, which cancels
        them. Gives the messages for the next run, if there will be one."""
        self.state = advance(self.state, "closing")
        self._open.clear()
        queued, statuses = self.messages.close(next_run, reason)
        if self.pause_id is not None:
            statuses.append(StatusEvent(step_id=self.pause_id, step=PAUSED, state="finished"))
            self.pause_id = None
        return queued, statuses

    def end(self) -> None:
        """``done`` is written."""
        self.state = advance(self.state, "ended")

    def ask(self, asked: OpenInput, now_ms: float) -> list[StatusEvent]:
        """A request is open from now on."""
        self._check_active()
        self._open[asked.request.input_id] = _Open(asked, now_ms)
        self._moved()
        return opening_statuses(asked)

    def answer(
        self, input_id: str, given: GivenAnswer, now_ms: float, *, by: Person | None, via: str
    ) -> tuple[Settled, list[StatusEvent]]:
        """Take an answer: the first valid one wins, and the same one again changes nothing.

        Raises ``SteeringRefusal``: ``unknown-input``, ``already-answered``, ``input-expired``, ``run-ended``,
        ``changed`` or ``invalid-answer``. The request stays open at the last two."""
        settled = self._settled.get(input_id)
        if settled is not None:
            return self._again(settled, given), []
        self._check_active()
        waiting = self._open.get(input_id)
        if waiting is None:
            raise self._not_open(input_id)
        request = waiting.asked.request
        if request.expires_at_ms is not None and now_ms >= request.expires_at_ms:
            raise input_expired(request.expires_at_ms)
        check_answer(request, given)
        answer = recorded_answer(request, given, by=by, via=via, waited_ms=now_ms - waiting.asked_ms)
        return self._settle(waiting, Settled(given, answer, now_ms))

    def expire(self, input_id: str, now_ms: float) -> tuple[Settled, list[StatusEvent]] | None:
        """The request's time is over. None if it is not open any more."""
        waiting = self._open.get(input_id)
        if waiting is None:
            return None
        given, answer = expired_answer(waiting.asked.request, now_ms - waiting.asked_ms)
        return self._settle(waiting, Settled(given, answer, now_ms, expired=True))

    def abandon(self, input_id: str) -> list[StatusEvent]:
        """The agent does not wait for the answer any more."""
        waiting = self._open.pop(input_id, None)
        if waiting is None:
            return []
        self._withdrawn.add(input_id)
        self._moved()
        asked = waiting.asked
        state: StepStateName = "cancelled" if asked.own_step else "progress"
        return [StatusEvent(step_id=asked.step_id, step=asked.step, state=state, reason="no-longer-needed")]

    def pause(self, by: Person | None) -> list[StatusEvent]:
        """Pause the run; again changes nothing. Raises ``SteeringRefusal``: ``not-started``, ``run-ended`` or
        ``cannot-pause``."""
        self._check_active()
        if self.state == "queued":
            raise SteeringRefusal("not-started", "The run has not started yet: pause it in a moment.")
        if self.steerable.pause == "none":
            raise SteeringRefusal("cannot-pause", "This agent cannot be paused: stop the run instead.")
        if self.pause_id is not None:
            return []
        self.pause_id = self._free_id()
        self._moved()
        return [StatusEvent(step_id=self.pause_id, step=PAUSED, by=by, mode=self.steerable.pause)]

    def resume(self, by: Person | None) -> list[StatusEvent]:
        """Continue the run; one that runs stays as it is. Raises ``SteeringRefusal``: ``run-ended``."""
        self._check_active()
        if self.pause_id is None:
            return []
        status = StatusEvent(step_id=self.pause_id, step=PAUSED, state="finished", by=by)
        self.pause_id = None
        self._moved()
        return [status]

    def send(self, message: SentMessage) -> tuple[SentMessage, list[StatusEvent]]:
        """Accept a message; the same one again is accepted once. Raises ``SteeringRefusal``: ``run-ended``,
        ``cannot-steer``, ``message-reused`` or ``too-many-messages``."""
        known = self.messages.accepted_before(message)
        if known is not None:
            return known, []
        self._check_active()
        if message.mode == "steer" and self.state != "queued" and not self.steerable.messages:
            raise SteeringRefusal(
                "cannot-steer",
                "This agent reads no messages while it works: send it with the mode 'queue', as the next question.",
                offers=["queue"],
            )
        return message, [self.messages.accept(message)]

    def withdraw(self, message_id: str) -> tuple[SentMessage, list[StatusEvent]]:
        """Take a message back; again changes nothing. Raises ``SteeringRefusal``: ``unknown-message``,
        ``already-delivered`` or ``run-ended``."""
        sent = self.messages.find(message_id)
        if sent.state == "waiting":
            self._check_active()
        return sent, self.messages.withdraw(message_id)

    def read_messages(self, step_id: str | None) -> tuple[list[PersonMessage], list[StatusEvent]]:
        """The agent reads what was sent to it."""
        self._check_active()
        return self.messages.deliver(step_id)

    def _settle(self, waiting: _Open, settled: Settled) -> tuple[Settled, list[StatusEvent]]:
        asked = waiting.asked
        del self._open[asked.request.input_id]
        self._settled[asked.request.input_id] = settled
        self._moved()
        return settled, [answering_status(asked, settled.answer)]

    @staticmethod
    def _again(settled: Settled, given: GivenAnswer) -> Settled:
        if settled.expired:
            raise input_expired(settled.at_ms)
        if fingerprint(given) != fingerprint(settled.given):
            raise already_answered(settled.answer, settled.at_ms)
        return settled

    def _not_open(self, input_id: str) -> SteeringRefusal:
        if input_id in self._withdrawn:
            return SteeringRefusal("no-longer-asked", "The agent does not wait for this answer any more.")
        return unknown_input()

    def _check_active(self) -> None:
        if not is_active(self.state):
            raise run_ended()

    def _moved(self) -> None:
        following: RunState = "paused" if self.pause_id is not None else "waiting" if self._open else "running"
        if is_active(self.state) and following != self.state:
            self.state = advance(self.state, following)


def already_answered(answer: InputAnswer, at_ms: float | None) -> SteeringRefusal:
    """For an answer that came after another one."""
    name = answer.by.name if answer.by is not None and answer.by.name else "Somebody"
    said = answer.model_dump(mode="json", exclude_none=True)
    return SteeringRefusal("already-answered", f"{name} answered this before you.", answer=said, at_ms=at_ms)


def input_expired(at_ms: float | None) -> SteeringRefusal:
    """For an answer that came too late."""
    return SteeringRefusal("input-expired", "The time to answer is over: the run continued without you.", at_ms=at_ms)
