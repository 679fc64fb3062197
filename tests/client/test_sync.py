"""The face for threads: the same frames, a turn for the thread while nothing comes, and no thread left behind."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend.client import BackendGone, Frame, ProblemError
from backend.client.background import Background
from backend.client.sync import FrameSlot, SyncRunClient
from backend.protocol.events import DoneEvent, KnownEvent, TokenEvent, stamp
from backend.protocol.run_view import RunView
from tests.client.raw_server import STREAM_HEAD, Handler, RawServer, Request, answer, frames_of, raw_server

pytestmark = pytest.mark.server

DRAFTS: list[KnownEvent] = [*(TokenEvent(text=f"word{index} ") for index in range(20)), DoneEvent()]
RUN: list[KnownEvent] = [stamp(event, seq, seq * 10.0) for seq, event in enumerate(DRAFTS, 1)]


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def serve(background: Background) -> Iterator[Callable[[Handler], RawServer]]:
    contexts: list[Any] = []

    def start(handler: Handler) -> RawServer:
        context = raw_server(handler)
        contexts.append(context)
        return background.call(context.__aenter__())

    yield start
    for context in contexts:
        background.call(context.__aexit__(None, None, None))


async def whole(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(STREAM_HEAD + b"".join(frames_of(RUN)[request.after :]))


async def silent(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def test_the_frames_of_a_run(serve: Callable[[Handler], RawServer], background: Background) -> None:
    client = SyncRunClient(serve(whole).url, background)
    frames = list(client.frames_sync("run-1", question="q"))
    assert frames[-1].view.ended
    assert frames[-1].view.message.answer == "".join(f"word{index} " for index in range(20))


def test_the_thread_gets_its_turn_before_the_backend_answers(
    serve: Callable[[Handler], RawServer], background: Background
) -> None:
    server = serve(silent)
    frames = SyncRunClient(server.url, background).frames_sync("run-1", tick_s=0.01)
    assert [next(frames).view.stream.phase for _ in range(3)] == ["connecting"] * 3
    frames.close()
    background.call(asyncio.wait_for(server.left.wait(), 30))


def test_leaving_the_loop_closes_the_connection(serve: Callable[[Handler], RawServer], background: Background) -> None:
    async def first_only(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + frames_of(RUN)[0])
        await writer.drain()
        await asyncio.Event().wait()

    server = serve(first_only)
    for frame in SyncRunClient(server.url, background).frames_sync("run-1", question="q"):
        if frame.view.message.answer:
            break
    background.call(asyncio.wait_for(server.left.wait(), 30))


def test_errors_reach_the_thread(serve: Callable[[Handler], RawServer], background: Background) -> None:
    async def missing(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("404 Not Found", b'{"type": "unknown-run", "detail": "There is no such run."}'))

    client = SyncRunClient(serve(missing).url, background)
    with pytest.raises(ProblemError, match="There is no such run"):
        list(client.frames_sync("run-1"))
    with pytest.raises(ProblemError, match="There is no such run"):
        client.cancel("run-1")


def test_nobody_there(background: Background) -> None:
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        port = placeholder.getsockname()[1]
    client = SyncRunClient(f"http://127.0.0.1:{port}", background)
    with pytest.raises(BackendGone, match="Nobody answers"):
        client.agents()
    with pytest.raises(BackendGone, match="Gave up"):
        list(client.frames_sync("run-1", question="q", give_up_after_s=0.1))


def test_a_frame_not_taken_is_replaced_and_its_urgency_kept() -> None:
    slot = FrameSlot()
    views = [RunView.start(str(number)) for number in range(3)]
    for view, urgent in zip(views, (False, True, False), strict=True):
        slot.put(Frame(view, 0.0, urgent))
    frame, closed = slot.take(0)
    assert frame is not None
    assert frame.view is views[2]
    assert frame.urgent
    assert not closed
    assert slot.take(0) == (None, False)
    slot.close()
    assert slot.take(60) == (None, True)


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    made = Background()
    made.close()
    assert threading.active_count() == before


def test_one_background_for_the_process() -> None:
    assert Background.shared() is Background.shared()
