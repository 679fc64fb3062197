"""``playhead tokens``: who may reach a server, and what they may do."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.commands.data_option import default_data_dir
from backend.commands.token_options import TOKEN_FILE
from backend.protocol.roles import ROLES

if TYPE_CHECKING:
    from backend.access.tokens import TokenFile

_file_option = click.option(
    "--token-file",
    type=TOKEN_FILE,
    metavar="FILE",
    help="The file of tokens.  [default: tokens.json in the data folder]",
)


@click.group(short_help="Add, list and revoke the tokens of a server.")
def command() -> None:
    """Say who may reach a server, and what they may do.

    The file keeps digests, never the tokens. A server that was started with --token-file notices every change.
    """


@command.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([*ROLES, "ui"]),
    default="host",
    show_default=True,
    help="What the token may do; ui is for a UI that runs apart from the backend.",
)
@_file_option
def add(name: str, role: str, token_file: Path | None) -> None:
    """Make a token for NAME, and print it once."""
    from backend.access.tokens import TOKEN_ROLES, TokenFileError
    from backend.runs.records import utc_now

    wanted = next(each for each in TOKEN_ROLES if each == role)
    try:
        secret = _file(token_file).add(name, wanted, utc_now())
    except TokenFileError as error:
        raise click.ClickException(str(error)) from error
    click.echo(secret)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_file_option
def list_tokens(as_json: bool, token_file: Path | None) -> None:
    """List the names, with roles and when each token was made."""
    from backend.access.tokens import TokenFileError

    try:
        tokens = _file(token_file).tokens()
    except TokenFileError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        rows = [{"name": each.name, "role": each.role, "created_at": each.created_at} for each in tokens]
        click.echo(json.dumps(rows, indent=2))
        return
    for each in tokens:
        click.echo(f"{each.name}  {each.role}  {each.created_at}")
    if not tokens:
        click.echo("There are no tokens: playhead tokens add NAME makes one.", err=True)


@command.command()
@click.argument("name")
@_file_option
def revoke(name: str, token_file: Path | None) -> None:
    """Delete the token of NAME: it is worth nothing from then on."""
    from backend.access.tokens import TokenFileError

    try:
        _file(token_file).revoke(name)
    except TokenFileError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The token of {name} is revoked.")


def _file(path: Path | None) -> "TokenFile":
    from backend.access.tokens import TokenFile

    return TokenFile(path or default_data_dir() / "tokens.json")
