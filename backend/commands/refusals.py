"""How a command says no: one sentence on stderr and an exit code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

BAD_INPUT = 2
BROKEN_PIPE = 141
"""The exit code where nobody reads the output any more: 128 + SIGPIPE, as shells have it."""


class BadInput(click.ClickException):
    """What was given cannot be used; the message says in one sentence what to do. Exit code 2."""

    exit_code = BAD_INPUT


@contextmanager
def quiet_broken_pipe() -> Iterator[None]:
    """Leave without a word where the reader of the output has gone (``playhead ask … | head``)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered goes nowhere; without this the interpreter complains about it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)


def exit_with(code: int) -> None:
    """End the running command with this exit code."""
    click.get_current_context().exit(code)
