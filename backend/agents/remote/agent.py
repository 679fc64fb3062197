"""Plays an agent that streams elsewhere: sends it the question, and hands on what it answers as it comes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from uuid import uuid4

import httpx2

from backend.agents.agent import AgentFailure, RunContext, RunRequest
from backend.agents.remote.answers import BUSY, MOST_WAIT_S, refusal, retry_after_s, unreachable, wrong_dialect
from backend.agents.remote.connection import new_line
from backend.dialects.addresses import RemoteAddress
from backend.dialects.decoder import DialectDecoder
from backend.dialects.dialect import Loss
from backend.dialects.losses import losses_sentence
from backend.dialects.registry import open_decoder
from backend.dialects.requests import ForeignQuestion, RemoteRequest, remote_request
from backend.protocol.events import Draft, StatusEvent, WarningEvent

MOST_RETRIES = 2

END_GRACE_S = 2.0
"""How long more may come once the stream has told its end: some servers keep the connection open behind it."""

Piece = bytes | StatusEvent | WarningEvent
"""What a server's answer brings: bytes of the stream, and what is told while they are waited for."""

_CONNECTING = StatusEvent(step_id="remote-connecting", step="connecting")


class RemoteAgent:
    """A foreign agent behind ``address``. What comes out is the same as of any agent: drafts, and the supervisor's
    silence limit holds for it. Closing the iterator closes the connection, which is how most servers are cancelled."""

    def __init__(self, address: RemoteAddress, key: str | None = None) -> None:
        self._address = address
        self._key = key

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """Ask, and yield what is answered. Raises ``AgentFailure``: how the stream ended is how the run ends."""
        label = f"Asking the agent at {self._address.host}"
        yield _CONNECTING.model_copy(update={"label": label})
        # Who knows a run's id can read the run: it stays here.
        call = uuid4().hex
        turns = [(turn.question, turn.answer) for turn in request.history]
        remote = remote_request(
            self._address, ForeignQuestion(request.question, turns, f"run-{call}", f"thread-{call}"), self._key
        )
        decoder = open_decoder(self._address.dialect, key=self._key)
        async with new_line() as http, aclosing(self._answer(http, remote, context)) as answer:
            while (piece := await _next(answer, decoder)) is not None:
                if isinstance(piece, bytes):
                    before = decoder.messages
                    for draft in decoder.feed(piece):
                        yield draft
                    # A comment that only keeps the line open is no sign of work.
                    if decoder.messages > before:
                        context.alive()
                    context.report_usage(decoder.usage)
                else:
                    yield piece
        for draft in decoder.close():
            yield draft
        context.report_usage(decoder.end.usage)
        losses = list(decoder.losses)
        if turns and not remote.tells_earlier:
            losses.append(Loss("earlier turns, which this agent does not receive", len(turns)))
        if losses:
            yield WarningEvent(code="lost", message=losses_sentence(losses))
        self._end(decoder)

    async def _answer(
        self, http: httpx2.AsyncClient, request: RemoteRequest, context: RunContext
    ) -> AsyncGenerator[Piece, None]:
        """The answer's bytes as they come; before them a warning for each time that it has to be asked again."""
        for attempt in range(1, MOST_RETRIES + 2):
            async with self._sent(http, request) as response:
                wait_s = _wait_s(response, attempt)
                if wait_s is None:
                    failure = await refusal(self._address, response, self._key)
                    if failure is not None:
                        raise failure
                    yield _CONNECTING.model_copy(update={"state": "finished"})
                    # Cut: what has come is shown, and that its end is missing is what the decoder says.
                    with suppress(httpx2.HTTPError):
                        async for chunk in response.aiter_bytes():
                            yield chunk
                    return
            busy = f"The agent at {self._address.host} is busy ({response.status_code})"
            again = f"asked again in {wait_s:.0f} s ({attempt} of {MOST_RETRIES})"
            yield WarningEvent(code="remote_retry", message=f"{busy}: {again}.")
            await context.clock.sleep(wait_s)

    @asynccontextmanager
    async def _sent(self, http: httpx2.AsyncClient, request: RemoteRequest) -> AsyncIterator[httpx2.Response]:
        try:
            response = await http.send(
                http.build_request("POST", request.url, headers=dict(request.headers), content=request.body),
                stream=True,
            )
        except httpx2.HTTPError as error:
            raise unreachable(self._address, error) from error
        try:
            yield response
        finally:
            await response.aclose()

    def _end(self, decoder: DialectDecoder) -> None:
        end = decoder.end
        if not decoder.recognised and end.error is not None and end.error.code == "stream_cut":
            raise wrong_dialect(self._address)
        if end.outcome == "completed":
            return
        if end.error is not None:
            raise AgentFailure(end.error.code, end.error.message, retryable=end.error.retryable, outcome=end.outcome)
        raise AgentFailure(f"remote_{end.outcome}", f"The agent's own run was {end.outcome}.", outcome=end.outcome)


async def _next(answer: AsyncGenerator[Piece, None], decoder: DialectDecoder) -> Piece | None:
    """The next piece; None once there is no more, or once it is not waited for any longer."""
    try:
        async with asyncio.timeout(END_GRACE_S if decoder.told_end else None):
            return await anext(answer, None)
    except TimeoutError:
        return None


def _wait_s(response: httpx2.Response, attempt: int) -> float | None:
    """How many seconds to wait before the server is asked again; None where that would not help."""
    if response.status_code not in BUSY or attempt > MOST_RETRIES:
        return None
    asked = retry_after_s(response)
    wait_s = float(attempt) if asked is None else asked
    return wait_s if wait_s <= MOST_WAIT_S else None
