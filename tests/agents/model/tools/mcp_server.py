"""A small MCP server over stdio, or over HTTP as ``app``: it adds, it fails, and it asks."""

from mcp.server import MCPServer
from mcp.server.mcpserver import AcceptedElicitation, Context
from pydantic import BaseModel

server = MCPServer("arithmetic")


@server.tool()
def add(one: int, other: int) -> int:
    """Add two numbers."""
    return one + other


@server.tool()
def fail() -> str:
    """Fail."""
    message = "the abacus is broken"
    raise ValueError(message)


class Amount(BaseModel):
    """What is asked for."""

    amount: int


@server.tool()
async def book(ctx: Context) -> str:
    """Book an amount, which a person is asked for."""
    given = await ctx.elicit("How much?", Amount)
    return f"booked {given.data.amount}" if isinstance(given, AcceptedElicitation) else f"nothing ({given.action})"


if __name__ == "__main__":
    server.run()
