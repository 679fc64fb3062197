"""The process that reads files of unknown origin, one after another, as its standard input names them.

A fault in a library written in C, an endless loop or a file that takes all memory ends this process, not the backend.
It is started by ``indexing.reader_process``, and ends with its standard input.
"""

import os
import resource
import sys
from pathlib import Path
from typing import BinaryIO

from backend.agents.documents.indexing.file_reading import read_file
from backend.agents.documents.readers import frames
from backend.agents.documents.readers.extraction import Extraction
from backend.agents.documents.readers.extraction_json import encoded
from backend.agents.documents.readers.reading import Reading

MAX_MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space of the process; what a reader needs beyond it, it does not get."""

STEP_CPU_S = 40
"""Seconds of processor time from one report of progress to the next, such as for one page."""


def main() -> None:
    """Read files until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not get between the messages.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _limit(resource.RLIMIT_AS, MAX_MEMORY_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    while (order := frames.receive(sys.stdin.buffer)) is not None:
        _answer(order, answers)


def _answer(order: dict[str, object], answers: BinaryIO) -> None:
    def progress(done: int, total: int, unit: str) -> None:
        _allow_step()
        # Each step, for the last one before the process ends is the one that ended it.
        frames.send(answers, {"progress": (done, total, unit)})

    _allow_step()
    left_out = order["left_out"]
    reading = Reading(progress, frozenset(left_out if isinstance(left_out, list) else ()))
    try:
        read = read_file(
            Path(os.fsdecode(str(order["path"]).encode("latin-1"))), str(order["name"]), str(order["digest"]), reading
        )
    except OSError as error:
        frames.send(answers, {"vanished": error.strerror or "it cannot be read"})
        return
    content = encoded(read.content) if isinstance(read.content, Extraction) else read.content
    described = read.description.encoded() if read.description is not None else None
    answer = {"size": read.size, "changed_ns": read.changed_ns, "digest": read.digest}
    frames.send(answers, {**answer, "content": content, "description": described})


def _allow_step() -> None:
    """Allow the processor time of one more step; the system ends the process (SIGXCPU) where it takes more."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _limit(resource.RLIMIT_CPU, used + STEP_CPU_S)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (ValueError, OSError):
        # Some systems know a limit and do not take it; the others still hold.
        return


if __name__ == "__main__":
    main()
