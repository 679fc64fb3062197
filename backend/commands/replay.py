"""``playhead replay``: a recording played in the terminal at its own pace, without a server."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.commands.refusals import exit_with, quiet_broken_pipe

if TYPE_CHECKING:
    from backend.client import Arrival, ConnectionChange
    from backend.protocol.recordings import Recording


@click.command(short_help="Play a recording in the terminal.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--speed", type=click.FloatRange(0, 1000), default=1.0, show_default=True, help="0 = without waiting.")
@click.option("--json", "as_json", is_flag=True, help="Print the events as recorded, one JSON object per line.")
def command(file: Path, speed: float, as_json: bool) -> None:
    """Play the recording FILE with its timing. One that was cut plays as far as it goes, with a warning."""
    from backend.commands.recording_files import read_recording
    from backend.protocol.recordings import NO_TIMING

    recording, lines = read_recording(file)
    if recording.cut:
        click.echo(f"Warning: {recording.cut}", err=True)
    if recording.header.timing == NO_TIMING:
        click.echo("This recording has no times: its stream was captured without them, so it plays at once.", err=True)
    with quiet_broken_pipe():
        exit_with(asyncio.run(_replay(recording, lines, speed, as_json=as_json)))


async def _replay(recording: "Recording", lines: list[str], speed: float, *, as_json: bool) -> int:
    from backend.client.frames import paced_frames
    from backend.commands.drawn_run import print_events, watch
    from backend.commands.interruption import Interruption
    from backend.commands.terminal import display_for, standard_console
    from backend.protocol.run_view import RunView

    played = play(recording, lines, speed)
    with Interruption() as interruption:
        try:
            if as_json:
                await print_events(played)
            else:
                frames = paced_frames(played, RunView.start(recording.header.question), rate=speed)
                await watch(frames, display_for(standard_console()), interruption)
        except asyncio.CancelledError:
            if interruption.exit_code is None:
                raise
            return interruption.exit_code
    return 0


async def play(
    recording: "Recording", lines: list[str], speed: float
) -> AsyncGenerator["Arrival | ConnectionChange", None]:
    """The recording's events, each when ``at_ms / speed`` milliseconds have passed; at once with a speed of 0."""
    from backend.client.resumption import Arrival

    loop = asyncio.get_running_loop()
    began = loop.time()
    for event, line in zip(recording.events, lines, strict=True):
        if speed > 0:
            wait_s = began + event.at_ms / 1000 / speed - loop.time()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
        yield Arrival(event, line)
