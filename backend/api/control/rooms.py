"""Every room of this node that somebody is in, and what the rooms of other nodes have to know of it."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Any

from backend.api.control.room import Room
from backend.api.control.room_link import REPEAT_S, RoomNews, RoomVotes, news_text
from backend.api.control.room_slots import RoomSeat
from backend.api.exchange import Exchange, MemoryExchange

_CONNECTION_BITS = 62


class Rooms:
    """One room for each conversation."""

    def __init__(self, exchange: Exchange | None = None) -> None:
        """``exchange`` leads to the other nodes; without one there are none."""
        self._exchange = MemoryExchange() if exchange is None else exchange
        self._rooms: dict[str, Room] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    def new_connection(self) -> int:
        """A name for a connection, used once in all of the deployment."""
        return secrets.randbits(_CONNECTION_BITS)

    def enter(self, session_id: str, seat: RoomSeat) -> Room:
        """Come into the conversation's room."""
        self._close_empty()
        room = self._rooms.get(session_id)
        if room is None:
            room = self._rooms[session_id] = self._open(session_id)
            room.enter(seat)
            room.ask()
        else:
            room.enter(seat)
        return room

    def votes(self, session_id: str, run_id: str, other_id: str, counts: Mapping[str, int], revealed: bool) -> None:
        """Two runs of the conversation have these votes."""
        room = self._rooms.get(session_id)
        if room is not None:
            room.votes(run_id, other_id, counts, revealed)
        self._say(session_id, RoomNews(votes=[RoomVotes(run_id, other_id, dict(counts), revealed)]))

    def comment(self, session_id: str, run_id: str, comment: Mapping[str, Any]) -> None:
        """Somebody said something about a run of the conversation."""
        room = self._rooms.get(session_id)
        if room is not None:
            room.comment(run_id, comment)
        self._say(session_id, RoomNews(comments=[(run_id, dict(comment))]))

    async def repeat_forever(self) -> None:
        """Say again and again who is here, until cancelled."""
        while True:
            await asyncio.sleep(REPEAT_S)
            self._close_empty()
            for room in self._rooms.values():
                room.repeat()

    def _open(self, session_id: str) -> Room:
        topic = _topic(session_id)
        loop = asyncio.get_running_loop()
        room = Room(time.monotonic, loop.call_later, lambda text: self._exchange.say(topic, text))
        self._exchange.attend(topic, room.hear_node, room.missed)
        return room

    def _close_empty(self) -> None:
        for name in [name for name, room in self._rooms.items() if room.is_empty]:
            del self._rooms[name]
            self._exchange.leave(_topic(name))

    def _say(self, session_id: str, news: RoomNews) -> None:
        self._exchange.say(_topic(session_id), news_text(news))


def _topic(session_id: str) -> str:
    return f"room:{session_id}"
