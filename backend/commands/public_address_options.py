"""``--root-path``, ``--trusted-proxy`` and ``--public-url``, the same on every command that starts a server."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from backend.commands.refusals import BadInput
from backend.doors import public_address as doors

Command = TypeVar("Command", bound=Callable[..., Any])


def root_path_option(command: Command) -> Command:
    """Give a command ``--root-path``, as its parameter ``root_path``."""
    return click.option(
        doors.ROOT_PATH, metavar="PATH", default="", callback=_read(doors.path_prefix), help=doors.ROOT_PATH_HELP
    )(command)


def proxy_options(command: Command) -> Command:
    """Give a command the other two, as its parameters ``trusted_proxies`` and ``public_url``."""
    trusted = click.option(
        doors.TRUSTED_PROXY,
        "trusted_proxies",
        multiple=True,
        metavar="ADDRESS",
        callback=_networks,
        help=doors.TRUSTED_PROXY_HELP,
    )
    public = click.option(
        doors.PUBLIC_URL, metavar="URL", default="", callback=_read(doors.public_url), help=doors.PUBLIC_URL_HELP
    )
    return trusted(public(command))


def _read(read: Callable[[str], str]) -> Callable[[click.Context, click.Parameter, str], str]:
    def callback(context: click.Context, parameter: click.Parameter, text: str) -> str:
        try:
            return read(text) if text else ""
        except ValueError as error:
            raise BadInput(str(error)) from error

    return callback


def _networks(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(doors.proxy_network(text)) for text in texts)
    except ValueError as error:
        raise BadInput(str(error)) from error
