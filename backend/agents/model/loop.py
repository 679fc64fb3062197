"""pydantic-ai's agent for a model: its instructions, its tools, and the observer of its requests.

Importing this takes seconds; the provider does so once, during its preparation.
"""

from collections.abc import Sequence
from typing import Any

from pydantic_ai import Agent
from pydantic_ai.capabilities import HandleDeferredToolCalls, WebSearch
from pydantic_ai.models import Model
from pydantic_ai.native_tools import WebSearchTool
from pydantic_ai.settings import ModelSettings
from pydantic_ai.toolsets import AbstractToolset, FunctionToolset

from backend.agents.model.approvals import approve_calls
from backend.agents.model.instructions import INSTRUCTIONS, ON_THE_WEB
from backend.agents.model.naming import SEARCH_VARIABLE, ModelUnusableError
from backend.agents.model.requests import Requests
from backend.agents.model.tools.chart import draw_chart
from backend.agents.model.tools.documents import search_documents
from backend.agents.model.tools.figures import read_figures
from backend.agents.model.tools.tables import list_tables, query_table
from backend.agents.model.work import Work

TOOL_RETRIES = 3
"""How often the model may correct the arguments of one tool."""


def loop_of(
    model: Model[Any], servers: Sequence[AbstractToolset[Any]] = (), *, web_search: bool = False
) -> Agent[Work, str | None]:
    """The agent. The provider's package never retries by itself: the reader sees every retry (``requests``).

    With ``web_search`` the provider may search the web itself. Raises ``ModelUnusableError`` if it cannot.
    """
    if web_search and not _can_search(model):
        raise ModelUnusableError(
            f"{model.model_name} cannot search the web together with Playhead's tools: unset {SEARCH_VARIABLE}, or "
            "name another model, such as openai-responses:NAME or anthropic:NAME."
        )
    own = FunctionToolset[Work]([search_documents, read_figures, list_tables, query_table, draw_chart])
    return Agent(
        model,
        # An answer may be empty: the model is not asked again for it.
        output_type=[str, type(None)],
        deps_type=Work,
        instructions=INSTRUCTIONS + (ON_THE_WEB if web_search else ""),
        model_settings=ModelSettings(max_retries=0),
        retries=TOOL_RETRIES,
        toolsets=[own, *servers],
        capabilities=[
            Requests(),
            HandleDeferredToolCalls[Work](approve_calls),
            *([WebSearch[Work]()] if web_search else []),
        ],
        name="model",
    )


def _can_search(model: Model[Any]) -> bool:
    """True if the provider can search the web for the model. Gemini before 3 can, but not together with Playhead's
    tools."""
    known = model.profile
    return WebSearchTool in known.get("supported_native_tools", ()) and bool(
        known.get("google_supports_tool_combination", True)
    )
