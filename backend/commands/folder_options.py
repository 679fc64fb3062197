"""``--docs``, ``--scenarios`` and ``--data``: the same folders on every command that starts a server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.commands.data_option import data_option

Command = TypeVar("Command", bound=Callable[..., Any])

DOCS_HELP = "The folder with the documents.  [default: the bundled sample]"
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


def folder_options(command: Command) -> Command:
    """Give a command the three options, as its parameters ``docs_dir``, ``scenarios_dir`` and ``data_dir``."""
    with_data = data_option(command)
    with_scenarios = click.option(
        "--scenarios",
        "scenarios_dir",
        type=_FOLDER,
        help="A folder of your own scenarios, offered beside the bundled ones.",
    )(with_data)
    return click.option("--docs", "docs_dir", type=_FOLDER, help=DOCS_HELP)(with_scenarios)
