"""Steering through the client, against the real backend."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.client import ProblemError, RunClient, new_http
from backend.client.steering import new_message_id
from backend.protocol.inputs import GivenAnswer, GivenPerson, Person
from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer

pytestmark = pytest.mark.server

ANA = GivenPerson(id="p1", name="Ana")


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[RunClient]:
    with BackendServer(tmp_path / "data", [AskingProvider()]) as server:
        async with new_http() as http:
            yield RunClient(server.url, http)


async def test_every_verb(client: RunClient) -> None:
    [offer] = [offer for offer in await client.agents() if offer.agent == "asks:lasting"]
    assert (offer.pause, offer.messages) == ("exact", True)
    started = await client.start_run("Why?", "asks:lasting")
    run_id = started.run_id
    async for frame in client.frames(run_id):
        if frame.view.stream.activity == "waiting":
            break
    asked = await client.inputs(run_id)
    [request] = asked.inputs
    assert (asked.activity, request.request.prompt, request.state) == ("waiting", "Take your time.", "open")
    assert asked.elapsed_ms is not None
    assert request.remaining_ms is not None
    assert request.request.expires_at_ms == pytest.approx(asked.elapsed_ms + request.remaining_ms, abs=0.01)
    message_id = new_message_id()
    for _ in range(2):
        sent = await client.send_message(run_id, "Only 2024.", message_id=message_id, by=ANA)
        assert (sent.state, sent.message_id) == ("waiting", message_id)
    queued = await client.start_run("And then?", "asks:text", session_id=started.session_id, when_busy="queue", by=ANA)
    assert (queued.run_id, queued.mode) == (run_id, "queue")
    assert queued.message_id is not None
    assert (await client.withdraw_message(run_id, queued.message_id)).state == "withdrawn"
    paused = await client.pause(run_id, ANA)
    assert (paused.activity, paused.mode) == ("paused", "exact")
    assert (await client.resume(run_id)).activity == "waiting"
    with pytest.raises(ProblemError) as refused:
        await client.answer(run_id, request.input_id, GivenAnswer(action="accept", value=3))
    assert (refused.value.status, refused.value.slug) == (422, "invalid-answer")
    assert refused.value.members["errors"] == [{"field": "value", "message": "Write a text."}]
    ana, other = await client.issue_participant(), await client.issue_participant()
    for forged in (ana.id, f"{ana.id}.{other.ticket.partition('.')[2]}", f"{ana.ticket}x"):
        with pytest.raises(ProblemError) as refused:
            await client.answer(run_id, None, GivenAnswer(action="accept", value="x", by=GivenPerson(id=forged)))
        assert (refused.value.status, refused.value.slug) == (403, "forged-participant")
    by = GivenPerson(id=ana.ticket, name="Ana")
    answered = await client.answer(run_id, None, GivenAnswer(action="accept", value="x", by=by))
    assert answered.answer.by == Person(id=ana.id, name="Ana")
    async for frame in client.frames(run_id):
        view = frame.view
    [kept] = view.stream.inputs
    assert (kept.state, kept.answer) == ("answered", answered.answer)
    assert view.stream.waited_ms is not None
    assert view.stream.waited_ms > 0
