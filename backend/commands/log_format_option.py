"""``--log-format``: how the log is written. The same on all commands that serve."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from backend.logs.formats import LOG_FORMATS
from backend.logs.set_up import DEFAULT, FLAG, HELP

Command = TypeVar("Command", bound=Callable[..., Any])


def log_format_option(command: Command) -> Command:
    """Give a command the option, as its parameter ``log_format``."""
    return click.option(FLAG, type=click.Choice(LOG_FORMATS), default=DEFAULT, show_default=True, help=HELP)(command)
