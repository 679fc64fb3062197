"""pydantic-ai's agent for a model: its instructions, its tools, and what watches its requests.

Importing this takes seconds; the provider does so once, while it prepares.
"""

from collections.abc import Sequence
from typing import Any

from pydantic_ai import Agent
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.toolsets import AbstractToolset, FunctionToolset

from backend.agents.model.instructions import INSTRUCTIONS
from backend.agents.model.requests import Requests
from backend.agents.model.tools.chart import draw_chart
from backend.agents.model.tools.documents import search_documents
from backend.agents.model.tools.tables import list_tables, query_table
from backend.agents.model.work import Work

TOOL_RETRIES = 3
"""How often the model may mend the arguments of one tool."""


def loop_of(model: Model[Any], servers: Sequence[AbstractToolset[Any]] = ()) -> Agent[Work, str | None]:
    """The agent. The provider's package never retries by itself: retries are told to the reader (``requests``)."""
    own = FunctionToolset[Work]([search_documents, list_tables, query_table, draw_chart])
    return Agent(
        model,
        # An answer may be empty: the model is not asked again for it.
        output_type=[str, type(None)],
        deps_type=Work,
        instructions=INSTRUCTIONS,
        model_settings=ModelSettings(max_retries=0),
        retries=TOOL_RETRIES,
        toolsets=[own, *servers],
        capabilities=[Requests()],
        name="model",
    )
