"""A run that is let go closes its line to the provider at once."""

import asyncio
from collections.abc import AsyncGenerator
from typing import cast

import pytest

from backend.agents.agent import RunContext, RunRequest
from backend.protocol.events import Draft, TokenEvent
from tests.agents.model.conftest import MakeAgent
from tests.agents.model.scripted_provider import Reply, ScriptedProvider
from tests.agents.model.wire import ANTHROPIC, CHAT, GEMINI, anthropic, chat, gemini, said, text_block

PATIENCE_S = 30.0
OPEN = {
    CHAT: Reply(chat(*said("Well"), finish=None), then="hold"),
    ANTHROPIC: Reply(anthropic(text_block("Well"), stop=None), then="hold"),
    GEMINI: Reply(gemini({"text": "Well"}, finish=None), then="hold"),
}


@pytest.mark.parametrize("setting", [CHAT, ANTHROPIC, GEMINI])
async def test_closing_the_run_closes_the_provider_s_stream(
    provider: ScriptedProvider, agent_of: MakeAgent, setting: str
) -> None:
    provider.script(OPEN[setting])
    run = agent_of(setting).run(RunRequest("run", "Hello?"), RunContext())
    drafts = cast("AsyncGenerator[Draft, None]", run)
    async for draft in drafts:
        if isinstance(draft, TokenEvent):
            break
    assert not provider.gone.is_set()

    await drafts.aclose()

    assert await asyncio.to_thread(provider.gone.wait, PATIENCE_S)


async def test_cancelling_the_task_closes_it_before_anything_came(
    provider: ScriptedProvider, agent_of: MakeAgent
) -> None:
    provider.script(Reply(then="hold"))
    agent = agent_of(CHAT)

    async def run() -> None:
        async for _ in agent.run(RunRequest("run", "Hello?"), RunContext()):
            pass

    task = asyncio.create_task(run())
    assert await asyncio.to_thread(provider.reached.wait, PATIENCE_S)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await asyncio.to_thread(provider.gone.wait, PATIENCE_S)
