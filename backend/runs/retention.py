"""What a server keeps: the oldest ended runs go once they are too old, or once everything is too large.

A run that is shared, has feedback, is under way, or whose conversation has a run under way stays.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from backend.runs.file_library import FileLibrary
from backend.runs.records import RunRecord
from backend.runs.run_counts import RunCounts
from backend.runs.store import StoreError

LOOK_EVERY_S: Final = 3600.0
"""How often a server looks for runs to remove."""

MOST_NAMED: Final = 20
"""How many runs a line of the log names."""

_BATCH = 50

_log = logging.getLogger(__name__)


class RetentionStore(Protocol):
    """A store that can remove runs by their age."""

    async def remove_oldest(self, before: str | None, limit: int) -> Sequence[RunRecord]:
        """Delete the oldest ended runs, at most ``limit``: only those that were asked before that moment (ISO 8601),
        where one is given. Runs with a share or feedback stay, and those of a conversation with a run under way. Gives
        what was deleted. Raises ``StoreError``."""
        ...

    async def kept_bytes(self) -> int:
        """How much everything takes: runs, their events and the attached files. Raises ``StoreError``."""
        ...


@dataclass(frozen=True, slots=True)
class KeptAmount:
    """What the operator allows; None = no limit."""

    days: float | None = None
    size: int | None = None
    """In bytes."""


TakeTurn = Callable[[Callable[[], Awaitable[object]]], Awaitable[None]]
"""Does some work when it may be done."""


async def at_once(work: Callable[[], Awaitable[object]]) -> None:
    """The turn of a server that has its store for itself."""
    await work()


class Retention:
    """Removes what is too much, at the start and from time to time."""

    def __init__(self, store: RetentionStore, files: FileLibrary, amount: KeptAmount, counts: RunCounts) -> None:
        self._store = store
        self._files = files
        self._amount = amount
        self._counts = counts

    async def apply(self) -> list[str]:
        """Remove what is too much now; gives the ids of the runs. Raises ``StoreError``."""
        removed: list[str] = []
        if self._amount.days is not None:
            oldest = (datetime.now(UTC) - timedelta(days=self._amount.days)).isoformat(timespec="milliseconds")
            while found := await self._remove(oldest, _BATCH):
                removed += found
        size = self._amount.size
        if size is not None:
            while (kept := await self._store.kept_bytes()) > size:
                # One by one, so that no run goes that could stay.
                found = await self._remove(None, 1)
                if not found:
                    _log.warning("%s bytes are kept, more than --keep-bytes: the rest is shared or has feedback.", kept)
                    break
                removed += found
        if removed:
            more = f" and {len(removed) - MOST_NAMED} more" if len(removed) > MOST_NAMED else ""
            _log.warning("Runs that are no longer kept were removed: %s%s.", ", ".join(removed[:MOST_NAMED]), more)
        return removed

    async def apply_forever(self, take_turn: TakeTurn = at_once) -> None:
        """``apply`` at once and from time to time; where nothing is limited, do nothing. ``take_turn`` is called with
        ``apply``, where several servers share a store."""
        while self._amount != KeptAmount():
            try:
                await take_turn(self.apply)
            except StoreError as error:
                _log.warning("Runs that are no longer kept could not be removed: %s", str(error))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _remove(self, before: str | None, limit: int) -> list[str]:
        records = await self._store.remove_oldest(before, limit)
        for record in records:
            fields = {"run_id": record.run_id, "asked_at": record.created_at}
            _log.info("A run that is no longer kept was removed.", extra={"fields": fields})
            await self._files.tidy(record.session_id, [each.file_id for each in record.attachments])
        self._counts.removed += len(records)
        return [record.run_id for record in records]
