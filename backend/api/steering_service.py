"""Every verb by which people steer runs, once for HTTP, the control channel and foreign dialects.

A verb raises ``RequestProblem`` where the run's state does not allow it, or what the store and ``Participants`` raise;
``problems.known_problem`` makes a problem of either. A reply's ``cursor`` is that of the last event of the log after
the verb: what it did is in the log up to there. Sending the same verb again changes nothing.
"""

from backend.access.callers import caller_now
from backend.access.participants import Participants
from backend.api.lacking_role import lacking
from backend.api.problems import RequestProblem
from backend.api.questions import check_question
from backend.api.resources import CancelledRun
from backend.api.steering_resources import (
    InputNow,
    MessageReply,
    NewMessage,
    RecordedAnswer,
    RunActivity,
    RunInputs,
)
from backend.protocol.cursor import Cursor
from backend.protocol.inputs import STEERING, GivenAnswer, GivenPerson, InputAnswer
from backend.protocol.run_view import InputView, RunView
from backend.runs.run_host import RunHost
from backend.runs.steering.answered import says_the_same
from backend.runs.steering.machine import already_answered, input_expired
from backend.runs.steering.messages import (
    WITHDRAWN,
    MessageState,
    SentMessage,
    already_delivered,
    message_reused,
    unknown_message,
)
from backend.runs.steering.refusals import SteeringRefusal, run_ended, unknown_input
from backend.runs.steering.run_steering import RunSteering
from backend.runs.store import RunStore

_STATES: dict[tuple[str, bool], MessageState] = {("finished", False): "delivered", ("cancelled", True): "withdrawn"}
"""What became of a message, by its step's state and whether it was withdrawn."""


class SteeringService:
    """The verbs over the runs of one server. ``via`` names the channel that a wish came over, such as ``http``."""

    def __init__(self, store: RunStore, supervisor: RunHost, participants: Participants) -> None:
        self._store = store
        self._supervisor = supervisor
        self._participants = participants

    async def inputs(self, run_id: str) -> RunInputs:
        """What the run asked of people, and how long each request is still open."""
        view = await self._store.snapshot(run_id)
        elapsed_ms = self._supervisor.elapsed_ms(run_id)
        return RunInputs(
            run_id=run_id,
            activity=view.stream.activity,
            elapsed_ms=elapsed_ms,
            inputs=[
                InputNow(**dict(asked), remaining_ms=_remaining_ms(asked, elapsed_ms)) for asked in view.stream.inputs
            ],
        )

    async def answer(self, run_id: str, input_id: str | None, given: GivenAnswer, *, via: str) -> RecordedAnswer:
        """Answer a request; without ``input_id`` the only one that is open.

        Problems: 404 ``unknown-input``, 409 ``already-answered``, ``changed``, ``run-ended``, ``several-inputs``,
        ``no-open-input`` or ``not-answerable``, 410 ``input-expired``, 422 ``invalid-answer`` (it stays open), 403
        ``not-allowed`` for an acceptance by somebody who may only decline."""
        steering = self._supervisor.steering(run_id)
        try:
            if input_id is None:
                input_id = await self._only_input(run_id)
            if given.action == "accept":
                await self._check_approval(run_id, input_id)
            if steering is not None and steering.knows_input(input_id):
                settled = await steering.answer(input_id, given, by=self._participants.person(given.by), via=via)
                answer, cursor = settled.answer, str(steering.cursor)
            else:
                view = await self._store.snapshot(run_id)
                answer = _answered_before(view, input_id, given)
                cursor = str(Cursor((await self._store.record(run_id)).attempt, view.stream.last_seq))
        except SteeringRefusal as refusal:
            raise RequestProblem.of(refusal) from refusal
        return RecordedAnswer(run_id=run_id, input_id=input_id, answer=answer, cursor=cursor)

    async def pause(self, run_id: str, by: GivenPerson | None = None) -> RunActivity:
        """Pause the run. Problems: 409 ``cannot-pause``, ``not-started`` or ``run-ended``."""
        steering = await self._steering(run_id)
        try:
            await steering.pause(self._participants.person(by))
        except SteeringRefusal as refusal:
            raise RequestProblem.of(refusal) from refusal
        return _activity(run_id, steering)

    async def resume(self, run_id: str, by: GivenPerson | None = None) -> RunActivity:
        """Continue the run; one that runs stays as it is. Problems: 409 ``run-ended`` or ``not-started``."""
        steering = await self._steering(run_id)
        try:
            await steering.resume(self._participants.person(by))
        except SteeringRefusal as refusal:
            raise RequestProblem.of(refusal) from refusal
        return _activity(run_id, steering)

    async def cancel(self, run_id: str) -> CancelledRun:
        """Ask the run to stop; its answer so far is kept. ``outcome`` is None while it is being stopped."""
        if not (await self._store.record(run_id)).ended:
            await self._supervisor.cancel(run_id)
        return CancelledRun(run_id=run_id, outcome=(await self._store.record(run_id)).outcome)

    async def send(self, run_id: str, message: NewMessage) -> MessageReply:
        """Send a message to the run. Problems: 409 ``cannot-steer`` (``offers``: what is possible),
        ``message-reused``, ``not-started`` or ``run-ended``, 413 and 422 as for a question, 429
        ``too-many-messages``."""
        check_question(message.text)
        steering = self._supervisor.steering(run_id)
        if steering is None:
            return await self._sent_before(run_id, message)
        wanted = SentMessage(message.message_id, message.text, message.mode, self._participants.person(message.by))
        try:
            sent = await steering.send(wanted)
        except SteeringRefusal as refusal:
            raise RequestProblem.of(refusal) from refusal
        return _message(run_id, sent, steering)

    async def withdraw(self, run_id: str, message_id: str) -> MessageReply:
        """Take a message back that waits. Problems: 404 ``unknown-message``, 409 ``already-delivered`` or
        ``run-ended``."""
        steering = self._supervisor.steering(run_id)
        if steering is None:
            kept = await self._kept_message(run_id, message_id)
            if kept is None:
                raise RequestProblem.of(unknown_message())
            if kept.state == "delivered":
                raise RequestProblem.of(already_delivered(kept.delivered_to))
            return kept
        try:
            sent = await steering.withdraw(message_id)
        except SteeringRefusal as refusal:
            raise RequestProblem.of(refusal) from refusal
        return _message(run_id, sent, steering)

    async def _check_approval(self, run_id: str, input_id: str) -> None:
        """Raise a problem where the request needs somebody who may approve, and the caller may not."""
        caller = caller_now()
        if caller.may("approve"):
            return
        inputs = (await self._store.snapshot(run_id)).stream.inputs
        if any(asked.input_id == input_id and asked.request.needs == "approve" for asked in inputs):
            raise lacking(caller.role, "approve")

    async def _sent_before(self, run_id: str, message: NewMessage) -> MessageReply:
        """The reply to a message that a run which is over now took. Raises a problem for any other."""
        kept = await self._kept_message(run_id, message.message_id)
        if kept is None:
            await self._steering(run_id)
            raise RequestProblem.of(run_ended())
        if (kept.text, kept.mode) != (message.text, message.mode):
            raise RequestProblem.of(message_reused())
        return kept

    async def _kept_message(self, run_id: str, message_id: str) -> MessageReply | None:
        """The message as the log of a run that is not running here has it."""
        view = await self._store.snapshot(run_id)
        for step in view.stream.steps:
            if step.step == STEERING and step.step_id == message_id:
                return MessageReply(
                    run_id=run_id,
                    message_id=message_id,
                    text=step.detail or "",
                    mode="queue" if step.mode == "queue" else "steer",
                    state=_STATES.get((step.state, step.reason == WITHDRAWN), "returned"),
                    delivered_to=step.delivered_to,
                    cursor=str(Cursor((await self._store.record(run_id)).attempt, view.stream.last_seq)),
                )
        return None

    async def _steering(self, run_id: str) -> RunSteering:
        """Raises a problem for a run that is not running here."""
        steering = self._supervisor.steering(run_id)
        if steering is None:
            record = await self._store.record(run_id)
            if record.ended:
                raise RequestProblem.of(run_ended())
            raise RequestProblem(409, "not-started", "The run has not started yet: try again in a moment.")
        return steering

    async def _only_input(self, run_id: str) -> str:
        """The request that an answer without an id is for: the open one, else the last one that was asked."""
        inputs = (await self._store.snapshot(run_id)).stream.inputs
        waiting = [asked.input_id for asked in inputs if asked.state == "open"]
        if len(waiting) > 1:
            sentence = f"{len(waiting)} requests are open: answer each by its id."
            raise SteeringRefusal("several-inputs", sentence, open=waiting)
        if not inputs:
            raise SteeringRefusal("no-open-input", "The run asks nothing now.")
        return waiting[0] if waiting else inputs[-1].input_id


def _answered_before(view: RunView, input_id: str, given: GivenAnswer) -> InputAnswer:
    """The answer that the log has, if this one says the same. Raises ``SteeringRefusal``."""
    asked = next((each for each in view.stream.inputs if each.input_id == input_id), None)
    if asked is None:
        raise unknown_input()
    if asked.state == "expired":
        raise input_expired(asked.ended_ms)
    if asked.answer is not None:
        if says_the_same(asked.answer, given):
            return asked.answer
        raise already_answered(asked.answer, asked.ended_ms)
    if view.ended:
        raise run_ended(asked.reason)
    sentence = "This request is shown as it was made elsewhere: only the place where it was made takes an answer."
    raise SteeringRefusal("not-answerable", sentence)


def _remaining_ms(asked: InputView, elapsed_ms: float | None) -> float | None:
    expires_at_ms = asked.request.expires_at_ms
    if asked.state != "open" or expires_at_ms is None or elapsed_ms is None:
        return None
    return round(max(0.0, expires_at_ms - elapsed_ms), 3)


def _activity(run_id: str, steering: RunSteering) -> RunActivity:
    machine = steering.machine
    activity = "paused" if machine.paused else "waiting" if machine.waiting else "running"
    return RunActivity(run_id=run_id, activity=activity, mode=machine.steerable.pause, cursor=str(steering.cursor))


def _message(run_id: str, sent: SentMessage, steering: RunSteering) -> MessageReply:
    return MessageReply(
        run_id=run_id,
        message_id=sent.message_id,
        text=sent.text,
        mode=sent.mode,
        state=sent.state,
        delivered_to=sent.delivered_to,
        cursor=str(steering.cursor),
    )
