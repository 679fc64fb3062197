"""``playhead bench transports``: server-sent events and the control channel, measured beside each other."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from evals.transports.tables import TransportFigures


@click.command(name="transports", short_help="Compare SSE with the control channel.")
@click.option(
    "--only",
    multiple=True,
    metavar="CASE",
    help="Measure this case alone: streams, control, recovery, nginx, tabs, presence or stalled. Can be given several "
    "times.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file for the figures, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def transports(only: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """Measure server-sent events and the control channel, which is a WebSocket, on a temporary backend.

    The first token and the gaps with 1, 50 and 300 streams, the cost of an event, the time from a command to its
    effect, recovery after a cut at every event, nginx as it comes, six tabs of a browser, presence, and a reader who
    takes nothing. Takes less than three minutes. Run it on an idle machine. docs/transports.md explains the tables.
    """
    from backend.launch.child import ChildFailed
    from evals.files.atomic_files import OutputError, check_writable, write_files
    from evals.transports.bench import TransportBenchError
    from evals.wire.control_channel import ChannelFailed

    _check(only)
    try:
        if out is not None:
            check_writable(out.parent)
        figures = _measured(only)
        text = json.dumps(figures.as_json(), indent=1)
        if out is not None:
            write_files(out.parent, {out.name: text})
    except* (TransportBenchError, ChannelFailed, ChildFailed, OutputError) as errors:
        raise click.ClickException(str(errors.exceptions[0])) from errors
    if as_json:
        click.echo(text)
    else:
        print_figures(figures)


def _check(only: Sequence[str]) -> None:
    from backend.yaml_lines.complaints import did_you_mean
    from evals.transports.comparison import CASES

    for name in only:
        if name not in CASES:
            raise click.UsageError(f"There is no case {name!r}{did_you_mean(name, CASES)}")


def _measured(only: Sequence[str]) -> "TransportFigures":
    from evals.transports.comparison import compare_transports

    return compare_transports(only, lambda name: click.echo(f"measuring {name} ...", err=True))


def print_figures(figures: "TransportFigures") -> None:
    """Print every table."""
    from rich.console import Console
    from rich.table import Table

    from evals.transports.tables import cell_text

    console = Console()
    for case in figures.cases:
        table = Table(*case.columns, title=case.title, title_justify="left", box=None, pad_edge=False)
        for place, column in enumerate(table.columns):
            first = case.rows[0][place] if case.rows else None
            column.justify = "left" if isinstance(first, str) else "right"
        for row in case.rows:
            table.add_row(*(cell_text(cell) for cell in row))
        console.print(table)
        console.print()
    console.print(figures.machine_text)
