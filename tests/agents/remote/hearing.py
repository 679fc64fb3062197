"""The remote agent asked once, and what it brought."""

from backend.agents.agent import AgentFailure, RunContext, RunRequest, Turn, Usage
from backend.agents.remote.agent import RemoteAgent
from backend.dialects.addresses import remote_address
from backend.dialects.registry import DIALECTS
from backend.protocol.events import Draft, TokenEvent, WarningEvent
from tests.fakes import VirtualClock

CHUNK = '{"choices": [{"index": 0, "delta": {"content": "%s"}, "finish_reason": %s}]}'


def chat(*texts: str, end: str = '"stop"', usage: bool = True) -> bytes:
    """A stream of chat completion chunks."""
    chunks = [CHUNK % (text, "null") for text in texts] + [CHUNK % ("", end)]
    if usage:
        chunks.append('{"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}')
    return "".join(f"data: {chunk}\n\n" for chunk in [*chunks, "[DONE]"]).encode()


class Heard:
    """What one run of the agent brought."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.usage: Usage | None = None
        self.failure: AgentFailure | None = None
        self.clock = VirtualClock()
        self.lives = 0

    @property
    def text(self) -> str:
        return "".join(draft.text for draft in self.drafts if isinstance(draft, TokenEvent))

    @property
    def warnings(self) -> list[str]:
        return [draft.code for draft in self.drafts if isinstance(draft, WarningEvent)]

    def keep(self, usage: Usage) -> None:
        self.usage = usage

    def live(self) -> None:
        self.lives += 1


async def hear(setting: str, *, key: str | None = None, history: tuple[Turn, ...] = ()) -> Heard:
    """Ask the agent at that address once."""
    heard = Heard()
    agent = RemoteAgent(remote_address(setting, DIALECTS), key)
    request = RunRequest("run_1", "Why?", history=history)
    try:
        async for draft in agent.run(request, RunContext(heard.clock, heard.keep, heard.live)):
            heard.drafts.append(draft)
    except AgentFailure as failure:
        heard.failure = failure
    return heard
