"""``--show-reasoning``: whether readers may see what a model thinks. The same on all commands that have it."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

FLAG = "--show-reasoning"


def reasoning_option(command: Command) -> Command:
    """Give a command the option, as its parameter ``show_reasoning``."""
    return click.option(
        FLAG,
        is_flag=True,
        help="Keep what a model thinks, in its step: readers may unfold it, and recordings contain it.",
    )(command)
