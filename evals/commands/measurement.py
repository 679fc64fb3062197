"""What ``playhead eval`` measures: an agent elsewhere, a backend that runs, or one that is started for it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from backend.client import ClientError
from backend.launch.child import ChildFailed
from backend.launch.server import LocalServer
from evals.commands.progress import measure_with_progress
from evals.evaluation.live import PlayInPage
from evals.files.evaluation import Evaluation
from evals.playing.foreign.target import ForeignTarget
from evals.playing.target import TargetError
from evals.results.models import Target
from evals.suites.suite import Suite
from evals.wire.exchange import TargetAddressError

INDEXING_TIMEOUT_S: Final = 600.0
"""How long the backend may be silent before it is ready: one large file may take minutes."""


class MeasurementError(Exception):
    """Nothing could be measured. The message says why, and what to do."""


def measure(
    suite: Suite, url: str | None, docs: Path | None, pages: Sequence[PlayInPage], foreign: ForeignTarget | None
) -> tuple[Evaluation, bool]:
    """Measure ``foreign``, else the backend at ``url``, else one that is started here with the folder ``docs``. The
    flag says whether Ctrl-C ended it early. Raises ``MeasurementError``.
    """
    try:
        if foreign is not None:
            measured = Target(url=foreign.shown, started_here=False, dialect=foreign.remote.dialect)
            return measure_with_progress(suite, measured, foreign=foreign)
        if url is not None:
            return measure_with_progress(suite, Target(url=url, started_here=False), pages)
        return _measure_here(suite, docs, pages)
    except (ClientError, ChildFailed, TargetError, TargetAddressError) as error:
        raise MeasurementError(str(error)) from error


def _measure_here(suite: Suite, docs: Path | None, pages: Sequence[PlayInPage]) -> tuple[Evaluation, bool]:
    click.echo("Starting a backend ...", err=True)
    said, folder = StartupLines(), None if docs is None else docs.resolve()
    with (
        tempfile.TemporaryDirectory(prefix="playhead-eval-") as data,
        LocalServer(Path(data), docs_dir=folder, on_line=said.hear, timeout_s=INDEXING_TIMEOUT_S) as server,
    ):
        if docs is not None and said.failure:
            raise MeasurementError(said.failure)
        return measure_with_progress(suite, Target(url=server.url, started_here=True), pages)


class StartupLines:
    """What the backend says until it is ready: its progress with a folder, and why its documents cannot be used."""

    _FAILED = "documents: failed, "

    def __init__(self) -> None:
        self.failure = ""

    def hear(self, line: str) -> None:
        """One line of its output; called from the thread that reads it."""
        if line.startswith(self._FAILED):
            self.failure = line.removeprefix(self._FAILED)
        elif line.startswith("documents: "):
            click.echo(line, err=True)
