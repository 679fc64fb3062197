"""``playhead serve``: the API on one address, everything it keeps under one folder."""

import asyncio
import errno
import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.commands.allow_host_option import allow_host_option
from backend.commands.folder_options import folder_options
from backend.commands.max_runs_option import max_runs_option
from backend.commands.model_options import model_options
from backend.commands.public_address_options import proxy_options, root_path_option
from backend.commands.reasoning_option import reasoning_option
from backend.commands.remote_option import remote_option
from backend.commands.silence_options import silence_options
from backend.launch.ports import PortBusy
from backend.settings import Settings

if TYPE_CHECKING:
    from backend.agents.catalogue import ProviderProgress

DEFAULT_PORT = Settings(data_dir=Path()).port

_PROGRESS_EVERY_S = 0.5


def default_data_dir() -> Path:
    """The user's own data folder, as the XDG base directory specification places it."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share") / "playhead"


class ProgressLines:
    """What the agents' preparation says, as lines on stderr: not more than two a second for each provider, and
    its warnings once it is ready."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}

    def __call__(self, preparation: "ProviderProgress") -> None:
        """Print this step, unless the last line of its provider is fresh."""
        if preparation.state == "failed":
            click.echo(preparation.sentence(), err=True)
        for warning in preparation.warnings:
            click.echo(f"warning: {warning}", err=True)
        if preparation.state != "preparing" or not preparation.total:
            return
        with self._lock:
            now = time.monotonic()
            due = now - self._last.get(preparation.name, -_PROGRESS_EVERY_S) >= _PROGRESS_EVERY_S
            if not due and preparation.done < preparation.total:
                return
            self._last[preparation.name] = now
        click.echo(preparation.sentence(), err=True)


@click.command(short_help="Run the backend alone.")
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0 = a free one.")
@folder_options
@model_options
@remote_option
@click.option("--host", default="127.0.0.1", show_default=True, help="An address of this machine.")
@allow_host_option
@root_path_option
@proxy_options
@silence_options
@reasoning_option
@max_runs_option
def command(
    port: int,
    data_dir: Path | None,
    docs_dir: Path | None,
    scenarios_dir: Path | None,
    model: str | None,
    mcp: Path | None,
    remote: str | None,
    host: str,
    allowed_hosts: tuple[str, ...],
    root_path: str,
    trusted_proxies: tuple[str, ...],
    public_url: str,
    silence_s: float,
    max_silence_s: float,
    show_reasoning: bool,
    max_runs: int,
) -> None:
    """Run the backend alone, and print its address once it listens.

    Everything it keeps is under --data. Stop it with Ctrl-C or SIGTERM: runs under way end as interrupted.
    """
    from backend.api.server import address_of, listen
    from backend.network.loopback import is_loopback
    from backend.runs.store import StoreError

    if not is_loopback(host):
        raise click.ClickException(
            f"{host} can be reached from other machines, which needs a token, and there are no tokens yet: "
            "use --host 127.0.0.1."
        )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s: %(message)s")
    try:
        listener = listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(str(PortBusy(port, "--port"))) from error
        reason = f"Port {port} of {host} cannot be used ({error.strerror}): choose another one with --port N."
        raise click.ClickException(reason) from error
    with listener:
        settings = Settings(
            data_dir=(data_dir or default_data_dir()).expanduser().resolve(),
            docs_dir=docs_dir.resolve() if docs_dir else None,
            scenarios_dir=scenarios_dir.resolve() if scenarios_dir else None,
            model=model,
            mcp=mcp,
            remote=remote,
            host=host,
            port=listener.getsockname()[1],
            allowed_hosts=allowed_hosts,
            root_path=root_path,
            trusted_proxies=trusted_proxies,
            public_url=public_url,
            silence_timeout_s=silence_s,
            max_silence_s=max_silence_s,
            show_reasoning=show_reasoning,
            max_concurrent_runs=max_runs,
        )
        try:
            asyncio.run(_serve(settings, listener, address_of(listener)))
        except StoreError as error:
            raise click.ClickException(str(error)) from error


async def _serve(settings: Settings, listener: socket.socket, address: str) -> None:
    from backend.api.app import create_app
    from backend.api.server import Server
    from backend.wiring import build_services, running, stop

    services = build_services(settings)
    for warning in services.catalogue.warnings:
        click.echo(f"warning: {warning}", err=True)

    def started() -> None:
        click.echo(f"backend {address}")

    async with running(services, ProgressLines()):
        await Server(create_app(services), stop=lambda: stop(services), started=started).serve([listener])
