"""Plays an agent that streams elsewhere: sends it the question, and hands on what it answers as it comes."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx2

from backend.agents.agent import AgentFailure, RunContext, RunRequest
from backend.agents.remote.answers import RETRYABLE, refusal, retry_after_s, unreachable, wrong_dialect
from backend.dialects.addresses import RemoteAddress
from backend.dialects.decoder import DialectDecoder
from backend.dialects.known import open_decoder
from backend.dialects.losses import losses_sentence
from backend.dialects.requests import Asked, RemoteRequest, remote_request
from backend.protocol.events import Draft, StatusEvent, WarningEvent

MOST_RETRIES = 2
CONNECT_TIMEOUT_S = 10.0

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
        asked = Asked(
            request.question, [(turn.question, turn.answer) for turn in request.history], request.run_id, request.run_id
        )
        decoder = open_decoder(self._address.dialect)
        remote = remote_request(self._address, asked, self._key)
        timeout = httpx2.Timeout(None, connect=CONNECT_TIMEOUT_S)
        async with httpx2.AsyncClient(timeout=timeout) as http, aclosing(self._answer(http, remote, context)) as answer:
            async for piece in answer:
                if isinstance(piece, bytes):
                    for draft in decoder.feed(piece):
                        yield draft
                    context.report_usage(decoder.usage)
                else:
                    yield piece
        for draft in decoder.close():
            yield draft
        context.report_usage(decoder.end.usage)
        if decoder.losses:
            yield WarningEvent(code="lost", message=losses_sentence(decoder.losses))
        self._end(decoder)

    async def _answer(
        self, http: httpx2.AsyncClient, request: RemoteRequest, context: RunContext
    ) -> AsyncGenerator[bytes | StatusEvent | WarningEvent, None]:
        """The answer's bytes as they come; before them a warning for each time that it has to be asked again."""
        for retries_left in range(MOST_RETRIES, -1, -1):
            async with self._sent(http, request) as response:
                if response.status_code not in RETRYABLE or retries_left == 0:
                    failure = await refusal(self._address, response)
                    if failure is not None:
                        raise failure
                    yield _CONNECTING.model_copy(update={"state": "finished"})
                    try:
                        async for chunk in response.aiter_bytes():
                            yield chunk
                    except httpx2.HTTPError:
                        # Cut: what has come is shown, and that its end is missing is what the decoder says.
                        pass
                    return
                wait_s = retry_after_s(response, otherwise_s=float(MOST_RETRIES + 1 - retries_left))
            busy = f"The agent at {self._address.host} is busy ({response.status_code})"
            yield WarningEvent(code="remote_retry", message=f"{busy}: asked again in {wait_s:g} s.")
            await context.clock.sleep(wait_s)

    @asynccontextmanager
    async def _sent(self, http: httpx2.AsyncClient, request: RemoteRequest) -> AsyncIterator[httpx2.Response]:
        try:
            response = await http.send(
                http.build_request("POST", request.url, headers=dict(request.headers), content=request.body),
                stream=True,
            )
        except httpx2.HTTPError as error:
            raise unreachable(self._address) from error
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
