"""What the remote agent does not do: wait for ever, ask twice for nothing, or tell a server what is not its own."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from backend.agents.agent import AgentFailure, RunContext, RunRequest, Turn
from backend.agents.remote.agent import RemoteAgent
from backend.agents.remote.answers import MOST_WAIT_S
from backend.dialects.addresses import AddressError, remote_address, remote_key
from backend.dialects.registry import DIALECTS
from backend.protocol.events import StatusEvent, WarningEvent
from tests.agents.model.scripted_provider import Reply, ScriptedProvider, error
from tests.agents.remote.hearing import chat, hear

HISTORY = (Turn("Before?", "Yes."), Turn("Unanswered?", ""))
NATIVE = b'event: token\ndata: {"text": "Ours."}\n\nevent: done\ndata: {"outcome": "completed"}\n\n'


async def test_a_server_that_holds_the_line_behind_its_end_is_left(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(Reply(chat("Yes."), then="hold"))
    heard = await hear(f"openai-chat:{url}")
    assert (heard.text, heard.failure) == ("Yes.", None)
    assert await asyncio.to_thread(provider.gone.wait, 30)


async def test_a_connection_without_an_answer_is_a_sentence() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        heard = await hear(f"openai-chat:http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert heard.failure is not None
    assert "closed the connection without an answer: look at its log." in heard.failure.message
    assert heard.failure.retryable


@pytest.mark.parametrize(
    "wait", ["600", format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)], ids=["seconds", "a date"]
)
async def test_a_long_wait_is_told_and_not_kept(served: tuple[ScriptedProvider, str], wait: str) -> None:
    provider, url = served
    provider.script(error(429, {"error": {"message": "slow down"}}, retry_after=wait), chat("Yes."))
    heard = await hear(f"openai-chat:{url}")
    assert heard.failure is not None
    assert "too many requests (429): try again in " in heard.failure.message
    assert (heard.warnings, heard.clock.now(), len(provider.asked)) == ([], 0, 1)


async def test_a_wait_until_a_moment_that_is_over_is_none(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    gone = format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True)
    provider.script(error(429, {}, retry_after=gone), error(429, {}, retry_after="next week"), chat("Yes."))
    heard = await hear(f"openai-chat:{url}")
    assert (heard.text, heard.warnings) == ("Yes.", ["remote_retry", "remote_retry"])
    assert heard.clock.now() == 2 < MOST_WAIT_S


@pytest.mark.parametrize("status", [500, 502, 504, 408])
async def test_a_question_that_may_have_been_taken_is_not_asked_again(
    served: tuple[ScriptedProvider, str], status: int
) -> None:
    provider, url = served
    provider.script(error(status, {}), chat("Yes."))
    heard = await hear(f"openai-chat:{url}")
    assert heard.failure is not None
    assert heard.failure.retryable
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    "dialect", ["openai-chat", "openai-responses", "anthropic", "gemini", "ag-ui", "ai-sdk", "native"]
)
async def test_the_run_s_id_opens_the_run_and_stays_here(served: tuple[ScriptedProvider, str], dialect: str) -> None:
    provider, url = served
    provider.script(b"data: {}\n\n")
    agent = RemoteAgent(remote_address(f"{dialect}:{url}/agent", DIALECTS))
    with pytest.raises(AgentFailure, match=f"did not send a stream of {dialect}"):
        async for _ in agent.run(RunRequest("run_secret", "Why?", history=HISTORY), RunContext()):
            pass
    (request,) = provider.asked
    assert "run_secret" not in json.dumps([request.path, dict(request.headers), request.body])
    assert "Why?" in json.dumps(request.body)
    assert "Unanswered?" not in json.dumps(request.body)


async def test_a_key_that_a_server_repeats_is_not_shown(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(error(401, {"error": {"message": "no such key:\n k3y-of-theirs " + "x" * 900}}))
    heard = await hear(f"openai-chat:{url}", key="k3y-of-theirs")
    assert heard.failure is not None
    assert "It says: no such key: … x" in heard.failure.message
    assert len(heard.failure.message) < 500
    assert "k3y" not in heard.failure.message


async def test_an_agent_that_cannot_be_told_what_was_before_is_named(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(NATIVE, NATIVE)
    alone = await hear(f"native:{url}")
    assert (alone.text, alone.warnings, alone.failure) == ("Ours.", [], None)
    heard = await hear(f"native:{url}", history=HISTORY)
    assert heard.failure is None
    last = heard.drafts[-1]
    assert isinstance(last, WarningEvent)
    assert last.message == "Not shown: earlier turns, which this agent does not receive (2)."


async def test_a_watcher_sees_at_once_who_is_asked(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(Reply(then="hold"))
    drafts = RemoteAgent(remote_address(f"openai-chat:{url}", DIALECTS)).run(RunRequest("run_1", "Why?"), RunContext())
    first = await anext(drafts)
    assert isinstance(first, StatusEvent)
    assert (first.step, first.state) == ("connecting", "started")
    assert url.removeprefix("http://") in (first.label or "")
    assert not provider.reached.is_set(), "before anything is sent"
    await drafts.aclose()  # type: ignore[attr-defined]


def test_a_key_that_no_header_carries_is_refused() -> None:
    assert remote_key(None) is None
    assert remote_key("  \n") is None
    assert remote_key(" k3y\n") == "k3y"
    for wrong in ("k3y\r\nX-Other: 1", "schlüssel"):
        with pytest.raises(AddressError, match="PLAYHEAD_REMOTE_KEY contains a character"):
            remote_key(wrong)
    for url in ("http://127.0.0.1:9/a b", "http://127.0.0.1:9/ä", "http://127.0.0.1:9/a\r\nb"):
        with pytest.raises(AddressError, match="is not an address"):
            remote_address(f"ag-ui:{url}", DIALECTS)
