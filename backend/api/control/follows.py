"""The runs that one connection follows."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from starlette.websockets import WebSocketDisconnect

from backend.api.control.followed import FollowedRun
from backend.api.control.replies import ack
from backend.api.log_response import follow_from, while_shared
from backend.api.problems import RequestProblem
from backend.api.services import Services
from backend.api.shared_runs import pinned_run, share_id_of
from backend.protocol.cursor import Cursor
from backend.runs.store import UnknownRunError

_log = logging.getLogger(__name__)

MOST_FOLLOWED = 8
"""How many runs one connection may follow at once."""


class Follows:
    """Begins and ends to follow, within bounds. A share has one run, whose name is the share's id."""

    def __init__(
        self, services: Services, session_id: str, share_id: str | None, send: Callable[[str], Awaitable[None]]
    ) -> None:
        self._services = services
        self._session_id = session_id
        self._share_id = share_id
        self._send = send
        self._followed: dict[str, tuple[FollowedRun, asyncio.Task[None]]] = {}

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """What sends the events of the runs."""
        return [task for _, task in self._followed.values()]

    async def follow(self, run: str, after: Cursor, command_id: str) -> None:
        """Acknowledge, then send the run's events after the cursor; one that is followed already begins there anew.

        Raises a problem beyond the bound, and ``UnknownRunError``."""
        run_id = await self._run_id(run)
        await self.unfollow(run)
        if len(self._followed) >= MOST_FOLLOWED:
            sentence = f"A connection follows at most {MOST_FOLLOWED} runs: unfollow one first."
            raise RequestProblem(409, "too-many-followed", sentence)
        batches = await follow_from(self._services.store, run_id, after)
        await self._send(ack(command_id, {"run": run, "over": batches is None}))
        if batches is None:
            return
        if self._share_id is not None:
            batches = while_shared(self._services.store, self._share_id, batches)
        followed = FollowedRun(run, after, batches, self._services.supervisor.watching(run_id), self._send)
        task = asyncio.ensure_future(followed.carry())
        self._followed[run] = followed, task
        task.add_done_callback(lambda done: self._forget(run, followed, done))

    async def unfollow(self, run: str) -> None:
        """Send no more of the run."""
        found = self._followed.pop(run, None)
        if found is not None:
            found[1].cancel()
            await asyncio.gather(found[1], return_exceptions=True)

    async def reached(self, run: str, seq: int) -> None:
        """Return once the event of that ``seq`` was sent; at once where the run is not followed."""
        found = self._followed.get(run)
        if found is not None:
            await found[0].reached(seq)

    def behind(self) -> dict[str, int]:
        """How many events are still to come, for each run where some are."""
        return {run: followed.behind for run, (followed, _) in self._followed.items() if followed.behind}

    def cursors(self) -> dict[str, int]:
        """The ``seq`` of the last event that was sent of each run."""
        return {run: followed.sent_seq for run, (followed, _) in self._followed.items()}

    async def _run_id(self, run: str) -> str:
        if self._share_id is not None:
            if share_id_of(run) != share_id_of(self._share_id):
                raise UnknownRunError(run)
            return (await pinned_run(self._services.store, run)).run_id
        if (await self._services.store.record(run)).session_id != self._session_id:
            raise UnknownRunError(run)
        return run

    def _forget(self, run: str, followed: FollowedRun, task: asyncio.Task[None]) -> None:
        if run in self._followed and self._followed[run][0] is followed:
            del self._followed[run]
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, WebSocketDisconnect):
            _log.error("A run could not be followed over a control connection.", exc_info=error)
