"""A child of a test that never outlives it: whatever the test raises, the child is killed and waited for.

``with subprocess.Popen(...)`` alone waits for a child that nobody has ended, so a failed assertion would take as long
as the child does.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def child_process(
    command: Sequence[str | Path],
    *,
    errors: int | None = None,
    input_from: int | None = None,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    own_session: bool = False,
) -> Iterator["subprocess.Popen[str]"]:
    """The command while inside, its standard output a pipe of text.

    ``input_from`` says where its standard input comes from, as ``subprocess.Popen`` has it; ``errors`` says where its
    standard error goes: to the test's own if not given. ``environment`` is added to this process's own. A child with
    ``own_session`` leads a process group of its own.
    """
    with subprocess.Popen(
        command,
        stdin=input_from,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        start_new_session=own_session,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
