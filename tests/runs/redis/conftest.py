"""Deployments of this room's tests."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from backend.runs.redis.keys import Keys
from tests.redis_server import RedisServer
from tests.runs.redis.nodes import Node

_deployments = itertools.count()

MakeNode = Callable[..., Awaitable[Node]]


@pytest.fixture
async def make_node(redis_server: RedisServer) -> AsyncIterator[MakeNode]:
    """Makes nodes of one deployment, open until the end of the test."""
    keys = Keys(f"nodes-{next(_deployments)}")
    async with AsyncExitStack() as stack:

        async def make(*, takes_runs: bool = False) -> Node:
            node = await Node(redis_server.url, keys, takes_runs).open()
            stack.push_async_callback(node.close)
            return node

        yield make
