"""Past runs and conversations in Redis. Nothing of them has a time to live."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.runs.records import RunRecord, SessionRecord
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.run_hash import RunInRedis, stored_run
from backend.runs.search import PlaceError, RunPage, RunQuery
from backend.runs.store import UnknownRunError, UnknownSessionError

_PLACE = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_RUNS_PER_READ: Final = 200
_SESSIONS_AT_ONCE: Final = 50


class RedisHistory:
    """The part of ``RunStore`` that reads what was."""

    _redis: RedisConnection
    _keys: Keys

    async def stored(self, run_id: str) -> RunInRedis:
        """What Redis has of the run. Raises ``UnknownRunError``."""
        (fields,) = await self._redis.hashes([self._keys.run(run_id, "h")])
        found = stored_run(fields)
        if found is None:
            raise UnknownRunError(run_id)
        return found

    async def stored_runs(self, run_ids: Sequence[str]) -> list[RunInRedis]:
        """Those of the runs that are there, in this order."""
        hashes = await self._redis.hashes([self._keys.run(run_id, "h") for run_id in run_ids])
        return [found for fields in hashes if (found := stored_run(fields)) is not None]

    async def find_runs(self, query: RunQuery, limit: int, before: str) -> RunPage:
        """See ``RunStore.runs``: the runs are passed over one by one, the latest first."""
        if before and not _PLACE.fullmatch(before):
            raise PlaceError
        names = self._keys.session(query.session_id, "runs") if query.session_id else self._keys.name("runs")
        until = f"({before}" if before else "+inf"
        fit: list[RunInRedis] = []
        while len(fit) <= limit:
            found = await self._redis.command(
                "ZREVRANGEBYSCORE", names, until, "-inf", "WITHSCORES", "LIMIT", 0, _RUNS_PER_READ
            )
            pairs = _pairs(found)
            fit += [run for run in await self.stored_runs([run_id for run_id, _ in pairs]) if query.fits(run.record)]
            if len(pairs) < _RUNS_PER_READ:
                break
            until = f"({pairs[-1][1]}"
        page = fit[:limit]
        return RunPage(tuple(run.record for run in page), str(page[-1].number) if len(fit) > limit else None)

    async def find_sessions(self, limit: int, owner: str | None = None) -> list[SessionRecord]:
        """See ``RunStore.sessions``."""
        if owner is None:
            return await self._sessions(0, limit)
        found: list[SessionRecord] = []
        start = 0
        while len(found) < limit and (page := await self._sessions(start, _SESSIONS_AT_ONCE)):
            start += _SESSIONS_AT_ONCE
            for session in page:
                runs = (await self.find_session(session.session_id)).runs
                found += [session] if any(run.owner == owner for run in runs) else []
        return found[:limit]

    async def _sessions(self, start: int, count: int) -> list[SessionRecord]:
        """So many sessions, the latest first, from that place on."""
        end = start + count - 1
        ids = [
            each.decode() for each in await self._redis.command("ZREVRANGE", self._keys.name("sessions"), start, end)
        ]
        hashes = await self._redis.hashes([self._keys.session(each) for each in ids])
        return [_session(each, fields) for each, fields in zip(ids, hashes, strict=True) if fields]

    async def find_session(self, session_id: str) -> SessionRecord:
        """See ``RunStore.session``."""
        (fields,) = await self._redis.hashes([self._keys.session(session_id)])
        if not fields:
            raise UnknownSessionError(session_id)
        found = await self._redis.command("ZRANGE", self._keys.session(session_id, "runs"), 0, -1)
        runs = await self.stored_runs([run_id.decode() for run_id in found])
        return replace(_session(session_id, fields), runs=tuple(run.record for run in runs))

    async def rename(self, session_id: str, title: str) -> SessionRecord:
        """See ``RunStore.rename``."""
        name = self._keys.session(session_id)
        (fields,) = await self._redis.hashes([name])
        if not fields:
            raise UnknownSessionError(session_id)
        await self._redis.command("HSET", name, "title", title)
        return _session(session_id, {**fields, b"title": title.encode()})

    async def active_in(self, session_id: str) -> RunRecord | None:
        """The conversation's latest run that is not over, or None."""
        found = await self._redis.command("ZREVRANGE", self._keys.session(session_id, "runs"), 0, 19)
        runs = await self.stored_runs([run_id.decode() for run_id in found])
        return next((run.record for run in runs if run.state != "ended"), None)


def _session(session_id: str, fields: dict[bytes, bytes]) -> SessionRecord:
    title, created_at, updated_at = (fields[name].decode() for name in (b"title", b"created_at", b"updated_at"))
    return SessionRecord(session_id, title, created_at, updated_at)


def _pairs(found: object) -> list[tuple[str, int]]:
    """Members and scores, in whichever form the protocol has them."""
    entries = found if isinstance(found, list) else []
    if entries and isinstance(entries[0], list | tuple):
        pairs = [(each[0], each[1]) for each in entries]
    else:
        pairs = list(zip(entries[::2], entries[1::2], strict=True))
    return [(member.decode(), int(float(score))) for member, score in pairs]
