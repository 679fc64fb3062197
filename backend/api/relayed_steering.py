"""The verbs by which people steer runs on other machines: relayed to the run's worker, and carried out there."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, Final, Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from backend.access.callers import LOCAL, Caller, acting, caller_now
from backend.access.participants import Participants
from backend.api.problems import RequestProblem, known_problem
from backend.api.questions import check_question
from backend.api.steering_resources import MessageReply, NewMessage, RecordedAnswer, RunActivity, RunInputs
from backend.api.steering_service import SteeringService
from backend.protocol.cursor import Cursor
from backend.protocol.inputs import GivenAnswer, GivenPerson
from backend.runs.run_host import RunHost
from backend.runs.steering.messages import SentMessage
from backend.runs.store import RunStore

_Reply = TypeVar("_Reply", bound=BaseModel)

BEGUN_WITHIN_S: Final = 5.0
"""How long a pause waits for the agent of a run that was just taken."""

_PROBLEM = "problem"
_CALLER = "caller"
"""Whose wish it is: the worker looks at what they may do, as the web node does."""

_log = logging.getLogger(__name__)
_MESSAGES: TypeAdapter[list[SentMessage]] = TypeAdapter(list[SentMessage])


class RunPost(Protocol):
    """Brings commands to the worker of a run."""

    async def state_of(self, run_id: str) -> str:
        """``queued``, ``running`` or ``ended``. Raises ``UnknownRunError``."""
        ...

    async def ask_run(self, run_id: str, verb: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The reply of the run's worker; None where the run ended before it was carried out."""
        ...

    async def leave_for_run(self, run_id: str, verb: str, body: Mapping[str, Any]) -> None:
        """Have it carried out now, or when the run has a worker."""
        ...


class RelayedSteering(SteeringService):
    """A web node's verbs. A run that is over is answered from its log, here."""

    def __init__(self, store: RunStore, runs: RunHost, participants: Participants, post: RunPost) -> None:
        super().__init__(store, runs, participants)
        self._post = post

    async def inputs(self, run_id: str) -> RunInputs:
        """See ``SteeringService.inputs``."""
        return await self._relayed(run_id, "inputs", {}, RunInputs) or await super().inputs(run_id)

    async def answer(self, run_id: str, input_id: str | None, given: GivenAnswer, *, via: str) -> RecordedAnswer:
        """See ``SteeringService.answer``."""
        body = {"input_id": input_id, "given": given.model_dump(mode="json"), "via": via}
        relayed = await self._relayed(run_id, "answer", body, RecordedAnswer)
        return relayed or await super().answer(run_id, input_id, given, via=via)

    async def pause(self, run_id: str, by: GivenPerson | None = None) -> RunActivity:
        """See ``SteeringService.pause``."""
        return await self._relayed(run_id, "pause", _by(by), RunActivity) or await super().pause(run_id, by)

    async def resume(self, run_id: str, by: GivenPerson | None = None) -> RunActivity:
        """See ``SteeringService.resume``."""
        return await self._relayed(run_id, "resume", _by(by), RunActivity) or await super().resume(run_id, by)

    async def send(self, run_id: str, message: NewMessage) -> MessageReply:
        """See ``SteeringService.send``. A message to a run that is queued waits for its worker."""
        check_question(message.text)
        body = {"message": message.model_dump(mode="json")}
        if await self._post.state_of(run_id) == "queued":
            record = await self._store.record(run_id)
            await self._post.leave_for_run(run_id, "send", body)
            return MessageReply(
                run_id=run_id,
                message_id=message.message_id,
                text=message.text,
                mode=message.mode,
                state="waiting",
                delivered_to=None,
                cursor=str(Cursor(record.attempt, record.last_seq)),
            )
        return await self._relayed(run_id, "send", body, MessageReply) or await super().send(run_id, message)

    async def withdraw(self, run_id: str, message_id: str) -> MessageReply:
        """See ``SteeringService.withdraw``."""
        relayed = await self._relayed(run_id, "withdraw", {"message_id": message_id}, MessageReply)
        return relayed or await super().withdraw(run_id, message_id)

    async def _relayed(self, run_id: str, verb: str, body: Mapping[str, Any], kind: type[_Reply]) -> _Reply | None:
        """The worker's reply, or None where the run has no worker. Raises the problem that the worker has with it."""
        if await self._post.state_of(run_id) != "running":
            return None
        caller = asdict(replace(caller_now(), seed=""))
        reply = await self._post.ask_run(run_id, verb, {**body, _CALLER: caller})
        if reply is None:
            return None
        if _PROBLEM in reply:
            raise _problem(reply[_PROBLEM])
        return kind.model_validate(reply)


class SteeringPerformer:
    """Carries out on a worker what ``RelayedSteering`` was asked for."""

    def __init__(self, steering: SteeringService, runs: RunHost) -> None:
        self._steering = steering
        self._runs = runs

    async def perform(self, run_id: str, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        """The reply to a verb; a problem is a reply as well."""
        try:
            with acting(Caller(**body.get(_CALLER, asdict(LOCAL)))):
                reply = await self._reply(run_id, verb, body)
        except (ValidationError, TypeError, KeyError) as error:
            # A node of another version asks differently.
            _log.warning("A command %r cannot be carried out here: %s", verb, type(error).__name__)
            return {_PROBLEM: _dumped(RequestProblem(501, "unknown-verb", f"This worker cannot carry out {verb!r}."))}
        except Exception as error:  # noqa: BLE001 - the node that asked has to get a reply
            problem = known_problem(error)
            if problem is None:
                _log.exception("A command failed.")
                problem = RequestProblem(500, "server-error", "The worker failed: its log says where.")
            return {_PROBLEM: _dumped(problem)}
        return reply if isinstance(reply, dict) else reply.model_dump(mode="json")

    async def _until_begun(self, run_id: str) -> None:
        """Wait a moment for a run that was just taken: one that was paused at another worker is paused again."""
        steering = self._runs.steering(run_id)
        if steering is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEGUN_WITHIN_S):
                    await steering.begun.wait()

    async def _reply(self, run_id: str, verb: str, body: dict[str, Any]) -> BaseModel | dict[str, Any]:
        given_by = body.get("by")
        by = None if given_by is None else GivenPerson.model_validate(given_by)
        match verb:
            case "inputs":
                return await self._steering.inputs(run_id)
            case "answer":
                given = GivenAnswer.model_validate(body["given"])
                return await self._steering.answer(run_id, body["input_id"], given, via=body["via"])
            case "pause":
                await self._until_begun(run_id)
                return await self._steering.pause(run_id, by)
            case "resume":
                return await self._steering.resume(run_id, by)
            case "cancel":
                return await self._steering.cancel(run_id)
            case "send":
                return await self._steering.send(run_id, NewMessage.model_validate(body["message"]))
            case "withdraw":
                return await self._steering.withdraw(run_id, body["message_id"])
            case "interrupt":
                queued = await self._runs.interrupt(run_id, body["next_run_id"])
                return {"messages": _MESSAGES.dump_python(queued, mode="json")}
            case "inherit":
                await self._runs.inherit(run_id, _MESSAGES.validate_python(body["messages"]))
                return {}
            case _:
                # A newer node knows more verbs.
                return {_PROBLEM: _dumped(RequestProblem(501, "unknown-verb", f"This worker does not know {verb!r}."))}


def _by(by: GivenPerson | None) -> dict[str, Any]:
    return {"by": None if by is None else by.model_dump(mode="json")}


def _dumped(problem: RequestProblem) -> dict[str, Any]:
    return {
        "status": problem.status_code,
        "slug": problem.slug,
        "detail": problem.detail,
        "headers": dict(problem.headers or {}),
        "members": problem.members,
    }


def _problem(dumped: dict[str, Any]) -> RequestProblem:
    return RequestProblem(
        dumped["status"], dumped["slug"], dumped["detail"], headers=dumped["headers"], **dumped["members"]
    )
