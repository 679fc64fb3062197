"""``playhead bench``: measures the harness itself, and compares transports."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evals.commands.bench_transports import transports

if TYPE_CHECKING:
    from evals.results.harness_figures import Calibration


@click.group(name="bench", short_help="Measure the harness, and compare transports.")
def command() -> None:
    """Measure how accurate the harness is on this machine, and what the transports of a stream cost."""


command.add_command(transports)


@command.command(short_help="Measure how accurate the harness is on this machine.")
@click.option(
    "--concurrency",
    multiple=True,
    type=click.IntRange(1, 200),
    help="Streams at once. Can be given several times.  [default: 1, 10, 50, 100 and 200]",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file for the figures.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--keep/--no-keep", default=True, help="Save the figures, so that evals on this machine name them.")
def calibrate(concurrency: tuple[int, ...], out: Path | None, as_json: bool, keep: bool) -> None:
    """Measure a server whose timing is known, and print the error of times to the first token and of gaps: the median,
    and the p99 where there are enough values. Takes about a minute. Run it on an idle machine.
    """
    from backend.launch.child import ChildFailed
    from evals.calibration.calibration import LEVELS, CalibrationError
    from evals.calibration.stored_calibration import kept_file, of_this_machine
    from evals.files.atomic_files import OutputError, write_files

    try:
        levels = _measured(sorted(set(concurrency)) or LEVELS)
        kept = of_this_machine(tuple(levels)).model_dump_json(indent=1)
        files = [file for file in (out, kept_file() if keep else None) if file is not None]
        for file in files:
            _make_folder(file.parent)
            write_files(file.parent, {file.name: kept})
    except (CalibrationError, ChildFailed, OutputError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps([level.model_dump() for level in levels]))
    else:
        _print(levels)
        for file in files:
            click.echo(f"kept in {file.resolve()}")


def _make_folder(folder: Path) -> None:
    from evals.files.atomic_files import check_writable

    check_writable(folder)


def _measured(levels: Sequence[int]) -> "list[Calibration]":
    from evals.calibration.calibration import calibrate as calibrated

    with progress(levels) as ended:
        return list(calibrated(levels, ended))


@contextmanager
def progress(levels: Sequence[int]) -> Iterator[Callable[[], None]]:
    """Progress by expected time: one of a hundred parallel streams counts a hundredth of a single stream."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from evals.calibration.calibration import expected_s, streams_of

    console = Console(stderr=True)
    shares = [expected_s(level) / streams_of(level) for level in levels for _ in range(streams_of(level))]
    total_s, done_s, printed = sum(shares), 0.0, 0
    remaining = iter(shares)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("Calibrating", total=total_s)
        if not console.is_terminal:
            console.print(f"Calibrating, about {total_s:.0f} s.")

        def ended() -> None:
            nonlocal done_s, printed
            done_s += next(remaining, 0.0)
            bar.update(task, completed=done_s, refresh=console.is_terminal)
            tenths = int(done_s / total_s * 10 + 1e-9)
            # Where the output is not a terminal, one line for each tenth.
            if tenths > printed and not console.is_terminal:
                printed = tenths
                console.print(f"{tenths * 10} % is done, about {total_s - done_s:.0f} s left.")

        yield ended


def _print(levels: "Sequence[Calibration]") -> None:
    from rich.console import Console
    from rich.table import Table

    from backend.present.words.metric_text import milliseconds

    table = Table(
        "streams", "n", "TTFT error", "p99", "gap error", "p99", "receive lag", "p99", "loop lag p99",
        box=None, pad_edge=False,
    )  # fmt: skip
    for column in table.columns:
        column.justify = "right"
    for level in levels:
        lag = level.receive_lag_ms
        table.add_row(
            str(level.concurrency),
            str(level.n),
            milliseconds(level.ttft_error_ms.median),
            milliseconds(level.ttft_error_ms.p99),
            milliseconds(level.gap_error_ms.median),
            milliseconds(level.gap_error_ms.p99),
            milliseconds(lag.median if lag else None),
            milliseconds(lag.p99 if lag else None),
            milliseconds(level.loop_lag_ms.p99),
        )
    Console().print(table)
