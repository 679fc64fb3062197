"""Steering a run, as calls of the backend: answers, pauses and messages."""

import secrets
from typing import Literal
from urllib.parse import quote

from pydantic import TypeAdapter

from backend.client.calls import Calls, run_path
from backend.client.steering_replies import AnsweredInput, AskedInputs, SteeredMessage, SteeredRunState
from backend.protocol.inputs import GivenAnswer, GivenPerson
from backend.protocol.participants import IssuedParticipant

_PARTICIPANT = TypeAdapter(IssuedParticipant)
_INPUTS = TypeAdapter(AskedInputs)
_ANSWERED = TypeAdapter(AnsweredInput)
_ACTIVITY = TypeAdapter(SteeredRunState)
_MESSAGE = TypeAdapter(SteeredMessage)


def new_message_id() -> str:
    """An id for a message that is to be sent: the same one again is the same message."""
    return f"msg_{secrets.token_urlsafe(16)}"


class SteeringCalls(Calls):
    """What people do to a run that is running. Every call may be repeated."""

    async def issue_participant(self) -> IssuedParticipant:
        """An id for a person, signed by the backend: ``GivenPerson(id=ticket)`` acts under it."""
        return self._read(await self._send("POST", "/v1/participants"), _PARTICIPANT)

    async def inputs(self, run_id: str) -> AskedInputs:
        """What the run asked of people, in order, and how long each request is still open."""
        return self._read(await self._send("GET", f"{run_path(run_id)}/inputs"), _INPUTS)

    async def answer(self, run_id: str, input_id: str | None, answer: GivenAnswer) -> AnsweredInput:
        """Answer a request; None = the only one that is open.

        Raises ``ProblemError``; its ``slug`` is ``already-answered`` (``members["answer"]`` says by whom),
        ``invalid-answer`` (``members["errors"]``: the request stays open), ``changed``, ``input-expired``,
        ``run-ended``, ``unknown-input``, ``several-inputs``, ``no-open-input`` or ``not-answerable``."""
        path = "input" if input_id is None else f"inputs/{quote(input_id, safe='')}"
        body = answer.model_dump(mode="json", exclude_none=True)
        return self._read(await self._send("POST", f"{run_path(run_id)}/{path}", json=body), _ANSWERED)

    async def pause(self, run_id: str, by: GivenPerson | None = None) -> SteeredRunState:
        """Pause the run. Raises ``ProblemError``: ``cannot-pause``, ``not-started`` or ``run-ended``."""
        return self._read(await self._send("POST", f"{run_path(run_id)}/pause", json=_acting(by)), _ACTIVITY)

    async def resume(self, run_id: str, by: GivenPerson | None = None) -> SteeredRunState:
        """Continue the run. Raises ``ProblemError``: ``run-ended``."""
        return self._read(await self._send("POST", f"{run_path(run_id)}/resume", json=_acting(by)), _ACTIVITY)

    async def send_message(
        self,
        run_id: str,
        text: str,
        mode: Literal["steer", "queue"] = "steer",
        *,
        message_id: str | None = None,
        by: GivenPerson | None = None,
    ) -> SteeredMessage:
        """Send a message to the run: now (``steer``), or as the conversation's next question (``queue``).

        Raises ``ProblemError``: ``cannot-steer`` (``members["offers"]`` says what is possible), ``run-ended``,
        ``not-started``, ``message-reused`` or ``too-many-messages``."""
        body = {"message_id": message_id or new_message_id(), "text": text, "mode": mode, **_acting(by)}
        return self._read(await self._send("POST", f"{run_path(run_id)}/messages", json=body), _MESSAGE)

    async def withdraw_message(self, run_id: str, message_id: str) -> SteeredMessage:
        """Take a message back. Raises ``ProblemError``: ``already-delivered``, ``unknown-message`` or ``run-ended``."""
        path = f"{run_path(run_id)}/messages/{quote(message_id, safe='')}"
        return self._read(await self._send("DELETE", path), _MESSAGE)


def _acting(by: GivenPerson | None) -> dict[str, object]:
    return {} if by is None else {"by": by.model_dump(exclude_none=True)}
