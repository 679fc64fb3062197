"""The client against the real backend, directly and through a proxy that cuts."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend.client import Arrival, BackendGone, ProblemError, RunClient
from backend.client.background import Background
from backend.client.followed_run import Patience, follow_source
from backend.client.http_source import HttpEventSource
from backend.client.resumption import Backoff, Resumption
from backend.launch.child import ChildProcess
from backend.launch.server import LocalServer, serve_command
from backend.protocol.checks import check
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent
from backend.protocol.options import RunOptions
from backend.protocol.recording_reader import parse_recording
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from tests.client.cutting_proxy import cutting_proxy

pytestmark = pytest.mark.server

AT_ONCE = RunOptions(speed=0)
CUTS = [("happy_path", 1), ("error_mid_answer", 1), ("citations_out_of_order", 1), ("nested_steps", 2), ("unicode", 9)]
"""Scenarios, and after how many events each connection is cut."""


async def events_of(client: RunClient, run_id: str, after: Cursor = START) -> list[Any]:
    async with asyncio.timeout(60):
        return [item async for item in client.follow(run_id, after)]


async def ended_run(client: RunClient, scenario: str = "happy_path") -> str:
    started = await client.start_run("Show me", f"scripted:{scenario}", options=AT_ONCE)
    await events_of(client, started.run_id)
    return started.run_id


async def test_a_run_is_followed_to_its_end(client: RunClient) -> None:
    started = await client.start_run("Is it rising?", "scripted:happy_path", options={"speed": 0, "seed": 7})
    events = await events_of(client, started.run_id)
    assert isinstance(events[-1], DoneEvent)
    assert check(events) == []
    state = await client.run(started.run_id)
    assert (state.question, state.agent, state.outcome) == ("Is it rising?", "scripted:happy_path", "completed")
    assert state.options.seed == 7
    assert state.cursor == Cursor(1, len(events))
    assert state.view == fold(RunView.start("Is it rising?"), events)
    assert await events_of(client, started.run_id, state.cursor) == []


async def test_the_last_frame_is_the_folded_log(client: RunClient) -> None:
    started = await client.start_run("Is it rising?", "scripted:happy_path", options={"speed": 20})
    frames = [frame async for frame in client.frames(started.run_id, question="Is it rising?")]
    events = await events_of(client, started.run_id)
    expected = fold(RunView.start("Is it rising?"), events)
    assert frames[-1].view.message == expected.message
    assert frames[-1].view.artifacts == expected.artifacts
    assert frames[-1].view.ended
    assert [frame.view.stream.last_seq for frame in frames] == sorted(frame.view.stream.last_seq for frame in frames)
    assert frames[-1].elapsed_ms == expected.stream.latency_ms


@pytest.mark.parametrize(("scenario", "events"), CUTS)
async def test_cut_after_every_few_events_nothing_is_lost_or_doubled(
    client: RunClient, backend_url: str, http: httpx2.AsyncClient, scenario: str, events: int
) -> None:
    run_id = await ended_run(client, scenario)
    uncut = await events_of(client, run_id)
    async with asyncio.timeout(60), cutting_proxy(backend_url, events) as proxy:
        source = HttpEventSource(http, proxy.url, f"{proxy.url}/v1/runs/{run_id}", 15.0)
        # The server asks for a second between two tries; a test of a hundred cuts does not wait that long.
        state = Resumption(backoff=Backoff(base_s=0.001, cap_s=0.002))
        arrivals = [arrival async for arrival in follow_source(source, state, Patience())]
        assert [arrival.item for arrival in arrivals if isinstance(arrival, Arrival)] == uncut
        assert proxy.streams >= len(uncut) // events
    assert state.duplicates == 0


async def test_cancel_keeps_the_partial_answer(client: RunClient) -> None:
    started = await client.start_run("Show me", "scripted:long_answer", options={"speed": 0.3})
    cancelled = False
    async with asyncio.timeout(60):
        async for frame in client.frames(started.run_id, question="Show me"):
            if frame.view.message.answer and not cancelled:
                cancelled = True
                await client.cancel(started.run_id)
    assert frame.view.stream.outcome == "cancelled"
    assert frame.view.message.answer
    await client.cancel(started.run_id)


async def test_leaving_the_frames_cancels_nothing(client: RunClient) -> None:
    started = await client.start_run("Show me", "scripted:happy_path", options={"speed": 10})
    frames = client.frames(started.run_id, question="Show me")
    await anext(frames)
    await frames.aclose()
    assert (await events_of(client, started.run_id))[-1].outcome == "completed"


async def test_a_reload_draws_all_of_it_at_once(client: RunClient) -> None:
    run_id = await ended_run(client)
    frames = [frame async for frame in client.frames(run_id)]
    assert len(frames) == 1
    assert frames[0].view.ended
    assert frames[0].view.message.question == "Show me"


async def test_agents_plans_and_readiness(client: RunClient) -> None:
    assert (await client.ready()).ready
    offers = await client.agents()
    assert "scripted:happy_path" in {offer.agent for offer in offers}
    assert all(offer.title and offer.description for offer in offers)
    planned = await client.plan("scripted:happy_path", "Show me", {"speed": 0, "seed": 3})
    assert planned is not None
    started = await client.start_run("Show me", "scripted:happy_path", options={"speed": 0, "seed": 3})
    sent = await events_of(client, started.run_id)
    assert [event.type for event in planned] == [event.type for event in sent]
    bare = await client.plan("scripted:happy_path", "Show me", {"speed": 0, "seed": 3, "status_events": False})
    assert bare is not None
    assert [event.type for event in bare] == [event.type for event in planned if event.type != "status"]
    assert await client.plan("documents") is None


async def test_sessions(client: RunClient) -> None:
    first = await client.start_run("First", "scripted:happy_path", options=AT_ONCE)
    second = await client.start_run("Second", "scripted:happy_path", session_id=first.session_id, options=AT_ONCE)
    await events_of(client, second.run_id)
    session = await client.session(first.session_id)
    assert session.title == "First"
    assert [run.question for run in session.runs] == ["First", "Second"]
    assert first.session_id in {each.session_id for each in await client.sessions()}
    await events_of(client, first.run_id)
    await client.delete_session(first.session_id)
    with pytest.raises(ProblemError) as caught:
        await client.session(first.session_id)
    assert caught.value.slug == "unknown-session"


async def test_a_recording_goes_out_and_in_again(client: RunClient, backend_url: str, http: httpx2.AsyncClient) -> None:
    run_id = await ended_run(client)
    data = await client.recording(run_id)
    assert list(parse_recording(data).events) == await events_of(client, run_id)
    headers = {"Content-Type": "application/x-ndjson"}
    imported = await http.post(f"{backend_url}/v1/recordings", content=data, headers=headers)
    again = await client.start_run("Show me", imported.json()["agent"], options=AT_ONCE)
    events = await events_of(client, again.run_id)
    assert events[-1].outcome == "completed"


async def test_the_same_key_finds_the_same_run(client: RunClient) -> None:
    first = await client.start_run("Show me", "scripted:happy_path", options=AT_ONCE, idempotency_key="k1")
    again = await client.start_run("Show me", "scripted:happy_path", options=AT_ONCE, idempotency_key="k1")
    assert again.run_id == first.run_id


@pytest.mark.parametrize(
    ("question", "agent", "slug"),
    [("", "documents", "empty-question"), ("Show me", "scripted:nothing", "unknown-agent")],
)
async def test_refusals_have_a_slug_and_a_sentence(client: RunClient, question: str, agent: str, slug: str) -> None:
    with pytest.raises(ProblemError) as caught:
        await client.start_run(question, agent)
    assert caught.value.slug == slug
    assert caught.value.sentence.endswith(".")


async def test_an_unknown_run(client: RunClient) -> None:
    for attempt in (client.run("run_x"), events_of(client, "run_x"), client.cancel("run_x")):
        with pytest.raises(ProblemError) as caught:
            await attempt
        assert (caught.value.status, caught.value.slug) == (404, "unknown-run")


def test_from_a_thread(backend_url: str) -> None:
    background, client = Background(), RunClient(backend_url)
    try:
        started = background.call(client.start_run("Show me", "scripted:happy_path", options={"speed": 20}))
        frames = [frame for frame in background.iterate(client.frames(started.run_id)) if frame is not None]
        assert frames[-1].view.stream.outcome == "completed"
        assert background.call(client.run(started.run_id)).view.message == frames[-1].view.message
    finally:
        background.close()


async def test_a_backend_that_ends_during_a_run(
    tmp_path_factory: pytest.TempPathFactory, http: httpx2.AsyncClient
) -> None:
    server = LocalServer(tmp_path_factory.mktemp("gone") / "data")
    await asyncio.to_thread(server.__enter__)
    notes: list[tuple[str, str | None]] = []

    async def watch_and_kill() -> None:
        client = RunClient(server.url, http)
        started = await client.start_run("Show me", "scripted:stall")
        async for frame in client.frames(started.run_id, question="Show me", give_up_after_s=1.0):
            if frame.view.stream.steps and server.process.running:
                await asyncio.to_thread(server.process.kill)
            notes.append((frame.view.stream.phase, frame.connection_note))

    try:
        with pytest.raises(BackendGone, match="Gave up after"):
            await watch_and_kill()
    finally:
        await asyncio.to_thread(server.__exit__)
    assert notes[-1][0] == "reconnecting"
    assert notes[-1][1]


async def test_a_backend_killed_and_started_again_ends_the_run_as_interrupted(
    tmp_path: Path, free_port: int, http: httpx2.AsyncClient
) -> None:
    def serving() -> ChildProcess:
        return ChildProcess("The backend", serve_command(port=free_port, data_dir=tmp_path / "data"))

    url = f"http://127.0.0.1:{free_port}"
    client, phases, shown = RunClient(url, http), [], ""
    second = serving()
    with serving() as first:
        await asyncio.to_thread(first.wait_until_ready, f"{url}/readyz")
        try:
            started = await client.start_run("Show me", "scripted:long_answer", options={"speed": 0.3})
            async with asyncio.timeout(90), aclosing(client.frames(started.run_id, question="Show me")) as frames:
                async for frame in frames:
                    phases.append(frame.view.stream.phase)
                    if first.running and len(frame.view.message.answer) > 200:
                        await asyncio.to_thread(first.kill)
                        second.start()
                        shown = frame.view.message.answer
            assert "reconnecting" in phases
            assert frame.view.stream.outcome == "interrupted"
            assert frame.view.stream.partial
            # The log is written behind: a killed backend may lack the last of what was shown, and never alters it.
            answer = frame.view.message.answer
            assert shown.startswith(answer) or answer.startswith(shown), (shown, answer)
            assert all(not step.is_open for step in frame.view.stream.steps)
            assert answer == (await client.run(started.run_id)).view.message.answer
        finally:
            await asyncio.to_thread(second.stop)


async def test_a_file_is_uploaded_asked_with_and_known_by_its_run(client: RunClient) -> None:
    [offer] = [offer for offer in await client.agents() if offer.agent == "documents"]
    assert offer.attachments is not None
    assert ".pdf" in offer.attachments.endings
    file = await client.upload_file("Übersicht.txt", "Die Miete beträgt 1.250 Euro.".encode())
    assert (file.name, file.kind) == ("Übersicht.txt", "txt")
    started = await client.start_run("What is the rent?", "documents", attachments=[file.file_id])
    assert (await client.run(started.run_id)).attachments == (file,)
    shared = await client.run((await client.share(started.run_id)).share_id)
    assert [(each.name, each.file_id) for each in shared.attachments] == [("Übersicht.txt", "")]
    for file_id, status in ((file.file_id, 409), ("file_unknown", 404)):
        with pytest.raises(ProblemError) as refused:
            await client.delete_file(file_id)
        assert refused.value.status == status
    waiting = await client.upload_file("notes.txt", b"x")
    await client.delete_file(waiting.file_id)
