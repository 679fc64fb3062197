"""The only place that names concrete classes: settings in, a running server out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from backend.agents.agent import AgentEnvironment, AgentProvider
from backend.agents.catalogue import AgentCatalogue, ProviderProgress
from backend.api.app import create_app
from backend.api.services import Services
from backend.runs.file_library import FileLibrary
from backend.runs.recording_library import RecordingLibrary
from backend.runs.sqlite.store import SqliteStore
from backend.runs.supervisor import RunSupervisor
from backend.settings import Settings

STREAM_GRACE_S = 1.0
"""How long the streams of a server that stops get to deliver the ``done`` of their runs."""

Report = Callable[[ProviderProgress], None]
"""Called with each step of a provider's preparation, possibly from a worker thread."""


def build_services(settings: Settings, providers: Iterable[AgentProvider] | None = None) -> Services:
    """The parts of a server, none of them started. ``providers`` stand in for those found by entry point."""
    store = SqliteStore(settings.data_dir, settings.memory_runs)
    recordings = RecordingLibrary(settings.data_dir / "recordings", store)
    if providers is None:
        catalogue = AgentCatalogue.discover(AgentEnvironment(settings, recordings))
    else:
        catalogue = AgentCatalogue(providers)
    files = FileLibrary(settings.data_dir / "files", store)
    supervisor = RunSupervisor(store, catalogue.find, settings, files=files)
    return Services(settings, store, supervisor, catalogue, recordings, files)


@asynccontextmanager
async def running(services: Services, report: Report = lambda _: None) -> AsyncIterator[None]:
    """Open the store and prepare the agents in the background; at the end stop what runs and close the store.

    Raises ``StoreError`` where the store cannot be opened.
    """
    await services.store.open()
    # Before anything new can arrive.
    await services.files.sweep_all()
    services.store_open = True
    work = [
        asyncio.create_task(services.catalogue.prepare(report)),
        asyncio.create_task(services.files.sweep_forever()),
    ]
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        await asyncio.wait(work)
        await stop(services)
        services.store_open = False
        await services.store.close()


async def stop(services: Services) -> None:
    """End every run as interrupted and let the streams deliver that. A second call does nothing more."""
    await services.supervisor.shutdown()
    await services.streams.close(STREAM_GRACE_S)
    services.channels.close()


def build_app(settings: Settings, report: Report = lambda _: None) -> FastAPI:
    """The whole server as an app that opens and closes its parts itself, for any ASGI server."""
    services = build_services(settings)

    def lifespan(_: FastAPI) -> AbstractAsyncContextManager[None]:
        return running(services, report)

    return create_app(services, lifespan)
