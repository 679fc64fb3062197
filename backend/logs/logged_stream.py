"""What packages print by themselves, such as tracebacks: it becomes lines of the log.

The last line of a traceback has the exception's message, which may quote what people wrote, so that only its type is
kept; so are further lines of the same message.
"""

import io
import logging
import re
import threading

PRINTED = ("stderr", "stdout")
"""The loggers of what is printed."""

_BEGIN = re.compile(r"^\s*Traceback \(most recent call last\):")
_BETWEEN = re.compile(r"^(During handling of the above|The above exception was)")
_FRAME = re.compile(r"^\s+(File \"[^\"]+\", line \d+, in \S+)")
_TYPE = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)")


class LoggedStream(io.TextIOBase):
    """Stands in for ``sys.stderr`` or ``sys.stdout``: every whole line is logged."""

    def __init__(self, name: str = "stderr", level: int = logging.WARNING) -> None:
        """``name`` is one of ``PRINTED``."""
        self._log = logging.getLogger(name)
        self._level = level
        self._lock = threading.RLock()
        self._rest = ""
        self._frames: list[str] | None = None
        self._ended = False
        self._busy = False

    encoding = "utf-8"
    errors = "backslashreplace"

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Log the lines that are complete now."""
        with self._lock:
            # What the log itself prints about its own failure would be logged again, for ever.
            if not self._busy:
                self._busy, self._ended = True, False
                try:
                    *lines, self._rest = (self._rest + text).split("\n")
                    for line in lines:
                        self._take(line.rstrip())
                finally:
                    self._busy = False
        return len(text)

    def _take(self, line: str) -> None:
        if _BEGIN.match(line):
            self._frames, self._ended = [], False
        elif self._frames is not None:
            self._continue(line)
        elif line and not self._ended and not _BETWEEN.match(line):
            self._log.log(self._level, "%s", line)

    def _continue(self, line: str) -> None:
        """A line inside a traceback: a frame, its code, or the exception that ends it."""
        frame = _FRAME.match(line)
        if frame is not None:
            self._frames = [*(self._frames or ()), frame[1]]
        elif line and not line[0].isspace() and not _BETWEEN.match(line):
            kind = _TYPE.match(line)
            fields = {"error": {"type": kind[1] if kind else "?", "frames": self._frames or []}}
            self._log.error("An error was printed.", extra={"fields": fields})
            self._frames, self._ended = None, True
