"""``--silence-s`` and ``--max-silence-s``: how long an agent may send nothing. The same on all commands that serve."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.protocol.options import LONGEST_S
from backend.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

_DEFAULTS = Settings(data_dir=Path())
_SECONDS = click.FloatRange(0, LONGEST_S, min_open=True)


def silence_options(command: Command) -> Command:
    """Give a command both options, as its parameters ``silence_s`` and ``max_silence_s``."""
    usual = click.option(
        "--silence-s",
        type=_SECONDS,
        default=_DEFAULTS.silence_timeout_s,
        show_default=True,
        metavar="SECONDS",
        help="End a run whose agent sends nothing for so long, unless the run asks for another limit.",
    )
    longest = click.option(
        "--max-silence-s",
        type=_SECONDS,
        default=_DEFAULTS.max_silence_s,
        show_default=True,
        metavar="SECONDS",
        help="The longest such silence that a run may ask for.",
    )
    return usual(longest(command))
