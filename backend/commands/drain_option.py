"""``--drain-s``: how long a server that is asked to stop waits for its runs. The same on all commands that serve."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

LONGEST_DRAIN_S = 3600.0


def drain_option(command: Command) -> Command:
    """Give a command the option, as its parameter ``drain_s``."""
    return click.option(
        "--drain-s",
        type=click.FloatRange(0, LONGEST_DRAIN_S),
        default=Settings(data_dir=Path()).drain_s,
        show_default=True,
        metavar="SECONDS",
        help="At SIGTERM, refuse new questions and give runs so long to end; a second signal ends them at once.",
    )(command)
