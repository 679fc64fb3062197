"""One process that reads files: started when needed, ended with the work, started anew where a file ended it."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from backend.agents.documents.indexing.description import decoded_description
from backend.agents.documents.indexing.file_reading import ReadFile
from backend.agents.documents.readers import frames
from backend.agents.documents.readers.extraction_json import decoded
from backend.agents.documents.readers.reading import Progress

_MODULE = "backend.agents.documents.indexing.reader_worker"
_MOST_LEFT_OUT = 3
"""Pages of one file that may end its reader before the file is given up."""


class _Reached:
    """Passes progress on and remembers the last of it: the part (from 1) that is being read."""

    def __init__(self, progress: Progress) -> None:
        self.number, self.unit = 0, ""
        self._progress = progress

    def __call__(self, done: int, total: int, unit: str) -> None:
        self.number, self.unit = done + 1, unit
        self._progress(done, total, unit)


class ReaderProcess:
    """Reads files in a process of its own. Not for several threads at once, but ``kill`` may come from any."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False

    def read(self, path: Path, name: str, known_digest: str, progress: Progress) -> ReadFile | None:
        """What is in the file; None once ``kill`` was called. A page that ends the process is left out.

        Raises ``OSError`` with a reason where the file cannot be opened.
        """
        left_out: set[int] = set()
        while not self._killed:
            reached = _Reached(progress)
            found = self._attempt(path, name, known_digest, left_out, reached)
            if found is not None or self._killed:
                return found
            reason = self._reason()
            if reached.unit != "page" or len(left_out) == _MOST_LEFT_OUT or reached.number in left_out:
                where = f" ({reached.unit} {reached.number})" if reached.unit else ""
                state = path.stat()
                return ReadFile(state.st_size, state.st_mtime_ns, f"ended:{state.st_mtime_ns}", f"{reason}{where}")
            left_out.add(reached.number)
        return None

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        return self._process.pid if self._process is not None else None

    def kill(self) -> None:
        """End the process at once; nothing is read any more."""
        self._killed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process and wait for it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        # What was not sent yet cannot be sent any more.
                        pipe.close()

    def _attempt(
        self, path: Path, name: str, known_digest: str, left_out: set[int], progress: Progress
    ) -> ReadFile | None:
        """None where the process ended before its answer."""
        if self._process is None:
            self._process = _started()
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            return None
        order = {
            "path": os.fsencode(path).decode("latin-1"),
            "name": name,
            "digest": known_digest,
            "left_out": sorted(left_out),
        }
        try:
            frames.send(orders, order)
            while (message := frames.receive(answers)) is not None:
                if "progress" in message:
                    progress(*message["progress"])
                    continue
                if "vanished" in message:
                    raise OSError(0, message["vanished"])
                content = message["content"]
                read = decoded(content) if isinstance(content, dict) else content
                described = message["description"]
                description = decoded_description(described) if described is not None else None
                return ReadFile(message["size"], message["changed_ns"], message["digest"], read, description)
        except (BrokenPipeError, ValueError, LookupError, TypeError):
            # It ended, or what it sent is no message: a process that reads such files may do anything.
            self._process.kill()
        return None

    def _reason(self) -> str:
        """Why the process ended, to complete the sentence "<file> was skipped: …"."""
        process = self._process
        code = process.wait() if process is not None else 0
        self.close()
        if code == -signal.SIGXCPU:
            return "it takes more work to read than a file may"
        return "its reader broke off, as it does on damaged files and on those that take too much memory"


def _started() -> "subprocess.Popen[bytes]":
    # Without the current folder on its path: that may be a folder of documents, with a module of any name in it.
    command = [sys.executable, "-P", "-m", _MODULE]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
