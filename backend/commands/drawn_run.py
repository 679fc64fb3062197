"""Frames drawn until the run ends, and what becomes of an exit that comes before."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack, aclosing

import click

from backend.client.errors import ClientError
from backend.client.followed_run import ConnectionChange
from backend.client.frames import Frame
from backend.client.resumption import Arrival
from backend.commands.interruption import INTERRUPTED, Interruption
from backend.commands.request_answers import RequestAnswers
from backend.commands.terminal import Display
from backend.protocol.events import DoneEvent, Outcome
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.protocol.view import reduce


async def watch(
    frames: AsyncGenerator[Frame, None],
    display: Display,
    interruption: Interruption,
    answers: RequestAnswers | None = None,
) -> RunView:
    """Draw every frame; gives the last view. What was shown stays on screen, however this ends. With ``answers``,
    requests are answered as they come, and nothing is drawn meanwhile.

    Raises ``ClickException`` where the stream cannot be followed to its end.
    """
    view = RunView()
    try:
        async with aclosing(frames):
            async for drawn in _drawn(frames, display, interruption, answers):
                view = drawn
    except asyncio.CancelledError:
        display.close(view)
        raise
    except ClientError as error:
        display.close(view)
        raise click.ClickException(error.sentence) from error
    display.close(view)
    return view


async def _drawn(
    frames: AsyncIterator[Frame], display: Display, interruption: Interruption, answers: RequestAnswers | None
) -> AsyncIterator[RunView]:
    """The views of the frames, drawn while the terminal is not the prompt's."""
    with ExitStack() as drawing:
        drawing.enter_context(display)
        async for frame in frames:
            was_busy = answers is not None and answers.busy
            if answers is not None:
                await answers.see(frame.view)
            busy = answers is not None and answers.busy
            if busy and not was_busy:
                drawing.close()
            elif was_busy and not busy:
                drawing.enter_context(display)
            if not busy:
                display.draw(frame, interruption.note)
            yield frame.view


async def print_events(
    arrivals: AsyncGenerator[Arrival | ConnectionChange, None], answers: RequestAnswers | None = None
) -> Outcome | None:
    """Write every event as it was sent, one a line; gives the outcome, None without ``done``."""
    view = RunView()
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
                view = reduce(view, arrival.item)
                if answers is not None:
                    await answers.see(view)
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
