"""``--allow-host``: the same on every command that starts a server."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from backend.commands.refusals import BadInput
from backend.doors.allow_host import FLAG, HELP

Command = TypeVar("Command", bound=Callable[..., Any])


def allow_host_option(command: Command) -> Command:
    """Give a command the option, as its parameter ``allowed_hosts``."""
    return click.option(FLAG, "allowed_hosts", multiple=True, metavar="NAME", callback=_names, help=HELP)(command)


def _names(context: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from backend.doors.hosts import allowed_host

    try:
        return tuple(map(allowed_host, names))
    except ValueError as error:
        raise BadInput(str(error)) from error
