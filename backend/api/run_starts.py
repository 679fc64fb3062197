"""The verb that starts a run, or hands the question to the conversation's run that is active."""

import asyncio
import secrets
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from weakref import WeakValueDictionary

from backend.agents.offered_agents import OfferedAgents
from backend.api.problems import RequestProblem
from backend.api.questions import check_agent, check_attachments, check_question, check_silence
from backend.api.resources import NewRun
from backend.api.steering_resources import MessageReply, NewMessage
from backend.api.steering_service import SteeringService
from backend.runs.records import RunRecord
from backend.runs.run_host import RunHost
from backend.runs.start_refusals import RETRY_AFTER_S
from backend.runs.steering.messages import MessageMode
from backend.runs.store import RunStore, UnknownSessionError
from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class StartedQuestion:
    """The run that answers the question. ``created`` is False for one that the same key started before."""

    record: RunRecord
    created: bool


@dataclass(frozen=True, slots=True)
class HandedQuestion:
    """The question is a message to the active run now."""

    active: RunRecord
    message: MessageReply


class RunStarts:
    """Starts runs for every channel. Of two questions of one conversation that mind each other, the second waits until
    the first is accepted."""

    def __init__(
        self,
        settings: Settings,
        store: RunStore,
        supervisor: RunHost,
        catalogue: OfferedAgents,
        steering: SteeringService,
    ) -> None:
        self._settings = settings
        self._store = store
        self._supervisor = supervisor
        self._catalogue = catalogue
        self._steering = steering
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def start(self, new_run: NewRun, key: str | None = None) -> StartedQuestion | HandedQuestion:
        """Accept a question; while a run of its conversation is active, as ``when_busy`` says.

        Raises ``RequestProblem`` (409 ``conversation-busy`` or ``cannot-steer``), ``TooManyRunsError``,
        ``KeyReusedError`` and ``StoreError``."""
        check_question(new_run.question)
        check_silence(new_run.options.silence_s, self._settings.max_silence_s)
        asked = await self._record_of(new_run, key)
        async with self._turn(new_run):
            active = await self._active(new_run, key)
            if active is None or new_run.when_busy == "beside":
                return StartedQuestion(*await self._supervisor.accept(asked))
            if new_run.when_busy == "reject":
                raise RequestProblem(
                    409,
                    "conversation-busy",
                    "A run of this conversation is still running: wait for its end, stop it, or queue the question.",
                    headers={"Retry-After": str(RETRY_AFTER_S)},
                    run_id=active.run_id,
                )
            if new_run.when_busy == "interrupt":
                return await self._interrupt(active, asked)
            return await self._hand(active, new_run, new_run.when_busy, key)

    def _turn(self, new_run: NewRun) -> AbstractAsyncContextManager[object]:
        if new_run.session_id is None or new_run.when_busy == "beside":
            return nullcontext()
        return self._turns.setdefault(new_run.session_id, asyncio.Lock())

    async def _active(self, new_run: NewRun, key: str | None) -> RunRecord | None:
        """The run that is in the way. One that the same key started is not: it is the answer."""
        if new_run.session_id is None:
            return None
        active = await self._supervisor.active_in(new_run.session_id)
        return None if active is None or (key is not None and active.idempotency_key == key) else active

    async def _interrupt(self, active: RunRecord, asked: RunRecord) -> StartedQuestion:
        queued = await self._supervisor.interrupt(active.run_id, asked.run_id)
        record, created = await self._supervisor.accept(asked)
        await self._supervisor.inherit(record.run_id, queued)
        return StartedQuestion(record, created)

    async def _hand(self, active: RunRecord, new_run: NewRun, mode: MessageMode, key: str | None) -> HandedQuestion:
        if new_run.attachments:
            raise RequestProblem(
                409, "files-cannot-wait", "A question with files cannot wait for a run: send it when the run has ended."
            )
        name = f"msg_{secrets.token_urlsafe(16)}"
        if key is not None and len(key) >= 8 and key.replace("-", "").replace("_", "").isalnum():
            name = key[:64]
        message = NewMessage(message_id=name, text=new_run.question, mode=mode, by=new_run.by)
        return HandedQuestion(active, await self._steering.send(active.run_id, message))

    async def _record_of(self, new_run: NewRun, key: str | None) -> RunRecord:
        """The record of the run that is asked for. Raises a problem where its agent or session is not there."""
        await check_agent(self._catalogue, new_run.agent)
        if new_run.session_id is not None:
            try:
                await self._store.session(new_run.session_id)
            except UnknownSessionError as error:
                raise RequestProblem(
                    422, "unknown-session", "Conversation not found: leave session_id out to start a new one."
                ) from error
        attachments = await check_attachments(self._catalogue, self._store, new_run.agent, new_run.attachments)
        return RunRecord.asked(
            *(new_run.question, new_run.agent, new_run.options),
            session_id=new_run.session_id,
            key=key,
            attachments=attachments,
        )
