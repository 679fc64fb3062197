"""Plays an agent that streams elsewhere: sends it the question, and passes its answer on as it arrives."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from uuid import uuid4

import httpx2

from backend.agents.agent import AgentFailure, RunContext, RunRequest
from backend.agents.person import HELD
from backend.agents.remote.answers import BUSY, MOST_WAIT_S, refusal, retry_after_s, unreachable, wrong_dialect
from backend.agents.remote.connection import new_client
from backend.agents.remote.people import can_be_asked, replies_of
from backend.dialects.addresses import RemoteAddress
from backend.dialects.decoder import DialectDecoder
from backend.dialects.dialect import Loss, losses_sentence
from backend.dialects.registry import open_decoder
from backend.dialects.requests import ForeignQuestion, RemoteRequest, remote_request
from backend.protocol.events import Draft, StatusEvent, WarningEvent
from backend.protocol.thinking_models import thinks_by_name

MOST_RETRIES = 2

MOST_STREAMS = 100
"""Streams of one answer: the agent may ask people at the end of each but the last."""

END_GRACE_S = 2.0
"""How long to read on after the end of the stream: some servers keep the connection open."""

Piece = bytes | StatusEvent | WarningEvent
"""A part of a server's answer: bytes of the stream, or an event to show while waiting for them."""

_CONNECTING = StatusEvent(step_id="remote-connecting", step="connecting")


class Habits:
    """What the runs of one agent have shown of it, for those that follow."""

    def __init__(self, *, begins_in_thought: bool = False) -> None:
        self.begins_in_thought = begins_in_thought
        """Whether its texts begin with thinking whose start is not marked."""

    def learn(self, decoder: DialectDecoder) -> None:
        """A run has ended."""
        if decoder.begins_in_thought is not None:
            self.begins_in_thought = decoder.begins_in_thought


class RemoteAgent:
    """A foreign agent at ``address``. It sends drafts like any agent, and the supervisor's silence limit applies to it.
    Closing the iterator closes the connection, which cancels the run on most servers."""

    steerable = HELD

    def __init__(
        self,
        address: RemoteAddress,
        key: str | None = None,
        habits: Habits | None = None,
        *,
        show_reasoning: bool = False,
    ) -> None:
        """``habits`` is what earlier runs showed; ``show_reasoning``: readers may see what its model thinks."""
        self._address = address
        self._key = key
        self._habits = habits or Habits(begins_in_thought=thinks_by_name(address.model))
        self._show_reasoning = show_reasoning

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """Ask, and yield the answer. Raises ``AgentFailure``: the end of the stream decides the end of the run."""
        label = f"Asking the agent at {self._address.host}"
        yield _CONNECTING.model_copy(update={"label": label})
        # Anyone who knows a run's id can read the run, so it is not sent.
        call = uuid4().hex
        turns = [(turn.question, turn.answer) for turn in request.history]
        asked = ForeignQuestion(request.question, turns, f"run-{call}", f"thread-{call}")
        remote = remote_request(self._address, asked, self._key)
        decoder = open_decoder(
            self._address.dialect,
            key=self._key,
            show_reasoning=self._show_reasoning,
            opened=self._habits.begins_in_thought,
        )
        async with new_client() as http:
            for number in range(1, MOST_STREAMS + 1):
                async for draft in self._hear(http, remote, decoder, context):
                    yield draft
                for draft in decoder.end_stream():
                    yield draft
                if number == MOST_STREAMS or not can_be_asked(decoder.asked, may_ask=request.options.may_ask):
                    break
                after = decoder.continue_with(await replies_of(context, decoder.asked))
                remote = remote_request(self._address, replace(asked, stream=number + 1), self._key, after)
        for draft in decoder.close():
            yield draft
        self._habits.learn(decoder)
        context.report_usage(decoder.end.usage)
        losses = list(decoder.losses)
        if turns and not remote.tells_earlier:
            losses.append(Loss("earlier turns, which this agent does not receive", len(turns)))
        if losses:
            yield WarningEvent(code="lost", message=losses_sentence(losses))
        self._end(decoder)

    async def _hear(
        self, http: httpx2.AsyncClient, remote: RemoteRequest, decoder: DialectDecoder, context: RunContext
    ) -> AsyncIterator[Draft]:
        """The drafts of one stream, until it ends."""
        async with aclosing(self._answer(http, remote, context)) as answer:
            while (piece := await _next(answer, decoder)) is not None:
                if isinstance(piece, bytes):
                    before = decoder.messages
                    for draft in decoder.feed(piece, context.run_ms()):
                        yield draft
                    # A comment that only keeps the connection open is not a sign of work.
                    if decoder.messages > before:
                        context.alive()
                    context.report_usage(decoder.usage)
                else:
                    yield piece

    async def _answer(
        self, http: httpx2.AsyncClient, request: RemoteRequest, context: RunContext
    ) -> AsyncGenerator[Piece, None]:
        """The bytes of the answer as they arrive; before them a warning for each repeated request."""
        for attempt in range(1, MOST_RETRIES + 2):
            async with self._sent(http, request) as response:
                wait_s = _wait_s(response, attempt)
                if wait_s is None:
                    failure = await refusal(self._address, response, self._key)
                    if failure is not None:
                        raise failure
                    if request.is_first:
                        yield _CONNECTING.model_copy(update={"state": "finished"})
                    # Cut: the text so far is shown, and the decoder reports the missing end.
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
    """The next piece; None at the end of the stream, or once waiting for more is over."""
    try:
        async with asyncio.timeout(END_GRACE_S if decoder.told_end else None):
            return await anext(answer, None)
    except TimeoutError:
        return None


def _wait_s(response: httpx2.Response, attempt: int) -> float | None:
    """How many seconds to wait before asking the server again; None if that would not help."""
    if response.status_code not in BUSY or attempt > MOST_RETRIES:
        return None
    asked = retry_after_s(response)
    wait_s = float(attempt) if asked is None else asked
    return wait_s if wait_s <= MOST_WAIT_S else None
