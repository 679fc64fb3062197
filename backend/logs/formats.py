"""The two forms of a line: JSON for programs, text for people."""

import json
import logging
from typing import Literal, get_args

from backend.logs.log_line import log_members
from backend.logs.logged_stream import PRINTED
from backend.logs.redaction import Redaction

LogFormat = Literal["json", "text"]
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)

_IN_THE_HEAD = ("time", "level", "logger", "message", "run_id", "error")


class JsonFormat(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON in ASCII."""
        return json.dumps(log_members(record, self._redact), default=str)


class TextFormat(logging.Formatter):
    """A sentence a line, followed by the places in the code where something failed."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        members = log_members(record, self._redact)
        run = (
            f" (run {members['run_id']})" if members.get("run_id", "") not in ("", *members["message"].split()) else ""
        )
        others = "".join(f" {name}={value}" for name, value in members.items() if name not in _IN_THE_HEAD)
        error = members.get("error")
        # What was printed as a line stays one.
        head = "" if record.name in PRINTED and error is None else f"{record.levelname}: "
        lines = [f"{head}{members['message']}{run}{others}"]
        if error:
            lines += [f"  {frame}" for frame in error["frames"]]
            lines.append(f"  {error['type']}" + (f", from {error['cause']}" if "cause" in error else ""))
        return "\n".join(lines)
