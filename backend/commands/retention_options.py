"""``--keep-days`` and ``--keep-bytes``: what a backend keeps. The same on all commands that serve."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


class ByteSize(click.ParamType[int]):
    """A number of bytes, such as ``500M`` or ``2G``."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is not a size: write it as 500M or 2G.", param, ctx)
        return int(float(found[1]) * _FACTORS[found[2].lower()])


def retention_options(command: Command) -> Command:
    """Give a command both options, as its parameters ``keep_days`` and ``keep_bytes``; None = everything is kept."""
    days = click.option(
        "--keep-days",
        type=click.FloatRange(0, min_open=True),
        metavar="DAYS",
        help="Remove ended runs that are older, unless they are shared or have feedback.  [default: keep all]",
    )
    size = click.option(
        "--keep-bytes",
        type=ByteSize(),
        metavar="SIZE",
        help="Remove the oldest such runs while everything takes more than this, such as 2G.  [default: keep all]",
    )
    return days(size(command))
