"""What the routes work with: made once by the wiring, found on the app."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from backend.access.gate import Gate
from backend.access.participants import Participants
from backend.agents.offered_agents import OfferedAgents
from backend.api.control.channels import OpenChannels
from backend.api.control.command_memory import CommandMemory
from backend.api.control.rooms import Rooms
from backend.api.exchange import Exchange, MemoryExchange
from backend.api.feedback_service import FeedbackService
from backend.api.open_streams import OpenStreams
from backend.api.run_starts import RunStarts
from backend.api.steering_service import SteeringService
from backend.runs.file_library import FileLibrary
from backend.runs.recording_library import RecordingLibrary
from backend.runs.retention import Retention
from backend.runs.review import ShareRecord
from backend.runs.run_host import RunHost
from backend.runs.store import RunStore, StoreError
from backend.runs.store_load import StoreLoad
from backend.settings import Settings

REVOKED_WITHIN_S = 1.0
"""How soon what is open ends after its token was revoked."""


WITHDRAWN = "withdrawn-shares"
"""The topic of shares that were withdrawn."""


async def _is_there() -> None:
    """A store in this process always answers."""


@dataclass(slots=True)
class Services:
    """The parts of a running server. ``store_open`` turns true once the store can be used."""

    settings: Settings
    store: RunStore
    supervisor: RunHost
    catalogue: OfferedAgents
    recordings: RecordingLibrary
    files: FileLibrary
    participants: Participants = field(default_factory=Participants)
    gate: Gate | None = None
    """Who has which token; None on a server without tokens, where everybody is its host."""
    streams: OpenStreams = field(default_factory=OpenStreams)
    channels: OpenChannels = field(default_factory=OpenChannels)
    commands: CommandMemory = field(default_factory=CommandMemory)
    exchange: Exchange = field(default_factory=MemoryExchange)
    """What leads to the other nodes of a deployment."""
    rooms: Rooms = field(init=False)
    store_load: Callable[[], StoreLoad] = StoreLoad
    """Asks the store what it has to do."""
    retention: Retention | None = None
    """What removes runs that are no longer kept; None for a store that keeps everything."""
    store_open: bool = False
    relayed: SteeringService | None = None
    """Where runs are steered on other machines."""
    feedback: FeedbackService = field(init=False)
    check_store: Callable[[], Awaitable[object]] = _is_there
    """Finds out whether the store answers. Raises ``StoreError``."""
    _looking: set["asyncio.Task[None]"] = field(default_factory=set)
    ending: set[str] = field(default_factory=set)
    """The shares of which something is open that ends with their time."""
    steering: SteeringService = field(init=False)
    starts: RunStarts = field(init=False)

    def __post_init__(self) -> None:
        self.rooms = Rooms(self.exchange)
        self.feedback = FeedbackService(self.store, self.supervisor, self.participants, self.rooms)
        self.steering = self.relayed or SteeringService(self.store, self.supervisor, self.participants)
        self.starts = RunStarts(self.settings, self.store, self.supervisor, self.catalogue, self.steering)

    def end_in_time(self, share: ShareRecord) -> None:
        """End what is opened through a share when its time is over. Call this where something is opened."""
        if share.expires_at is not None and share.share_id not in self.ending:
            left_s = (datetime.fromisoformat(share.expires_at) - datetime.now(UTC)).total_seconds()
            self.ending.add(share.share_id)
            asyncio.get_running_loop().call_later(max(0.0, left_s), self.end_share, share.share_id)

    async def watch_tokens(self) -> None:
        """End what was opened with a token soon after the token is revoked, until cancelled. Returns at once on a
        server without tokens."""
        while self.gate is not None:
            await asyncio.sleep(REVOKED_WITHIN_S)
            names = self.gate.names()
            self.streams.stop_revoked(names)
            self.channels.close_revoked(names)

    def withdraw_share(self, share_id: str) -> None:
        """End what was opened through a share that was withdrawn, at every node."""
        self.end_share(share_id)
        self.exchange.say(WITHDRAWN, share_id)

    def hear_of_withdrawn(self) -> None:
        """From now on end what was opened through shares that other nodes withdraw."""
        self.exchange.attend(WITHDRAWN, lambda _, share_id: self.end_share(share_id), self._look_for_withdrawn)

    def _look_for_withdrawn(self) -> None:
        """What another node said may be lost: look which shares still lead somewhere."""
        looking = asyncio.create_task(self.end_withdrawn())
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)

    async def end_withdrawn(self) -> None:
        """End what was opened through shares that are not there any more."""
        try:
            known = {share.share_id for share in await self.store.shares()}
        except StoreError:
            # The next cut of the exchange, or its end, has this looked for again.
            return
        for share_id in (self.streams.shares() | self.channels.shares()) - known:
            self.end_share(share_id)

    def end_share(self, share_id: str) -> None:
        """End what was opened through a share, which leads nowhere any more."""
        self.ending.discard(share_id)
        self.streams.stop_shared(share_id)
        self.channels.withdraw(share_id)


def services_of(request: HTTPConnection) -> Services:
    """The services of the app that serves the request."""
    return cast(Services, request.app.state.services)


async def _services(request: Request) -> Services:
    # Without a wait inside: the framework gives a dependency that is no coroutine a thread of its own.
    return services_of(request)


async def links_base(request: Request) -> str:
    """What links to the API begin with: the server's public address, else the path below which it is reached."""
    root_path: str = request.scope.get("root_path", "")
    return services_of(request).settings.public_url or root_path


LinksBase = Annotated[str, Depends(links_base)]
"""The beginning of links as a route's parameter."""

ServicesOf = Annotated[Services, Depends(_services)]
"""The services as a route's parameter."""
