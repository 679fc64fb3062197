"""Channels for tests of the desk: every command goes over the backend that the test has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backend.desk.control_channels import ControlCalls


class WithoutChannels:
    """Implements ``Channels``. ``backend`` implements as many of the ``ControlCalls`` as the test needs."""

    def __init__(self, backend: Any) -> None:
        self._calls: ControlCalls = backend

    def calls(self, session_id: str) -> ControlCalls:
        return self._calls

    @asynccontextmanager
    async def kept_open(self, session_id: str) -> AsyncIterator[None]:
        yield
