"""``playhead serve``: the API on one address, everything it keeps under one folder."""

import asyncio
import errno
import logging
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.commands.allow_host_option import allow_host_option
from backend.commands.data_option import chosen_data_dir
from backend.commands.drain_option import drain_option
from backend.commands.folder_options import folder_options
from backend.commands.log_format_option import log_format_option
from backend.commands.max_runs_option import max_runs_option
from backend.commands.model_options import model_options
from backend.commands.public_address_options import proxy_options, root_path_option
from backend.commands.reasoning_option import reasoning_option
from backend.commands.redis_options import redis_option, redis_settings
from backend.commands.remote_option import remote_option
from backend.commands.retention_options import retention_options
from backend.commands.silence_options import silence_options
from backend.commands.token_options import check_access, secrets_given, token_options
from backend.launch.ports import PortBusy
from backend.logs.formats import LogFormat
from backend.logs.set_up import DEFAULT, set_up_logs
from backend.settings import RedisSettings, Settings

if TYPE_CHECKING:
    from backend.agents.catalogue import ProviderProgress

DEFAULT_PORT = Settings(data_dir=Path()).port

_PROGRESS_EVERY_S = 0.5

_log = logging.getLogger(__name__)


class ProgressLines:
    """What the agents' preparation says, as lines on stderr or in the log: not more than two a second for each
    provider, and its warnings once it is ready."""

    def __init__(self, log_format: LogFormat = DEFAULT) -> None:
        self._logged = log_format == "json"
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}

    def __call__(self, preparation: "ProviderProgress") -> None:
        """Print this step, unless the last line of its provider is fresh."""
        if preparation.state == "failed":
            self._say(preparation.sentence(), logging.ERROR)
        for warning in preparation.warnings:
            self.warn(warning)
        if preparation.state != "preparing" or not preparation.total:
            return
        with self._lock:
            now = time.monotonic()
            due = now - self._last.get(preparation.name, -_PROGRESS_EVERY_S) >= _PROGRESS_EVERY_S
            if not due and preparation.done < preparation.total:
                return
            self._last[preparation.name] = now
        self._say(preparation.sentence(), logging.INFO)

    def warn(self, warning: str) -> None:
        """Print a warning about the agents on offer."""
        self._say(warning if self._logged else f"warning: {warning}", logging.WARNING)

    def _say(self, sentence: str, level: int) -> None:
        if self._logged:
            _log.log(level, "%s", sentence)
        else:
            click.echo(sentence, err=True)


@click.command(short_help="Run the backend alone.")
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0 = a free one.")
@folder_options
@model_options
@remote_option
@click.option("--host", default="127.0.0.1", show_default=True, help="An address of this machine.")
@token_options
@allow_host_option
@root_path_option
@proxy_options
@silence_options
@reasoning_option
@max_runs_option
@drain_option
@retention_options
@log_format_option
@redis_option()
def command(
    port: int,
    data_dir: Path | None,
    docs_dir: Path | None,
    scenarios_dir: Path | None,
    model: str | None,
    mcp: Path | None,
    remote: str | None,
    host: str,
    token_file: Path | None,
    generate_token: bool,
    allowed_hosts: tuple[str, ...],
    root_path: str,
    trusted_proxies: tuple[str, ...],
    public_url: str,
    silence_s: float,
    max_silence_s: float,
    show_reasoning: bool,
    max_runs: int,
    drain_s: float,
    keep_days: float | None,
    keep_bytes: int | None,
    log_format: LogFormat,
    redis_url: str | None,
    redis_prefix: str,
    lease_s: float,
    most_queued: int,
) -> None:
    """Run the backend alone, and print its address once it listens.

    Everything it keeps is under --data. With --redis it is a web node: it keeps runs in Redis and runs no agents, which
    `playhead worker` does. Stop it with Ctrl-C or SIGTERM: runs that have not ended after
    --drain-s end as interrupted.
    """
    from backend.api.server import address_of, listen
    from backend.runs.store import StoreError

    check_access(host, token_file, generate_token=generate_token)
    shared = redis_settings(redis_url, redis_prefix, lease_s, most_queued)
    set_up_logs(log_format)
    try:
        listener = listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(str(PortBusy(port, "--port"))) from error
        reason = f"Port {port} of {host} cannot be used ({error.strerror}): choose another one with --port N."
        raise click.ClickException(reason) from error
    with listener:
        settings = Settings(
            data_dir=chosen_data_dir(data_dir),
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
            drain_s=drain_s,
            keep_days=keep_days,
            keep_bytes=keep_bytes,
            token_file=token_file.resolve() if token_file else None,
            start_secrets=secrets_given(generate_token=generate_token),
        )
        try:
            if shared is not None:
                asyncio.run(_serve_web(settings, shared, listener, address_of(listener)))
            else:
                asyncio.run(_serve(settings, listener, address_of(listener), log_format))
        except StoreError as error:
            raise click.ClickException(str(error)) from error


async def _serve(settings: Settings, listener: socket.socket, address: str, log_format: LogFormat) -> None:
    from backend.api.app import create_app
    from backend.api.server import Server
    from backend.wiring import build_services, drain, running, stop

    services = build_services(settings)
    progress = ProgressLines(log_format)
    for warning in services.catalogue.warnings:
        progress.warn(warning)

    def started() -> None:
        click.echo(f"backend {address}")

    async with running(services, progress):
        server = Server(
            create_app(services), stop=lambda: stop(services), drain=lambda: drain(services), started=started
        )
        await server.serve([listener])


async def _serve_web(settings: Settings, shared: RedisSettings, listener: socket.socket, address: str) -> None:
    from backend.api.app import create_app
    from backend.api.server import Server
    from backend.many_machines import WebNode

    web = WebNode(settings, shared)

    def started() -> None:
        click.echo(f"backend {address}")

    async with web.running():
        await Server(create_app(web.services), stop=web.stop, drain=web.drain, started=started).serve([listener])
