"""History, feedback and share links through the client, against the real backend."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing
from pathlib import Path

import pytest

from backend.client import ProblemError, RunClient, new_http
from backend.protocol.cursor import START
from backend.protocol.events import DoneEvent
from backend.protocol.recording_reader import parse_recording
from tests.api.backend_server import BackendServer
from tests.client.raw_server import Request, answer, raw_server

pytestmark = pytest.mark.server

AT_ONCE = {"speed": 0}


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[RunClient]:
    """A client of a backend that nobody else uses."""
    with BackendServer(tmp_path / "data") as server:
        async with new_http() as http:
            yield RunClient(server.url, http)


async def ended_run(client: RunClient, question: str = "Show me", session_id: str | None = None) -> str:
    started = await client.start_run(question, "scripted:happy_path", session_id=session_id, options=AT_ONCE)
    async with asyncio.timeout(60):
        async for _ in client.follow(started.run_id):
            pass
    return started.run_id


async def running_run(client: RunClient) -> str:
    """A run that goes on for as long as a test takes."""
    return (await client.start_run("Wait", "scripted:happy_path", options={"speed": 0.01})).run_id


async def refused(work: Awaitable[object]) -> ProblemError:
    """The problem that the call ends with."""
    with pytest.raises(ProblemError) as caught:
        await work
    assert caught.value.sentence.endswith(".")
    return caught.value


async def test_past_runs_are_found_page_by_page(alone: RunClient) -> None:
    assert await alone.runs() == await alone.runs(text="nothing", outcome="failed", agent="x", session_id="y")
    first = await ended_run(alone, "Is 100% rising?")
    second = await ended_run(alone, "What now?")
    held = await running_run(alone)
    page = await alone.runs(limit=2)
    assert [run.run_id for run in page.runs] == [held, second]
    assert page.next is not None
    rest = await alone.runs(limit=2, before=page.next)
    assert ([run.run_id for run in rest.runs], rest.next) == ([first], None)
    state = await alone.run(first)
    assert rest.runs[0].duration_ms == state.view.stream.latency_ms
    assert rest.runs[0].ttft_ms == state.view.stream.first_token_ms
    assert (page.runs[0].ended, page.runs[0].duration_ms) == (False, None)
    assert [run.run_id for run in (await alone.runs(text="100% RIS")).runs] == [first]
    assert [run.run_id for run in (await alone.runs(outcome="running")).runs] == [held]
    assert [run.run_id for run in (await alone.runs(session_id=state.session_id)).runs] == [first]
    assert (await refused(alone.runs(before="yesterday"))).slug == "malformed-place"


async def test_a_run_is_deleted_and_a_session_renamed(client: RunClient) -> None:
    first = await ended_run(client, "First?")
    session_id = (await client.run(first)).session_id
    await ended_run(client, "Second?", session_id)
    renamed = await client.rename_session(session_id, "Revenue")
    assert (renamed.session_id, renamed.title) == (session_id, "Revenue")
    await client.delete_run(first)
    assert (await refused(client.run(first))).slug == "unknown-run"
    assert (await refused(client.delete_run(first))).slug == "unknown-run"
    session = await client.session(session_id)
    assert (session.title, [run.question for run in session.runs]) == ("Revenue", ["Second?"])
    assert (await refused(client.rename_session(session_id, " "))).slug == "empty-title"
    assert (await refused(client.rename_session(session_id, "x" * 201))).slug == "title-too-long"


async def test_feedback_goes_in_and_comes_out(alone: RunClient) -> None:
    run_id = await ended_run(alone)
    given = await alone.give_feedback(run_id, thumb="down", comment="=1+1", at_ms=0)
    assert (given.run_id, given.thumb, given.comment, given.at_ms) == (run_id, "down", "=1+1", 0)
    assert (given.question, given.agent) == ("Show me", "scripted:happy_path")
    again = await alone.give_feedback(run_id, thumb="up")
    assert await alone.feedback(run_id) == await alone.feedback() == (given, again)
    table = (await alone.feedback_csv()).decode("utf-8-sig")
    assert '"\'=1+1"' in table
    assert table.count("\r\n") == 3
    for problem, slug in (
        (alone.give_feedback(run_id), "empty-feedback"),
        (alone.give_feedback(run_id, comment="x" * 4001), "comment-too-long"),
        (alone.give_feedback(run_id, thumb="up", at_ms=-1), "moment-before-run"),
        (alone.give_feedback(run_id, thumb="up", at_ms=10**9), "moment-beyond-run"),
        (alone.give_feedback("run_nobody", thumb="up"), "unknown-run"),
        (alone.feedback("run_nobody"), "unknown-run"),
        (alone.give_feedback(run_id, comment="\ud800"), "invalid-request"),
    ):
        assert (await refused(problem)).slug == slug
    assert len(await alone.feedback()) == 2


async def test_feedback_whose_connection_breaks_is_given_once() -> None:
    keys: list[str] = []

    async def break_once(request: Request, writer: asyncio.StreamWriter) -> None:
        keys.append(request.headers["idempotency-key"])
        if len(keys) > 1:
            writer.write(answer("201 Created", b'{"feedback_id": "fb_1", "run_id": "run_1"}'))

    async with raw_server(break_once) as server, new_http() as http:
        assert (await RunClient(server.url, http).give_feedback("run_1", thumb="up")).feedback_id == "fb_1"
    assert len(keys) == 2
    assert keys[0] == keys[1]


async def test_a_shared_run_is_looked_at_by_its_share(client: RunClient) -> None:
    run_id = await ended_run(client)
    share = await client.share(run_id)
    assert (share.run_id, await client.share(run_id)) == (run_id, share)
    assert share in await client.shares()
    own, shown = await client.run(run_id), await client.run(share.share_id)
    assert (shown.run_id, shown.session_id) == (share.share_id, "")
    assert (shown.view, shown.cursor, shown.question) == (own.view, own.cursor, own.question)
    header = parse_recording(await client.recording(share.share_id)).header
    assert (header.run_id, header.session_id) == (share.share_id, "")
    assert [item async for item in client.follow(share.share_id)] == [item async for item in client.follow(run_id)]
    frames = [frame async for frame in client.frames(share.share_id)]
    assert frames[-1].view.message == own.view.message
    for call in (
        client.cancel(share.share_id),
        client.delete_run(share.share_id),
        client.give_feedback(share.share_id, thumb="up"),
        client.share(share.share_id),
    ):
        problem = await refused(call)
        assert (problem.status, problem.slug) == (403, "share-is-read-only")
    await client.unshare(share.share_id)
    assert (await refused(client.run(share.share_id))).slug == "unknown-share"
    assert (await refused(client.unshare(share.share_id))).slug == "unknown-share"
    assert (await client.run(run_id)).ended


async def test_whoever_follows_a_withdrawn_share_is_told(client: RunClient) -> None:
    run_id = await running_run(client)
    share = await client.share(run_id)
    async with asyncio.timeout(60), aclosing(client.follow(share.share_id, START)) as items:
        await anext(items)
        await client.unshare(share.share_id)
        with pytest.raises(ProblemError) as caught:
            async for _ in items:
                pass
    assert caught.value.slug == "unknown-share"
    assert not (await client.run(run_id)).ended
    await client.cancel(run_id)


async def test_a_share_of_a_running_run_is_followed_to_its_end(client: RunClient) -> None:
    run_id = await running_run(client)
    share = await client.share(run_id)
    async with asyncio.timeout(60), aclosing(client.frames(share.share_id)) as frames:
        first = await anext(frames)
        assert not first.view.ended
        await client.cancel(run_id)
        last = [frame async for frame in frames][-1]
    assert (last.view.stream.outcome, last.view.message.question) == ("cancelled", "Wait")
    assert isinstance(parse_recording(await client.recording(share.share_id)).events[-1], DoneEvent)
