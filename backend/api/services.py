"""What the routes work with: made once by the wiring, found on the app."""

from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from backend.agents.catalogue import AgentCatalogue
from backend.api.control.channels import OpenChannels
from backend.api.control.command_memory import CommandMemory
from backend.api.open_streams import OpenStreams
from backend.api.run_starts import RunStarts
from backend.api.steering_service import SteeringService
from backend.runs.file_library import FileLibrary
from backend.runs.recording_library import RecordingLibrary
from backend.runs.store import RunStore
from backend.runs.supervisor import RunSupervisor
from backend.settings import Settings


@dataclass(slots=True)
class Services:
    """The parts of a running server. ``store_open`` turns true once the store can be used."""

    settings: Settings
    store: RunStore
    supervisor: RunSupervisor
    catalogue: AgentCatalogue
    recordings: RecordingLibrary
    files: FileLibrary
    streams: OpenStreams = field(default_factory=OpenStreams)
    channels: OpenChannels = field(default_factory=OpenChannels)
    commands: CommandMemory = field(default_factory=CommandMemory)
    store_open: bool = False
    steering: SteeringService = field(init=False)
    starts: RunStarts = field(init=False)

    def __post_init__(self) -> None:
        self.steering = SteeringService(self.store, self.supervisor)
        self.starts = RunStarts(self.settings, self.store, self.supervisor, self.catalogue, self.steering)


def services_of(request: Request) -> Services:
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
