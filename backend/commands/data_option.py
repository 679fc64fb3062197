"""``--data``: the folder in which a backend keeps everything, the same on every command that has it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def data_option(command: Command) -> Command:
    """Give a command the option, as its parameter ``data_dir``."""
    return click.option(
        "--data",
        "data_dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="The folder for everything that is kept: runs, recordings, indexes.  [default: $XDG_DATA_HOME/playhead, "
        "else ~/.local/share/playhead]",
    )(command)


def chosen_data_dir(data_dir: Path | None) -> Path:
    """The folder that was named, else the user's own."""
    return (data_dir or default_data_dir()).expanduser().resolve()


def default_data_dir() -> Path:
    """The user's own data folder, as the XDG base directory specification places it."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share") / "playhead"
