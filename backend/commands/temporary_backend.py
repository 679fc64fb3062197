"""The backend a command talks to: the one at a given address, or a temporary one as a child process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from backend.commands.refusals import BadInput
from backend.launch.child import ChildFailed
from backend.launch.server import LocalServer
from backend.present.words.printable import printable

OWN_GIVE_UP_S = 5.0
"""How long a command waits for its own backend once it is gone: nobody starts it again."""

FOREIGN_GIVE_UP_S = 60.0
"""How long it waits for one at a given address, which may be restarting."""

MAX_WARNINGS = 20


@dataclass(slots=True)
class ReachableBackend:
    """Where the backend answers, and for how many seconds to wait for it once it is gone."""

    url: str
    give_up_after_s: float
    server: LocalServer | None = None

    def kill(self) -> None:
        """Do not wait for a temporary backend to end in good order; leave any other alone."""
        if self.server is not None:
            self.server.process.kill()


@contextmanager
def reachable_backend(
    url: str | None,
    data_dir: Path,
    docs_dir: Path | None,
    model: str | None = None,
    mcp: Path | None = None,
    remote: str | None = None,
) -> Iterator[ReachableBackend]:
    """The backend at ``url``, or a temporary one that keeps everything under ``data_dir`` and is stopped at the end.

    What the own one says while it indexes is shown on stderr. Raises ``BadInput`` for a folder that is none, and
    ``ClickException`` where the backend cannot start.
    """
    if url is not None:
        yield ReachableBackend(url, FOREIGN_GIVE_UP_S)
        return
    if docs_dir is not None and not docs_dir.is_dir():
        raise BadInput(f"{docs_dir} is not a folder: give --docs the folder with the documents.")
    if data_dir.exists() and not data_dir.is_dir():
        raise BadInput(f"{data_dir} is not a folder: give --data the folder for runs and indexes.")
    telling = StartupTelling()
    server = LocalServer(
        data_dir.expanduser().resolve(),
        docs_dir=docs_dir.resolve() if docs_dir is not None else None,
        model=model,
        mcp=mcp,
        remote=remote,
        on_line=telling.hear,
    )
    try:
        with telling:
            server.__enter__()
    except ChildFailed as failure:
        raise click.ClickException(_reason(failure)) from failure
    try:
        yield ReachableBackend(server.url, OWN_GIVE_UP_S, server)
    finally:
        server.__exit__()


def tell_warnings(warnings: Sequence[str]) -> None:
    """Say on stderr what the operator of a backend should know, such as files that were skipped."""
    for warning in warnings[:MAX_WARNINGS]:
        click.echo(f"Warning: {printable(warning)}", err=True)
    if len(warnings) > MAX_WARNINGS:
        click.echo(f"Warning: {len(warnings) - MAX_WARNINGS:,} more are not shown.", err=True)


class StartupTelling:
    """The output of a temporary backend until it is ready: its progress, on one line where stderr is a terminal."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._status = self._console.status("Starting the backend", spinner="line")
        self._open = False

    def __enter__(self) -> "StartupTelling":
        self._open = True
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        self._status.stop()

    def hear(self, line: str) -> None:
        """One line of the backend's output; called from the thread that reads it."""
        if line.startswith("warning: ") or ": failed, " in line:
            # The command reports them itself, in its words and once.
            return
        if not self._console.is_terminal:
            click.echo(line, err=True)
        elif self._open:
            # Later lines would tear the picture of the run; the last ones are printed if the backend dies.
            self._status.update(printable(line))


def _reason(failure: ChildFailed) -> str:
    """The backend's own sentence where it gave one, else all that is known."""
    for line in reversed(failure.last_lines):
        if line.startswith("Error: "):
            return line.removeprefix("Error: ")
    return str(failure)
