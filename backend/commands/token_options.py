"""``--token-file`` and ``--generate-token``, the same on every command that starts a server, and what follows from
them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.network.credentials import KEY_VARIABLE
from backend.network.loopback import is_loopback
from backend.settings import NO_SECRETS, StartSecrets

CommandType = TypeVar("CommandType", bound=Callable[..., Any])

TOKEN_FILE: click.Path = click.Path(dir_okay=False, path_type=Path)

HOST_TOKEN = "PLAYHEAD_HOST_TOKEN"  # noqa: S105 - a variable's name
CODES = "PLAYHEAD_CODES"


def token_options(command: CommandType) -> CommandType:
    """The arguments ``token_file`` and ``generate_token``."""
    command = click.option(
        "--generate-token", is_flag=True, help="Need a token, which is made for this start and printed once."
    )(command)
    return click.option(
        "--token-file",
        type=TOKEN_FILE,
        metavar="FILE",
        help="Need one of the tokens in this file, which `playhead tokens` writes.",
    )(command)


def check_access(host: str, token_file: Path | None, *, generate_token: bool) -> None:
    """Raise ClickException for a server that strangers could reach, and for tokens that cannot be used."""
    from backend.access.tokens import TokenFile, TokenFileError

    if token_file is None:
        if not generate_token and not is_loopback(host):
            raise click.ClickException(
                f"{host} can be reached from other machines, which needs a token: add --token-file FILE or "
                "--generate-token, or use --host 127.0.0.1."
            )
        return
    try:
        tokens = TokenFile(token_file).tokens()
    except TokenFileError as error:
        raise click.ClickException(str(error)) from error
    if not tokens and not generate_token:
        raise click.ClickException(
            f"{token_file} contains no tokens: make one with playhead tokens add NAME --token-file {token_file}."
        )


def secrets_given(*, generate_token: bool) -> StartSecrets:
    """The secrets of this start: those that ``playhead demo`` passes on to its child, or a fresh token.

    They are taken out of the environment, which the programs that an agent starts would inherit.
    """
    from backend.access.tokens import new_secret

    host_token, codes, ui_key = (os.environ.pop(name, "") for name in (HOST_TOKEN, CODES, KEY_VARIABLE))
    if generate_token and not host_token:
        host_token = new_secret()
        click.echo(f"token {host_token}")
    return StartSecrets(host_token, (ui_key,) if ui_key else (), tuple(codes.split()))


def environment_of(secrets: StartSecrets) -> dict[str, str]:
    """The environment in which a child finds these secrets."""
    given = {HOST_TOKEN: secrets.host_token, CODES: " ".join(secrets.codes), KEY_VARIABLE: " ".join(secrets.ui_keys)}
    return {name: value for name, value in given.items() if value}


def start_secrets(uis: Sequence[str], token_file: Path | None, *, generate_token: bool) -> StartSecrets:
    """Fresh secrets for a backend and UIs: a credential for the UIs, and with a generated token one code for each.
    None at all for a server without tokens."""
    from backend.access.one_time_codes import new_code
    from backend.access.tokens import new_secret

    if token_file is None and not generate_token:
        return NO_SECRETS
    codes = tuple(new_code() for _ in uis) if generate_token else ()
    return StartSecrets(new_secret() if generate_token else "", (new_secret(),), codes)


def reached_at(host: str) -> str:
    """The address at which this machine itself reaches a server that listens at ``host``."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened at


def address_at(host: str, port: int) -> str:
    """The address of a server at that host."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def sign_in_text(secrets: StartSecrets, uis: Sequence[tuple[str, str]], host: str, public_url: str) -> str:
    """The lines that are printed once after a token was generated: the token, and for each UI (its label and address) a
    link that signs one person in. A link's code comes after ``#``, which no browser sends to a server."""
    if not secrets.host_token:
        return ""
    lines = [f"token {secrets.host_token}"]
    for (label, url), code in zip(uis, secrets.codes, strict=True):
        place = f"{public_url}/{label}" if public_url else url
        lines.append(f"sign in once, within 5 minutes: {place}/sign-in#code={code}")
    if reached_at(host) != host and not public_url:
        lines.append("From another machine, write this machine's address in place of 127.0.0.1.")
    return "".join(f"{line}\n" for line in lines)
