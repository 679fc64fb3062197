"""``playhead worker``: runs the agents of a deployment of many machines."""

import asyncio
import signal
from pathlib import Path

import click

from backend.commands.data_option import default_data_dir
from backend.commands.drain_option import drain_option
from backend.commands.folder_options import folder_options
from backend.commands.log_format_option import log_format_option
from backend.commands.model_options import model_options
from backend.commands.reasoning_option import reasoning_option
from backend.commands.redis_options import redis_option, redis_settings
from backend.commands.remote_option import remote_option
from backend.commands.serve import ProgressLines
from backend.commands.silence_options import silence_options
from backend.logs.formats import LogFormat
from backend.logs.set_up import set_up_logs
from backend.settings import RedisSettings, Settings

DEFAULT_SLOTS = 16


@click.command(short_help="Run the agents of a deployment with Redis.")
@redis_option(required=True)
@click.option(
    "--slots", type=click.IntRange(1, 1000), default=DEFAULT_SLOTS, show_default=True, help="How many runs at once."
)
@folder_options
@model_options
@remote_option
@silence_options
@reasoning_option
@drain_option
@log_format_option
def command(
    redis_url: str,
    redis_prefix: str,
    lease_s: float,
    slots: int,
    data_dir: Path | None,
    docs_dir: Path | None,
    scenarios_dir: Path | None,
    model: str | None,
    mcp: Path | None,
    remote: str | None,
    silence_s: float,
    max_silence_s: float,
    show_reasoning: bool,
    drain_s: float,
    log_format: LogFormat,
) -> None:
    """Run agents for the web nodes (`playhead serve --redis URL`) of the same Redis.

    All workers of a deployment need the same agents. Stop one with Ctrl-C or SIGTERM: it takes no new run, and its runs
    have --drain-s to end. Those that are left then begin again at another worker where nothing of their answer was
    shown, and end as interrupted otherwise. A second signal does so at once.
    """
    from backend.runs.store import StoreError

    set_up_logs(log_format)
    shared = redis_settings(redis_url, redis_prefix, lease_s)
    settings = Settings(
        data_dir=(data_dir or default_data_dir()).expanduser().resolve(),
        docs_dir=docs_dir.resolve() if docs_dir else None,
        scenarios_dir=scenarios_dir.resolve() if scenarios_dir else None,
        model=model,
        mcp=mcp,
        remote=remote,
        silence_timeout_s=silence_s,
        max_silence_s=max_silence_s,
        show_reasoning=show_reasoning,
        max_concurrent_runs=slots,
        drain_s=drain_s,
    )
    try:
        asyncio.run(_work(settings, shared, slots, log_format))
    except StoreError as error:
        raise click.ClickException(str(error)) from error


async def _work(settings: Settings, shared: RedisSettings | None, slots: int, log_format: LogFormat) -> None:
    from backend.many_machines import WorkerNode

    if shared is None:
        raise click.ClickException("A worker needs --redis URL.")
    asked, at_once = asyncio.Event(), asyncio.Event()

    def stop() -> None:
        (at_once if asked.is_set() else asked).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    worker = WorkerNode(settings, shared, slots)
    progress = ProgressLines(log_format)
    for warning in worker.catalogue.warnings:
        progress.warn(warning)
    async with worker.running(progress):
        click.echo(f"worker {worker.name} with {slots} slots")
        await asked.wait()
        draining = asyncio.create_task(worker.drain())
        waiting = asyncio.create_task(at_once.wait())
        await asyncio.wait({draining, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in (draining, waiting):
            task.cancel()
        await asyncio.wait({draining, waiting})
