"""Frames drawn until the run ends, and what becomes of an exit that comes before."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing

import click

from backend.client.errors import ClientError
from backend.client.followed_run import ConnectionChange
from backend.client.frames import Frame
from backend.client.resumption import Arrival
from backend.commands.interruption import INTERRUPTED, Interruption
from backend.commands.terminal import Display
from backend.protocol.events import DoneEvent, Outcome
from backend.protocol.run_view import RunView, SnapshotEvent


async def watch(frames: AsyncGenerator[Frame, None], display: Display, interruption: Interruption) -> RunView:
    """Draw every frame; gives the last view. What was shown stays on screen, however this ends.

    Raises ``ClickException`` where the stream cannot be followed to its end.
    """
    view = RunView()
    try:
        with display:
            async with aclosing(frames):
                async for frame in frames:
                    view = frame.view
                    display.draw(frame, interruption.note)
    except asyncio.CancelledError:
        display.close(view)
        raise
    except ClientError as error:
        display.close(view)
        raise click.ClickException(error.sentence) from error
    display.close(view)
    return view


async def print_events(arrivals: AsyncGenerator[Arrival | ConnectionChange, None]) -> Outcome | None:
    """Write every event as it was sent, one a line; gives the outcome, None without ``done``."""
    outcome: Outcome | None = None
    try:
        async with aclosing(arrivals):
            async for arrival in arrivals:
                if isinstance(arrival, ConnectionChange):
                    if arrival.note:
                        click.echo(arrival.note, err=True)
                    continue
                # A line end outside a string is white space in JSON, and inside one it cannot stand.
                sys.stdout.write(arrival.data.replace("\n", " ") + "\n")
                sys.stdout.flush()
                if isinstance(arrival.item, DoneEvent):
                    outcome = arrival.item.outcome
                elif isinstance(arrival.item, SnapshotEvent):
                    outcome = arrival.item.view.stream.outcome
    except ClientError as error:
        raise click.ClickException(error.sentence) from error
    return outcome


def exit_code_of(outcome: Outcome | None, interruption: Interruption) -> int:
    """0 only for completed; 130 for a run that Ctrl-C cancelled; 1 for every other end."""
    if outcome == "completed":
        return 0
    return INTERRUPTED if outcome == "cancelled" and interruption.pressed else 1
