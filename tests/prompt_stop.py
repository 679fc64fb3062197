"""A uvicorn of the tests that stops at once when it is asked to: many hundred of them are started and stopped.

uvicorn looks ten times a second whether it should stop, and gives its connections a tenth of a second where it has none
as well. Where it has some, they are ended as ever.
"""

import asyncio
import socket
from contextlib import suppress

import uvicorn


class PromptStop(uvicorn.Server):
    """To be mixed into a server class, as its last base. ``tell_to_stop`` may be called from every thread."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()
        self._served_by: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._served_by = asyncio.get_running_loop()
        await super().startup(sockets)

    def tell_to_stop(self) -> None:
        """Have it stop, as a signal would; harmless where it has ended."""
        self.should_exit = True
        if self._served_by is not None:
            # The loop is closed once it has ended.
            with suppress(RuntimeError):
                self._served_by.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        ticking, told = asyncio.ensure_future(super().main_loop()), asyncio.ensure_future(self._told.wait())
        await asyncio.wait({ticking, told}, return_when=asyncio.FIRST_COMPLETED)
        for task in (ticking, told):
            task.cancel()
        await asyncio.wait({ticking, told})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for each in sockets or ():
            each.close()
        for server in self.servers:
            await server.wait_closed()
        await self.lifespan.shutdown()
