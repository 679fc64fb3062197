"""Feedback and shares in Redis."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from backend.runs.records import utc_now
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.history import RedisHistory
from backend.runs.redis.keys import Keys
from backend.runs.review import FeedbackRecord, ShareRecord, UnknownShareError
from backend.runs.store import KeyReusedError, UnknownRunError, UnknownSessionError

_FEEDBACK = TypeAdapter(FeedbackRecord)
_SHARE = TypeAdapter(ShareRecord)


class RedisReviews(RedisHistory):
    """Implements ``ReviewStore``."""

    _redis: RedisConnection
    _keys: Keys

    async def add_feedback(self, record: FeedbackRecord) -> tuple[FeedbackRecord, bool]:
        """See ``ReviewStore.add_feedback``."""
        run = (await self.stored(record.run_id)).record
        kept = replace(record, question=run.question, agent=run.agent)
        key = record.idempotency_key
        names = [self._keys.run(record.run_id, "h"), self._keys.run(record.run_id, "fb")]
        names.append("" if key is None else self._keys.idempotency("fb", key))
        values = (self._keys.prefix, record.feedback_id, _FEEDBACK.dump_json(kept))
        said = await self._redis.script("feedback", names, values)
        if said[0] == b"unknown":
            raise UnknownRunError(record.run_id)
        if said[0] == b"taken":
            earlier = _FEEDBACK.validate_json(said[1])
            if not earlier.says_the_same(record):
                raise KeyReusedError
            return earlier, False
        return kept, True

    async def feedback(self, run_id: str | None = None) -> Sequence[FeedbackRecord]:
        """See ``ReviewStore.feedback``."""
        if run_id is not None:
            await self.stored(run_id)
        order = self._keys.name("fb", "order") if run_id is None else self._keys.run(run_id, "fb")
        ids = await self._redis.command("ZRANGE", order, 0, -1)
        if not ids:
            return []
        found = await self._redis.command("HMGET", self._keys.name("fb"), *ids)
        return [_FEEDBACK.validate_json(each) for each in found if each is not None]

    async def share(self, record: ShareRecord) -> tuple[ShareRecord, bool]:
        """See ``ReviewStore.share``."""
        shared = self._keys.run(record.run_id, "h") if record.run_id else self._keys.session(record.session_id)
        # One that expires is never enough for another.
        field = f"share:{record.role if record.expires_at is None else record.share_id}"
        values = (record.share_id, _SHARE.dump_json(record), field)
        said = await self._redis.script("share", [shared, self._keys.name("shares")], values)
        if said[0] == b"unknown":
            raise UnknownRunError(record.run_id) if record.run_id else UnknownSessionError(record.session_id)
        return (_SHARE.validate_json(said[1]), False) if said[0] == b"taken" else (record, True)

    async def shared(self, share_id: str) -> ShareRecord:
        """See ``ReviewStore.shared``."""
        found = await self._redis.command("HGET", self._keys.name("shares"), share_id)
        share = None if found is None else _SHARE.validate_json(found)
        if share is None or share.ended_at(utc_now()):
            raise UnknownShareError(share_id)
        return share

    async def shares(self) -> Sequence[ShareRecord]:
        """See ``ReviewStore.shares``."""
        found = await self._redis.command("HVALS", self._keys.name("shares"))
        now = utc_now()
        shares = [share for each in found or () if not (share := _SHARE.validate_json(each)).ended_at(now)]
        named = [each.run_id for each in shares if each.run_id]
        numbers = {run.record.run_id: run.number for run in await self.stored_runs(named)}
        return sorted(shares, key=lambda each: (each.created_at, numbers.get(each.run_id, 0)), reverse=True)

    async def unshare(self, share_id: str) -> None:
        """See ``ReviewStore.unshare``."""
        if not await self._redis.command("HDEL", self._keys.name("shares"), share_id):
            raise UnknownShareError(share_id)
