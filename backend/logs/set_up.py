"""``--log-format``: how a program writes its log, the same for the backend and both UIs."""

import argparse
import logging
import os
import sys
from typing import Final

from backend.logs.formats import LOG_FORMATS, JsonFormat, LogFormat, TextFormat
from backend.logs.log_line import OWN
from backend.logs.logged_stream import LoggedStream
from backend.logs.redaction import Redaction

FLAG: Final = "--log-format"
HELP: Final = "How the log is written: a JSON object a line, with the runs that begin and end, or text."
DEFAULT: Final[LogFormat] = "text"

EVERYTHING: Final = "PLAYHEAD_TRACEBACK"
"""With this variable set, exceptions are logged with their messages, which may quote what people wrote."""


def add_log_format(parser: argparse.ArgumentParser) -> None:
    """Give a program the option, as its argument ``log_format``."""
    parser.add_argument(FLAG, choices=LOG_FORMATS, default=DEFAULT, help=HELP)


def set_up_logs(log_format: LogFormat, *, printed: bool = False) -> None:
    """Write the log to standard error. From then on, what packages print there is logged, too; with ``printed`` and in
    JSON, so is what they print on standard output.

    JSON has lines about ordinary events of Playhead's own; text has warnings alone.
    """
    handler = logging.StreamHandler(sys.stderr)
    if os.environ.get(EVERYTHING):
        handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    else:
        redact = Redaction()
        handler.setFormatter(JsonFormat(redact) if log_format == "json" else TextFormat(redact))
        sys.stderr = LoggedStream()
        if printed and log_format == "json":
            sys.stdout = LoggedStream("stdout", logging.INFO)
            logging.getLogger("stdout").setLevel(logging.INFO)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO if log_format == "json" else logging.WARNING)
    logging.captureWarnings(True)
