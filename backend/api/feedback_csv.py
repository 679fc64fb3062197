"""Feedback as a table that a spreadsheet can open without running any of it."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple

from backend.protocol.spreadsheet_cells import inert
from backend.runs.review import FeedbackRecord

VOTE = ("other_run_id", "other_agent", "verdict")
COLUMNS = (
    "feedback_id",
    "run_id",
    "created_at",
    "agent",
    "question",
    "at_ms",
    "thumb",
    "comment",
    "by",
    "reply_to",
    *VOTE,
)


def feedback_csv(feedback: Iterable[FeedbackRecord]) -> bytes:
    """The table with its header line: RFC 4180, every cell quoted, UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in feedback:
        at_ms = "" if each.at_ms is None else f"{each.at_ms:.3f}"
        by = each.by.name if each.by is not None else ""
        vote = ("", "", "") if each.preference is None else astuple(each.preference)
        said = (at_ms, each.thumb or "", each.comment, by, each.reply_to or "", *vote)
        told = (each.created_at, each.agent, each.question, *said)
        writer.writerow(map(inert, (each.feedback_id, each.run_id, *told)))
    return text.getvalue().encode("utf-8-sig")
