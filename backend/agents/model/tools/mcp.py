"""MCP servers that the operator names in a file of the usual form, ``{"mcpServers": {"name": {"command": …}}}``.

A server is a program (``command``, ``args``, ``env``: spoken to over stdio) or an address (``url``, ``headers``:
streamable HTTP). ``${NAME}`` stands for a variable of the environment. Each server's tools go by its name and an
underscore before their own.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_ai.mcp import load_mcp_toolsets
from pydantic_ai.toolsets import AbstractToolset

from backend.agents.model.naming import ModelUnusableError

PATIENCE_S = 15.0
"""How long a server may take to say which tools it has."""


def toolsets_of(path: Path) -> list[AbstractToolset[Any]]:
    """The servers of the file, none of them started. Raises ``ModelUnusableError`` for a file that cannot be used."""
    try:
        return load_mcp_toolsets(path)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ModelUnusableError(f"{path} is no file of MCP servers: {place}: {first['msg']}.") from error
    except OSError as error:
        reason = error.strerror or error
        raise ModelUnusableError(f"{path} cannot be read ({reason}): name a file with --mcp.") from error
    except ValueError as error:
        raise ModelUnusableError(f"{path} is no file of MCP servers: {error}.") from error


async def reachable(toolsets: Sequence[AbstractToolset[Any]]) -> tuple[list[AbstractToolset[Any]], list[str]]:
    """The servers that answer, and a sentence on each that does not."""
    answers = await asyncio.gather(*(_problem(toolset) for toolset in toolsets))
    usable = [toolset for toolset, problem in zip(toolsets, answers, strict=True) if problem is None]
    return usable, [problem for problem in answers if problem is not None]


async def _problem(toolset: AbstractToolset[Any]) -> str | None:
    inner: Any = getattr(toolset, "wrapped", toolset)
    try:
        async with asyncio.timeout(PATIENCE_S):
            async with toolset:
                await inner.list_tools()
    except TimeoutError:
        reason = f"it did not answer within {PATIENCE_S:g} s"
    except Exception as error:  # noqa: BLE001 - a foreign program may fail in any way
        reason = " ".join(str(error).split())[:200] or type(error).__name__
    else:
        return None
    return f"The MCP server {inner.id!r} is left out: {reason.rstrip('.')}."
