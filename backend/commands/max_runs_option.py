"""``--max-runs``: how many runs a backend answers at once. The same on all commands that serve."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])


def max_runs_option(command: Command) -> Command:
    """Give a command the option, as its parameter ``max_runs``."""
    return click.option(
        "--max-runs",
        type=click.IntRange(1, 10_000),
        default=Settings(data_dir=Path()).max_concurrent_runs,
        show_default=True,
        metavar="N",
        help="How many runs may be running at once; a further question is refused until one has ended.",
    )(command)
