"""A node under ``benchmarks.capacity``: ``python -m benchmarks._capacity_node web|worker REDIS_URL FOLDER``.

It prints its address, or ``worker``, once it is ready.
"""

import argparse
import asyncio
import signal
from pathlib import Path

from backend.api.app import create_app
from backend.api.server import Server, address_of, listen
from backend.many_machines import WebNode, WorkerNode
from backend.settings import RedisSettings, Settings
from benchmarks._live_backend import Provider

SLOTS = 1000


def settings_in(folder: Path) -> Settings:
    """Settings that limit nothing."""
    return Settings(data_dir=folder, max_concurrent_runs=SLOTS, silence_timeout_s=600, default_timeout_s=600)


async def web(settings: Settings, shared: RedisSettings) -> None:
    """Serve until the process is stopped."""
    node = WebNode(settings, shared)
    with listen("127.0.0.1", 0) as listener:

        def started() -> None:
            print(address_of(listener), flush=True)  # noqa: T201 - read by the parent

        async with node.running():
            await Server(create_app(node.services), stop=node.stop, started=started).serve([listener])


async def worker(settings: Settings, shared: RedisSettings) -> None:
    """Run agents until the process is stopped."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with WorkerNode(settings, shared, SLOTS, [Provider()]).running(lambda _: None):
        print("worker", flush=True)  # noqa: T201 - read by the parent
        await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["web", "worker"])
    parser.add_argument("redis")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    kind = web if given.kind == "web" else worker
    asyncio.run(kind(settings_in(given.folder), RedisSettings(given.redis)))
