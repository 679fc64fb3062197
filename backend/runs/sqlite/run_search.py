"""Finding runs in the tables. Works inside the caller's transaction."""

import re
import sqlite3

from backend.runs.search import PlaceError, RunQuery, folded
from backend.runs.sqlite.statements import StoredRun, select_runs

_PLACE = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def find_runs(
    connection: sqlite3.Connection, query: RunQuery, limit: int, before: str
) -> tuple[list[StoredRun], str | None]:
    """Runs that fit, the latest first, and the place after them if there are more. Raises ``PlaceError``.

    A place is the number of the last run of a page. Text is looked for in every row that is left, with ``instr``: it
    knows no wildcards, and ``folded`` is Playhead's (see ``schema.connect``), since SQLite's ``LIKE`` and ``lower``
    know only the letters of ASCII.
    """
    where, values = _conditions(query)
    if before:
        if not _PLACE.fullmatch(before):
            raise PlaceError
        where.append("number < ?")
        values.append(int(before))
    conditions = f"WHERE {' AND '.join(where)} " if where else ""
    found = select_runs(connection, f"{conditions}ORDER BY number DESC LIMIT ?", *values, limit + 1)
    page = found[:limit]
    return page, str(page[-1].number) if len(found) > limit else None


def _conditions(query: RunQuery) -> tuple[list[str], list[str | int]]:
    where: list[str] = []
    values: list[str | int] = []
    if query.session_id:
        where.append("session_id = ?")
        values.append(query.session_id)
    if query.agent:
        where.append("agent = ?")
        values.append(query.agent)
    if query.outcome == "running":
        where.append("outcome IS NULL")
    elif query.outcome:
        where.append("outcome = ?")
        values.append(query.outcome)
    if query.text:
        where.append("instr(folded(question), ?) > 0")
        values.append(folded(query.text))
    return where, values
