"""The part of a control connection that is in a room: who its person is, what they say, and what they are sent."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from backend.access.callers import caller_now
from backend.api.control.commands import (
    CommentCommand,
    CommentsCommand,
    HelloCommand,
    PlayheadCommand,
    PresenceCommand,
    RevealCommand,
    VoteCommand,
)
from backend.api.control.room import Room
from backend.api.control.room_slots import RoomSeat
from backend.api.problems import RequestProblem
from backend.api.review_resources import CommentReply, NewFeedback, NewPreference
from backend.api.services import Services
from backend.api.shared_runs import SharedRun, share_id_of, shared_run
from backend.protocol.inputs import Person
from backend.protocol.roles import Role
from backend.rooms.doors import CONVERSATION, RoomDoor
from backend.rooms.people import RoomMember
from backend.runs.store import UnknownRunError

RoomCommand = PresenceCommand | PlayheadCommand | CommentCommand | CommentsCommand | VoteCommand | RevealCommand
"""A command that changes what the others of a room see, and no run."""

MOST_COMMENTS = 500
"""How many of the latest comments on a run are listed."""


class RoomConnection:
    """A connection's place in the room of its conversation, from its hello to its end."""

    def __init__(self, services: Services, session_id: str, send: Callable[[str], Awaitable[None]]) -> None:
        self._services = services
        self._session_id = session_id
        self._send = send
        self._news = asyncio.Event()
        self._door = CONVERSATION
        self._person: Person | None = None
        self._seat: RoomSeat | None = None
        self._room: Room | None = None

    async def enter(self, hello: HelloCommand, share_id: str | None) -> dict[str, str]:
        """Come in, by the share if there is one. Gives who the person is, with a ticket if they are new; nothing for a
        program that names no tab, which is seen by nobody. Raises ``ForgedParticipantError``."""
        participants = self._services.participants
        person = participants.person(hello.participant)
        shared = None if share_id is None else await shared_run(self._services.store, share_id)
        door = CONVERSATION if shared is None else _door_of(shared)
        self._door, self._person = door, person
        if hello.tab is None or self._seat is not None:
            return {}
        issued = None if person is not None and person.id else participants.issue()
        participant = issued.id if issued is not None else str(person and person.id)
        self._person = Person(id=participant, name="" if person is None else person.name)
        role = caller_now().role if shared is None else shared.share.role
        member = RoomMember(participant, self._person.name, hello.colour, role or "view")
        rooms = self._services.rooms
        self._seat = RoomSeat(rooms.new_connection(), member, hello.tab, door, self._news.set)
        self._room = rooms.enter(self._session_id, self._seat)
        if not self._room.knows_votes:
            self._room.knows_votes = True
            await self._services.feedback.show_all_votes(self._session_id)
        return {"participant": participant, **({} if issued is None else {"ticket": issued.ticket})}

    def leave(self) -> None:
        """The connection closed."""
        if self._room is not None and self._seat is not None:
            self._room.leave(self._seat)

    def hear(self) -> None:
        """The connection sent something."""
        if self._room is not None and self._seat is not None:
            self._room.hear(self._seat)

    async def obey(self, command: RoomCommand) -> dict[str, Any]:
        """Carry the command out, and give what it is acknowledged with. Raises a problem for a connection that is in
        no room, for a share that shows or says something, and what the feedback's service raises."""
        if isinstance(command, CommentsCommand):
            said = await self._services.feedback.comments_on(await self._run_id(command.run))
            return {"comments": [CommentReply.of(each).model_dump(mode="json") for each in said[-MOST_COMMENTS:]]}
        if isinstance(command, CommentCommand):
            return await self._comment(command)
        if isinstance(command, VoteCommand | RevealCommand):
            return await self._compare(command)
        room, seat = self._room, self._seat
        if room is None or seat is None:
            raise RequestProblem(409, "not-in-room", "This connection is in no room: name a tab in its hello.")
        if isinstance(command, PresenceCommand):
            room.say(seat, command.activity, command.follows, command.run)
        else:
            await self._check_share("steer")
            room.show(seat, None if command.view is None else command.view.presented())
        return {}

    async def carry(self) -> None:
        """Send what there is to be sent, as fast as the reader takes it, and the latest only."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self._room is not None and self._seat is not None:
                for text in self._room.news(self._seat):
                    await self._send(text)

    async def _comment(self, command: CommentCommand) -> dict[str, Any]:
        run_id = await self._run_id(command.run)
        await self._check_share("comment")
        said = NewFeedback(comment=command.text, at_ms=command.at_ms, reply_to=command.reply_to)
        key = f"{self._session_id}/{command.id}"
        record, _ = await self._services.feedback.give(run_id, said, key, by=self._person)
        return {"comment": CommentReply.of(record).model_dump(mode="json")}

    async def _compare(self, command: VoteCommand | RevealCommand) -> dict[str, Any]:
        run_id, other = await self._run_id(command.run), await self._run_id(command.other)
        if isinstance(command, RevealCommand):
            await self._check_share("steer")
            run = await self._services.store.record(run_id)
            await self._services.feedback.reveal(run, other, f"{self._session_id}/{command.id}", self._person)
            return {}
        await self._check_share("comment")
        said = NewFeedback(preference=NewPreference(run_id=other, verdict=command.verdict))
        await self._services.feedback.give(run_id, said, f"{self._session_id}/{command.id}", by=self._person)
        return {}

    async def _run_id(self, run: str) -> str:
        """The run of that name on this connection. Raises ``UnknownRunError`` for one of another conversation."""
        if self._door.share_id is not None:
            if share_id_of(run) != self._door.share_id:
                raise UnknownRunError(run)
            return (await shared_run(self._services.store, run)).run_id
        if (await self._services.store.record(run)).session_id != self._session_id:
            raise UnknownRunError(run)
        return run

    async def _check_share(self, needed: Role) -> None:
        """Raise a problem where the person came in by a share whose role is less."""
        if self._door.share_id is None:
            return
        (await shared_run(self._services.store, self._door.share_id)).check(needed)


def _door_of(shared: SharedRun) -> RoomDoor:
    """The door of a share, which is one for all the runs of a conversation."""
    return RoomDoor(shared.share.share_id, shared.run_id if shared.share.run_id else None)
