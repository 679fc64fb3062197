"""`playhead ask` on a real terminal: live steps, Ctrl-C once, Ctrl-C twice."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest

from backend.client.background import Background
from backend.protocol.events import KnownEvent, StatusEvent, TokenEvent, stamp
from tests.client.raw_server import STREAM_HEAD, RawServer, Request, answer, frames_of, raw_server
from tests.commands.terminal_process import CTRL_C, TerminalProcess

pytestmark = pytest.mark.server


def test_a_whole_run_leaves_everything_on_the_terminal_once(backend_url: str) -> None:
    arguments = ["Show me", "--agent", "scripted:happy_path", "--url", backend_url, "--speed", "4"]
    with TerminalProcess("ask", *arguments) as terminal:
        code, text = terminal.finish()
    assert code == 0
    assert "Ctrl-C stops" not in text
    for part in ("✓ Searching", "✓ Writing the answer", "Sources", "Before you rely on this", "Completed  first token"):
        assert text.count(part) == 1, text
    assert "[1]" in text


def test_ctrl_c_stops_the_run_and_keeps_the_partial_answer(backend_url: str) -> None:
    arguments = ["Show me", "--agent", "scripted:long_answer", "--url", backend_url, "--speed", "0.3"]
    with TerminalProcess("ask", *arguments) as terminal:
        terminal.wait_for("This account follows")
        terminal.type(CTRL_C)
        code, text = terminal.finish()
    assert code == 130
    assert "This account follows" in text
    assert "Stopped  first token" in text
    assert "Traceback" not in text
    with httpx2.Client(base_url=backend_url, trust_env=False) as http:
        session = http.get("/v1/sessions").json()["sessions"][0]["session_id"]
        assert http.get(f"/v1/sessions/{session}").json()["runs"][-1]["outcome"] == "cancelled"


@pytest.fixture
def endless() -> Iterator[RawServer]:
    """A backend whose run never ends, whoever asks for it."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path.endswith("/events"):
            drafts: list[KnownEvent] = [StatusEvent(step_id="a", step="retrieving"), TokenEvent(text="Half an answer")]
            events = [stamp(draft, seq, 10.0 * seq) for seq, draft in enumerate(drafts, 1)]
            writer.write(STREAM_HEAD + b"".join(frames_of(events)))
            await writer.drain()
            await asyncio.Event().wait()
        elif request.path.endswith("/cancel"):
            writer.write(answer("202 Accepted", b"{}"))
        else:
            writer.write(answer("201 Created", b'{"run_id": "run_1", "session_id": "ses_1"}'))

    background = Background()
    context = raw_server(handler)
    yield background.call(context.__aenter__())
    background.call(context.__aexit__(None, None, None))
    background.close()


def test_live_steps_and_a_second_ctrl_c_that_leaves_at_once(endless: RawServer) -> None:
    with TerminalProcess("ask", "Show me", "--url", endless.url) as terminal:
        live = terminal.wait_for("Half an answer")
        assert "• Searching the documents" in live
        assert "Working" in live
        assert "Ctrl-C stops" in live
        terminal.type(CTRL_C)
        terminal.wait_for("Stopping (Ctrl-C again leaves at once)")
        assert [request.path for request in endless.requests][-1] == "/v1/runs/run_1/cancel"
        terminal.type(CTRL_C)
        code, text = terminal.finish()
    assert code == 130
    assert "Half an answer" in text
    assert "The run has no end" in text
    assert "Traceback" not in text


def test_requests_are_answered_at_the_prompt_and_a_value_that_does_not_fit_is_asked_again(backend_url: str) -> None:
    arguments = ["Book", "--agent", "scripted:form", "--url", backend_url, "--speed", "4"]
    with TerminalProcess("ask", *arguments) as terminal:
        terminal.wait_for("What shall I book?")
        terminal.wait_for("JSON (empty = decline)")
        terminal.type('{"guests": 99, "day": "Friday"}\n')
        terminal.wait_for("99 is greater than the maximum of 12")
        terminal.type('{"guests": 5, "day": "Friday"}\n')
        code, text = terminal.finish()
    assert code == 0
    assert "Booked: Friday, 5 guests." in text
    assert "Traceback" not in text
