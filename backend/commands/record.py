"""``playhead record``: a run saved as a recording."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.commands.addresses import DEFAULT_URL, RunAddress, run_address
from backend.commands.refusals import BadInput, exit_with

if TYPE_CHECKING:
    from backend.client import RunClient
    from backend.commands.interruption import Interruption


@click.command(short_help="Save a run as a recording.")
@click.argument("run", metavar="RUN_ID|URL")
@click.option("--out", "out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="The backend that keeps the run of that id.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def command(run: str, out: Path, url: str, force: bool) -> None:
    """Save the run RUN_ID (or the one at URL) with its timing. A run that is still running is
    followed to its end.

    The file is written in one step: whole, or not at all.
    """
    from backend.commands.recording_files import check_target

    check_target(out, force=force)
    exit_with(asyncio.run(_record(run_address(run, url), out, force=force)))


async def _record(run: RunAddress, out: Path, *, force: bool) -> int:
    from backend.client import BackendGone, ProblemError, RunClient, new_http
    from backend.commands.interruption import Interruption
    from backend.commands.recording_files import write_whole
    from backend.protocol.recording_reader import parse_recording
    from backend.protocol.recordings import RecordingError

    async with new_http() as http:
        client = RunClient(run.base_url, http)
        with Interruption() as interruption:
            try:
                await _until_ended(client, run.run_id)
                data = await client.recording(run.run_id)
                recording = parse_recording(data)
            except asyncio.CancelledError:
                return _left(interruption)
            except (BackendGone, ProblemError) as error:
                raise BadInput(error.sentence) from error
            except RecordingError as error:
                raise click.ClickException(f"What {run.base_url} sent is not a recording: {error}") from error
    if recording.cut:
        raise click.ClickException(f"{recording.cut} Nothing was written: try again.")
    write_whole(out, data, force=force)
    click.echo(f"{out}: {len(recording.events):,} events of {run.run_id}")
    return 0


async def _until_ended(client: "RunClient", run_id: str) -> None:
    """Return when the run has ended; a line on stderr says that it is waited for."""
    state = await client.run(run_id)
    if state.ended:
        return
    click.echo(f"{run_id} is still running: following it to its end (Ctrl-C leaves, and nothing is written).", err=True)
    async for _ in client.follow(run_id, state.cursor, give_up_after_s=60.0):
        pass


def _left(interruption: "Interruption") -> int:
    if interruption.exit_code is None:
        raise asyncio.CancelledError
    click.echo("Nothing was written.", err=True)
    return interruption.exit_code
