"""Keeping a new run, once for each idempotency key."""

from typing import Literal

from backend.agents.agent import Turn
from backend.runs.attached_files import MOST_OF_A_CONVERSATION, TooManyFilesError, UnknownFileError
from backend.runs.records import RunRecord, asks_the_same, utc_now
from backend.runs.redis.connection import Value
from backend.runs.redis.history import RedisHistory
from backend.runs.redis.run_hash import history_json, record_json
from backend.runs.store import KeyReusedError, StoreError, UnknownRunError

Queue = Literal["people", "suites"]

_TRIES = 5


class Submissions(RedisHistory):
    """The part of ``RunStore`` that takes new runs."""

    async def submit_run(
        self,
        record: RunRecord,
        owner: str | None,
        *,
        queue: Queue = "people",
        history: tuple[Turn, ...] | None = None,
    ) -> tuple[RunRecord, bool]:
        """See ``RunStore.submit``. The run is ``owner``'s at once; with None it is queued."""
        key = record.idempotency_key
        names = [self._keys.run(record.run_id, "h"), "" if key is None else self._keys.idempotency("run", key)]
        attached = [each.file_id for each in record.attachments]
        values: tuple[Value, ...] = (
            *(self._keys.prefix, record.run_id, record.session_id, record_json(record), utc_now("microseconds")),
            *("queued" if owner is None else "running", owner or "", queue, record.question, record.created_at),
            history_json(history),
            len(attached),
            *attached,
            MOST_OF_A_CONVERSATION,
            record.owner,
        )
        for _ in range(_TRIES):
            said = await self._redis.script("submit", names, values)
            match said[0]:
                case b"taken":
                    earlier = await self._earlier(record, said[1].decode())
                    if earlier is not None:
                        return earlier, False
                case b"file":
                    raise UnknownFileError(said[1].decode())
                case b"files":
                    raise TooManyFilesError
                case _:
                    # It exists where an earlier try was carried out whose answer was lost.
                    return record, True
        raise StoreError("The run could not be kept: try again in a moment.")

    async def _earlier(self, record: RunRecord, run_id: str) -> RunRecord | None:
        """The run of the same key. None if it was deleted just now."""
        try:
            before = (await self.stored(run_id)).record
        except UnknownRunError:
            await self._redis.command("DEL", self._keys.idempotency("run", record.idempotency_key or ""))
            return None
        same_session = before.session_id == record.session_id or (
            not await self._redis.command("EXISTS", self._keys.session(record.session_id))
            and await self._begins_session(before)
        )
        if not (asks_the_same(before, record) and same_session):
            raise KeyReusedError
        return before

    async def _begins_session(self, record: RunRecord) -> bool:
        first = await self._redis.command("ZRANGE", self._keys.session(record.session_id, "runs"), 0, 0)
        return bool(first) and first[0].decode() == record.run_id
