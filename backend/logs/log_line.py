"""One line of the log as data: when, how bad, from where, about which run, and what happened.

The message of an exception may quote a question, an answer or a document, so that only its type and the places in the
code are kept. Of what other packages write, only their fixed words are: see ``message_of``.
"""

import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from backend.logs.redaction import Redaction
from backend.logs.run_scope import current_run

OWN: Final = ("backend", "ui_gradio", "ui_streamlit", "evals")
_WHOLE: Final = ("stderr", "stdout", "py.warnings")
"""Loggers of lines that somebody printed for the operator."""
FIELDS: Final = "fields"
"""The attribute of a record with further members of its line, as ``extra={"fields": {…}}`` gives it."""

MOST_CHARACTERS: Final = 2000
MOST_FRAMES: Final = 30
"""The innermost frames that are kept."""

Members = dict[str, Any]


def log_members(record: logging.LogRecord, redact: Redaction) -> Members:
    """The members of the line, in order. ``run_id`` and ``error`` are there where there is one."""
    members: Members = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": redact(message_of(record))[:MOST_CHARACTERS],
    }
    fields = getattr(record, FIELDS, {})
    run_id = fields.get("run_id") or current_run()
    if run_id:
        members["run_id"] = run_id
    members |= {name: redact(value) if isinstance(value, str) else value for name, value in fields.items()}
    if record.exc_info and record.exc_info[1] is not None:
        members["error"] = error_members(record.exc_info[1])
    return members


def message_of(record: logging.LogRecord) -> str:
    """The record's sentence. Playhead's own have their values; those of other packages only the words that stand in
    their code, or the first line of a text that was put together there."""
    if is_own(record.name) or record.name in _WHOLE:
        return record.getMessage().strip()
    words = str(record.msg).strip()
    return words.splitlines()[0] if words else ""


def is_own(logger: str) -> bool:
    """Whether the logger is one of Playhead's."""
    return logger.partition(".")[0] in OWN


def error_members(error: BaseException) -> Members:
    """An exception without its message: its type, where it was raised, innermost last, and what it came from."""
    members: Members = {"type": _type_of(error), "frames": _frames(error.__traceback__)}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and cause is not error:
        members["cause"] = _type_of(cause)
    return members


def _type_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _frames(trace: TracebackType | None) -> list[str]:
    frames = list(traceback.walk_tb(trace))[-MOST_FRAMES:]
    return [f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}" for frame, line in frames]
