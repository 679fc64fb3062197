"""A small MCP server over stdio, or over HTTP as ``app``: it adds, and it fails."""

from mcp.server import MCPServer

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


if __name__ == "__main__":
    server.run()
