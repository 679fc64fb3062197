"""Feedback as a table that a spreadsheet can open without running any of it.

A cell that begins like a formula is one to a spreadsheet, whatever quotes are around it (CWE-1236). The usual answer,
an apostrophe before it, is put at the beginning of every cell and also behind what some spreadsheets take for the
border of a cell inside of one: a line break, a tab, and the semicolon that separates cells where the comma is the
decimal sign.
"""

import csv
import io
import re
from collections.abc import Iterable

from backend.runs.review import FeedbackRecord

COLUMNS = ("feedback_id", "run_id", "created_at", "agent", "question", "at_ms", "thumb", "comment")

_FORMULA = re.compile(r"(^|[\n\r\t;])([^\S\n\r\t]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a formula would begin: ``=``, ``+``, ``-``, ``@`` and their full-width forms, also behind spaces."""


def feedback_csv(feedback: Iterable[FeedbackRecord]) -> bytes:
    """The table with its header line: RFC 4180, every cell quoted, UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in feedback:
        at_ms = "" if each.at_ms is None else f"{each.at_ms:.3f}"
        told = (each.created_at, each.agent, each.question, at_ms, each.thumb or "", each.comment)
        writer.writerow(map(inert, (each.feedback_id, each.run_id, *told)))
    return text.getvalue().encode("utf-8-sig")


def inert(cell: str) -> str:
    """The text, with an apostrophe before everything that a spreadsheet would take for a formula."""
    if cell[:1] in ("\t", "\r", "\n"):
        cell = f"'{cell}"
    return _FORMULA.sub(r"\1\2'", cell)
