"""What the commands of the control channel do: each through the same service as its HTTP call."""

from backend.api.control.command_memory import Performed
from backend.api.control.commands import (
    CancelCommand,
    InputCommand,
    MessageCommand,
    PauseCommand,
    ResumeCommand,
    RunCommand,
    StartCommand,
)
from backend.api.problems import RequestProblem
from backend.api.resources import AcceptedRun, RunLinks
from backend.api.run_starts import HandedQuestion, RunStarts
from backend.api.steering_resources import NewMessage, QueuedQuestion
from backend.api.steering_service import SteeringService
from backend.protocol.inputs import GivenPerson
from backend.runs.store import RunStore, UnknownRunError

VIA = "websocket"
"""The channel of these commands, as answers name it."""


class CommandPerformer:
    """Carries out the commands of one conversation for one person."""

    def __init__(
        self, session_id: str, person: GivenPerson | None, store: RunStore, starts: RunStarts, steering: SteeringService
    ) -> None:
        self._session_id = session_id
        self._person = person
        self._store = store
        self._starts = starts
        self._steering = steering

    async def perform(self, command: StartCommand | RunCommand) -> Performed:
        """Carry the command out. Raises what the services raise."""
        return await (self._start(command) if isinstance(command, StartCommand) else self._change(command))

    async def _start(self, command: StartCommand) -> Performed:
        if command.new_run.session_id not in (None, self._session_id):
            sentence = "new_run names another conversation than this channel: leave session_id out."
            raise RequestProblem(422, "other-session", sentence)
        new_run = command.new_run.model_copy(
            update={"session_id": self._session_id, "by": command.new_run.by or self._person}
        )
        started = await self._starts.start(new_run, command.id)
        if isinstance(started, HandedQuestion):
            run_id = started.active.run_id
            queued = QueuedQuestion(
                run_id=run_id,
                session_id=self._session_id,
                message_id=started.message.message_id,
                mode=started.message.mode,
                links=RunLinks.of(run_id),
            )
            return Performed(queued, run_id, started.message.cursor)
        run_id = started.record.run_id
        return Performed(AcceptedRun(run_id=run_id, session_id=self._session_id, links=RunLinks.of(run_id)), run_id)

    async def _change(self, command: RunCommand) -> Performed:
        run_id = command.run
        if (await self._store.record(run_id)).session_id != self._session_id:
            raise UnknownRunError(run_id)
        if isinstance(command, CancelCommand):
            return Performed(await self._steering.cancel(run_id), run_id)
        if isinstance(command, PauseCommand):
            activity = await self._steering.pause(run_id, self._person)
            return Performed(activity, run_id, activity.cursor)
        if isinstance(command, ResumeCommand):
            activity = await self._steering.resume(run_id, self._person)
            return Performed(activity, run_id, activity.cursor)
        if isinstance(command, InputCommand):
            given = command.answer
            if given.by is None:
                given = given.model_copy(update={"by": self._person})
            recorded = await self._steering.answer(run_id, command.input_id, given, via=VIA)
            return Performed(recorded, run_id, recorded.cursor)
        if isinstance(command, MessageCommand):
            message = NewMessage(message_id=command.id, text=command.text, mode=command.mode, by=self._person)
            reply = await self._steering.send(run_id, message)
        else:
            reply = await self._steering.withdraw(run_id, command.message_id)
        return Performed(reply, run_id, reply.cursor)
