"""The strips of runs that are listed: fetched and folded once for each run that is over."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from backend.desk.run_recording import RecordingCall, recording_of_run
from backend.present.pages.problem import Problem
from backend.present.strip.fold import strip_of
from backend.present.strip.model import StripModel

_KEPT: Final = 200
"""Strips of ended runs that are kept, a few kB each."""
_AT_ONCE: Final = 4
"""Recordings fetched at the same time: a list must not keep the backend from its runs."""


class RunStrips:
    """Strips for cards and rows, for one backend."""

    def __init__(self, client: RecordingCall) -> None:
        self._client = client
        self._kept: OrderedDict[str, StripModel] = OrderedDict()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def of(self, run_ids: Iterable[str]) -> dict[str, StripModel]:
        """The strips of these runs, as far as they have come; a run that cannot be loaded is left out."""
        names = list(dict.fromkeys(run_ids))
        strips = await asyncio.gather(*map(self._strip, names))
        return {name: strip for name, strip in zip(names, strips, strict=True) if strip is not None}

    async def _strip(self, run_id: str) -> StripModel | None:
        known = self._kept.get(run_id)
        if known is not None:
            self._kept.move_to_end(run_id)
            return known
        async with self._turns:
            found = await recording_of_run(self._client, run_id)
        if isinstance(found, Problem):
            return None
        strip = await asyncio.to_thread(strip_of, found.events)
        if strip.ended:
            self._kept[run_id] = strip
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return strip
