"""MCP servers that the operator names in a file of the usual form, ``{"mcpServers": {"name": {"command": …}}}``.

A server is a program (``command``, ``args``, ``env``, ``cwd``; over stdio) or an address (``url``, ``headers``;
streamable HTTP). ``approve`` (true, or a list of tools) makes a person approve calls before they run. ``${NAME}``
stands for a variable of the environment, ``${NAME:-text}`` for one that may be missing. Each tool is named after its
server, an underscore, and its own name. A started program keeps running for later runs.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from fastmcp.client import Client
from fastmcp.client.transports import ClientTransport, StdioTransport, StreamableHttpTransport
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.toolsets import AbstractToolset

from backend.agents.agent import AgentFailure
from backend.agents.model.approvals import ANSWER_S, CountedCalls, ServerRequests
from backend.agents.model.naming import ModelUnusableError
from backend.network.http_client import new_client

PATIENCE_S = 30.0
"""How long a server may take to start and to list its tools: some download themselves first."""

READ_S = 300.0
"""How long a server may be silent while a tool runs."""

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class _Described(BaseModel):
    """A server as its file describes it; fields that other programs keep in such a file are ignored."""

    model_config = ConfigDict(frozen=True)

    command: str | None = None
    args: tuple[str, ...] = ()
    env: dict[str, str] | None = None
    cwd: str | None = None
    url: str | None = None
    headers: dict[str, str] | None = None
    approve: bool | tuple[str, ...] = False
    """The tools that run only when a person approves the call: all, or these."""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True)

    mcpServers: dict[str, _Described]  # noqa: N815 - the name that such files have


@dataclass(frozen=True, slots=True)
class McpServer:
    """A server that can be started, by its name in the file."""

    name: str
    toolset: MCPToolset[Any]
    requests: ServerRequests
    approve: bool | tuple[str, ...] = False

    @property
    def tools(self) -> AbstractToolset[Any]:
        """Its tools, by names that no other server has."""
        counted = CountedCalls(self.toolset, self.requests)
        return counted.approval_required(lambda _, tool, __: self.needs_approval(tool.name)).prefixed(self.name)

    def needs_approval(self, tool: str) -> bool:
        """Whether a person has to approve calls of the tool of that name."""
        return self.approve if isinstance(self.approve, bool) else tool in self.approve


def servers_of(path: Path) -> list[McpServer]:
    """The servers of the file, none of them started. Raises ``ModelUnusableError`` for a file that cannot be used."""
    try:
        described = _File.model_validate_json(_with_variables(path.read_text("utf-8")))
        return [_server(name, server) for name, server in described.mcpServers.items()]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = f"{place}: {first['msg']}" if place else first["msg"]
    except OSError as error:
        raise ModelUnusableError(f"{path} cannot be read ({error.strerror}): name a file with --mcp.") from error
    except ValueError as error:
        reason = str(error)
    raise ModelUnusableError(f"{path} is not a file of MCP servers: {' '.join(reason.split()).rstrip('.')}.")


async def reachable(servers: Sequence[McpServer]) -> tuple[list[McpServer], list[str]]:
    """The servers that answer, and a sentence for each that does not."""
    answers = await asyncio.gather(*(_problem(server) for server in servers))
    usable = [server for server, problem in zip(servers, answers, strict=True) if problem is None]
    return usable, [problem for problem in answers if problem is not None]


@asynccontextmanager
async def started(servers: Sequence[McpServer]) -> AsyncIterator[None]:
    """Keep the connections to these servers open. Raises ``AgentFailure`` for the first that no longer answers."""
    async with AsyncExitStack() as stack:
        for server in servers:
            try:
                await stack.enter_async_context(server.toolset)
            except Exception as error:
                message = f"The MCP server {server.name!r} cannot be reached: {_reason(error)}."
                raise AgentFailure("mcp_unavailable", message, retryable=True) from error
        yield


async def _problem(server: McpServer) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE_S), server.toolset:
            await server.toolset.list_tools()
    except TimeoutError:
        reason = f"it did not answer within {PATIENCE_S:g} s"
    except Exception as error:  # noqa: BLE001 - a foreign program may fail in any way
        reason = _reason(error)
    else:
        return None
    return f"The MCP server {server.name!r} is left out: {reason}."


def _reason(error: Exception) -> str:
    return (" ".join(str(error).split())[:200] or type(error).__name__).rstrip(".")


def _server(name: str, described: _Described) -> McpServer:
    requests = ServerRequests(name)
    return McpServer(name, _toolset(name, described, requests), requests, described.approve)


def _toolset(name: str, server: _Described, requests: ServerRequests) -> MCPToolset[Any]:
    """The toolset of a server. The model sees an ``error`` of a tool; the tool is not called again."""
    transport: ClientTransport
    if server.command is not None:
        transport = StdioTransport(server.command, list(server.args), env=server.env, cwd=server.cwd)
    elif server.url is not None:
        transport = StreamableHttpTransport(server.url, headers=server.headers, httpx_client_factory=_http)
    else:
        raise ValueError(f"the server {name!r} has neither a command nor a url")
    client = Client(
        transport,
        # The protocol's newer form has no connection over which a server could ask a person.
        mode="legacy",
        timeout=READ_S + ANSWER_S,
        init_timeout=PATIENCE_S,
        elicitation_handler=requests.elicit,
    )
    return MCPToolset(client, id=name, tool_error_behavior="failed")


def _http(
    headers: dict[str, str] | None = None,
    timeout: httpx2.Timeout | None = None,
    auth: httpx2.Auth | None = None,
    follow_redirects: bool = True,
) -> httpx2.AsyncClient:
    """The client of one session, which closes it. fastmcp names these arguments."""
    return new_client(
        timeout=timeout or httpx2.Timeout(PATIENCE_S, read=READ_S),
        headers=headers,
        auth=auth,
        follow_redirects=follow_redirects,
    )


def _with_variables(text: str) -> str:
    def value(match: re.Match[str]) -> str:
        name, instead = match.groups()
        found = os.environ.get(name, instead)
        if found is None:
            raise ValueError(f"it names the variable {name}, which is not set")
        # The value is inside a JSON text.
        return found.replace("\\", "\\\\").replace('"', '\\"')

    return _VARIABLE.sub(value, text)
