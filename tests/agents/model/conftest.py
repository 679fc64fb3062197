"""A model agent whose provider is a scripted server on loopback, and a library of documents for its tools.

Importing pydantic-ai takes seconds, so it is imported once, and no test patches it.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from backend.agents.agent import AgentFailure, ConversationFiles, RunContext, RunRequest, Turn, Usage
from backend.agents.documents.library import SAMPLE, Library
from backend.agents.model.agent import ModelAgent
from backend.agents.model.connection import new_client
from backend.agents.model.endpoint import connect
from backend.agents.model.loop import loop_of
from backend.agents.model.naming import model_name, searches_the_web
from backend.agents.model.tools.mcp import McpServer
from backend.agents.person import People
from backend.protocol.events import Draft, ErrorEvent
from tests.agents.documents.asking import NO_FILES, Told
from tests.agents.model.scripted_provider import Reply, ScriptedProvider
from tests.fakes import VirtualClock
from tests.live_server import LiveServer

KEY = "sk-a-key-that-nobody-may-see"


@dataclass(frozen=True)
class Heard(Told):
    """All of one run: its drafts, the usage it reported, and the failure it ended by."""

    usage: Usage = field(default_factory=dict)
    failure: AgentFailure | None = None
    waited_s: float = 0.0
    lives: int = 0
    """How often it said that it is at work."""

    @property
    def failed_with(self) -> str:
        """The failure's sentence."""
        assert self.failure is not None, "the run ended well"
        return self.failure.message


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The bundled notes on NVIDIA's filings."""
    library = Library(SAMPLE, tmp_path_factory.mktemp("library"))
    library.refresh()
    yield library
    library.close()


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[ScriptedProvider, str]]:
    """The provider, and its address."""
    provider = ScriptedProvider()
    with LiveServer(provider) as server:
        yield provider, server.url


@pytest.fixture
def provider(served: tuple[ScriptedProvider, str], monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
    """The provider, named in the environment under every provider's variable."""
    scripted, url = served
    scripted.script()
    for name, value in {
        "OPENAI_BASE_URL": f"{url}/v1",
        "OLLAMA_BASE_URL": f"{url}/v1",
        "ANTHROPIC_BASE_URL": url,
        "GOOGLE_GEMINI_BASE_URL": url,
        "OPENAI_API_KEY": KEY,
        "ANTHROPIC_API_KEY": KEY,
        "GOOGLE_API_KEY": KEY,
    }.items():
        monkeypatch.setenv(name, value)
    return scripted


MakeAgent = Callable[..., ModelAgent]


@pytest_asyncio.fixture
async def agent_of(library: Library) -> AsyncIterator[MakeAgent]:
    """Makes an agent for ``PROVIDER:NAME``; its line to the provider is closed after the test."""
    async with new_client() as line:

        def make(
            setting: str,
            servers: Sequence[McpServer] = (),
            own_library: Library | None = None,
            *,
            show_reasoning: bool = False,
        ) -> ModelAgent:
            name = model_name(setting)
            tools = [server.tools for server in servers]
            loop = loop_of(connect(name, line), tools, web_search=searches_the_web())
            return ModelAgent(name, loop, own_library or library, servers, show_reasoning=show_reasoning)

        yield make


@dataclass(frozen=True)
class Talk:
    """Asks an agent, with the provider's script for it."""

    provider: ScriptedProvider
    agent_of: MakeAgent

    async def __call__(
        self,
        setting: str,
        *replies: Reply | bytes,
        question: str = "What was gaming revenue?",
        history: tuple[Turn, ...] = (),
        servers: Sequence[McpServer] = (),
        library: Library | None = None,
        files: ConversationFiles = NO_FILES,
        people: People | None = None,
    ) -> Heard:
        """Every draft of one run, and how it ended."""
        if replies:
            self.provider.script(*replies)
        return await hear(self.agent_of(setting, servers, library), question, history, files, people)


async def hear(
    agent: ModelAgent,
    question: str = "What was gaming revenue?",
    history: tuple[Turn, ...] = (),
    files: ConversationFiles = NO_FILES,
    people: People | None = None,
) -> Heard:
    """Ask, on a clock on which waiting takes no time."""
    clock = VirtualClock()
    drafts: list[Draft] = []
    usage: dict[str, Any] = {}
    lives: list[int] = []
    failure: AgentFailure | None = None
    told = agent.run(
        RunRequest("run", question, history=history),
        RunContext(clock, usage.update, lambda: lives.append(1), files=files, people=people or People()),
    )
    try:
        # One by one, so that what came before a failure is kept.
        while (draft := await anext(told, None)) is not None:
            drafts.append(draft)
    except AgentFailure as error:
        failure = error
    assert not any(isinstance(draft, ErrorEvent) for draft in drafts)
    return Heard(drafts, usage, failure, clock.now(), len(lives))


@pytest.fixture
def talk(provider: ScriptedProvider, agent_of: MakeAgent) -> Talk:
    """Asks an agent, with a script for its provider."""
    return Talk(provider, agent_of)


@pytest.fixture
def tables_folder(tmp_path: Path) -> Path:
    """A folder with one table and a note."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "sales.csv").write_text("quarter,region,amount\nQ1,North,10\nQ1,South,4\nQ2,North,12\nQ2,South,5\n")
    (folder / "note.md").write_text("# Sales\n\nSales are counted in thousands of euros.\n")
    return folder
