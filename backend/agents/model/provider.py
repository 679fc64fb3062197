"""Offers the agent ``model``, if the settings name one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backend.agents.agent import AgentEnvironment, AgentOffer, Progress, RunRequest, UnknownAgentError, refuse_variant
from backend.agents.documents.attached import ATTACHED_KINDS
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.library import Library
from backend.agents.model.agent import ModelAgent
from backend.agents.model.naming import ModelName, ensure_usable, searches_the_web
from backend.agents.model.steering import MODEL_STEERING
from backend.protocol.events import KnownEvent
from backend.protocol.file_kinds import PICTURES

if TYPE_CHECKING:
    import httpx2


class ModelProvider:
    """The one agent of this family; none if no model is named."""

    def __init__(
        self, model: str | None, library: Library, servers: Path | None = None, *, show_reasoning: bool = False
    ) -> None:
        """``model`` is ``PROVIDER:NAME``; ``servers`` a file of MCP servers. ``show_reasoning``: readers may see what
        the model thinks."""
        self._show_reasoning = show_reasoning
        self._setting = model
        self._library = library
        self._servers = servers
        self._agent: ModelAgent | None = None
        self._model: ModelName | None = None
        self._client: httpx2.AsyncClient | None = None
        self._sees = False

    @property
    def name(self) -> str:
        """``model``."""
        return "model"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """Do the slow imports, so that no run waits for them, and find out which MCP servers answer.

        The warnings name those that do not. Raises ``ModelUnusableError``, one sentence.
        """
        if self._setting is None:
            return ()
        model = ensure_usable(self._setting)
        progress(0, 0, f"loading what {model} needs")
        self._client = await in_thread(_shared_client)

        from backend.agents.model.endpoint import connect
        from backend.agents.model.loop import loop_of
        from backend.agents.model.tools.mcp import reachable, servers_of

        found = servers_of(self._servers) if self._servers else []
        servers, warnings = await reachable(found)
        tools = [server.tools for server in servers]
        connected = connect(model, self._client)
        # True also where pydantic-ai knows nothing of the model: its provider then says so.
        self._sees = bool(connected.profile.get("supports_image_input", True))
        loop = loop_of(connected, tools, web_search=searches_the_web())
        self._agent = ModelAgent(model, loop, self._library, servers, show_reasoning=self._show_reasoning)
        self._model = model
        return warnings

    async def offers(self) -> Sequence[AgentOffer]:
        """The agent, if there is one."""
        if self._model is None:
            return ()
        return [
            AgentOffer(
                agent="model",
                title=f"Model ({self._model.name})",
                description=f"{self._model} answers, with search in the documents, SQL over their tables and charts "
                "as its tools. Your questions, the tools' results and attached files are sent to it.",
                steerable=MODEL_STEERING,
                file_kinds=(*ATTACHED_KINDS, *(PICTURES if self._sees else ())),
            )
        ]

    async def open(self, variant: str) -> ModelAgent:
        """The agent. Raises ``UnknownAgentError`` for any variant, or if no model is named."""
        refuse_variant(self.name, variant)
        if self._agent is None:
            raise UnknownAgentError("No model is named: start the server with --model PROVIDER:NAME.")
        return self._agent

    async def close(self) -> None:
        """Close the connections to the provider. A server never calls this: they end with the process."""
        if self._client is not None:
            await self._client.aclose()

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """None: nobody knows the answer in advance."""
        return None


def _shared_client() -> "httpx2.AsyncClient":
    """Do the slow imports, and make the HTTP client for all runs."""
    import backend.agents.model.loop
    import backend.agents.model.tools.mcp  # noqa: F401
    from backend.agents.model.connection import new_client

    return new_client()


def provide(environment: AgentEnvironment) -> ModelProvider:
    """Entry point of ``playhead.agents``."""
    settings = environment.settings
    show_reasoning = settings.show_reasoning
    return ModelProvider(settings.model, Library.of(settings), settings.mcp, show_reasoning=show_reasoning)
