"""``--allow-host``: the same option on every program that serves."""

import argparse
from typing import Final

from backend.doors.hosts import allowed_host

FLAG: Final = "--allow-host"
HELP: Final = (
    "Answer to this host name too, as behind a reverse proxy that passes the Host header on and signs people in. "
    "Can be given several times."
)


def add_allow_host(parser: argparse.ArgumentParser) -> None:
    """Give a program the option, as its argument ``allow_host``: a list of names."""
    parser.add_argument(FLAG, action="append", default=[], type=_name, metavar="NAME", help=HELP)


def _name(text: str) -> str:
    try:
        return allowed_host(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
