"""The key with which a UI reaches a backend that has tokens, and what having one means for its door."""

import argparse
import os

from backend.network.credentials import KEY_VARIABLE
from backend.network.loopback import is_loopback


def take_ui_key(parser: argparse.ArgumentParser, host: str) -> str:
    """The key in the environment, which is taken out of it; empty where people need not sign in.

    Ends the program with one sentence and exit code 1 where strangers could reach it at ``host``.
    """
    key = os.environ.pop(KEY_VARIABLE, "").strip()
    if not key and not is_loopback(host):
        parser.exit(
            1,
            f"{host} can be reached from other machines, where people have to sign in: put the key of a UI into "
            f"{KEY_VARIABLE} (playhead tokens add NAME --role ui makes one), or use --host 127.0.0.1.\n",
        )
    return key
