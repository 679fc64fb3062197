"""The only place that names concrete classes: settings in, a running server out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from backend.access.gate import Gate
from backend.access.participants import Participants
from backend.access.signing_key import SigningKey
from backend.access.tokens import TokenFile
from backend.agents.agent import AgentEnvironment, AgentProvider
from backend.agents.catalogue import AgentCatalogue, ProviderProgress
from backend.api.app import create_app
from backend.api.services import Services
from backend.free_memory import give_back_forever, memory_giver
from backend.runs.file_library import FileLibrary
from backend.runs.recording_library import RecordingLibrary
from backend.runs.retention import KeptAmount, Retention
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
    key = SigningKey(settings.data_dir / "signing-key")
    people, gate = Participants(key), gate_of(settings, key)
    kept = KeptAmount(settings.keep_days, settings.keep_bytes)
    retention = Retention(store, files, kept, supervisor.counts)
    services = Services(settings, store, supervisor, catalogue, recordings, files, people, gate, store_load=store.load)
    services.retention = retention
    return services


def gate_of(settings: Settings, key: SigningKey) -> Gate | None:
    """The gate of a server that has tokens."""
    if not settings.has_tokens:
        return None
    return Gate(
        key,
        None if settings.token_file is None else TokenFile(settings.token_file),
        host_token=settings.start_secrets.host_token,
        ui_keys=settings.start_secrets.ui_keys,
        codes=settings.start_secrets.codes,
    )


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
        asyncio.create_task(services.watch_tokens()),
        asyncio.create_task(give_back_forever(memory_giver())),
    ]
    if services.retention is not None:
        work.append(asyncio.create_task(services.retention.apply_forever()))
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        await asyncio.wait(work)
        await stop(services)
        services.store_open = False
        await services.store.close()


async def drain(services: Services) -> None:
    """Take no new run, and give those that are running the operator's time to end."""
    await services.supervisor.drain(services.settings.drain_s)


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
