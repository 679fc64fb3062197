"""Finding runs in the tables. Works inside the caller's transaction."""

import re
import sqlite3
from collections.abc import Iterator

from backend.runs.search import PlaceError, RunQuery, folded
from backend.runs.sqlite.statements import StoredRun, select_runs

FEW_RUNS = 5_000
"""Where a condition beside the text leaves fewer runs than this, their texts are looked at one by one; else all texts
are passed over, which costs a run a fifth of that."""

_OF_RUN = "EXISTS (SELECT 1 FROM run_text WHERE run_text.number = run.number AND run_text.question GLOB ?)"
_NOTHING = "0"
_WILDCARD = re.compile(r"[*?[]")
_PLACE = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)

Value = str | int | None


def find_runs(
    connection: sqlite3.Connection, query: RunQuery, limit: int, before: str
) -> tuple[list[StoredRun], str | None]:
    """Runs that fit, the latest first, and the place after them if there are more. Raises ``PlaceError``.

    A place is the number of the last run of a page. Text is looked for with ``GLOB``, which takes two thirds of the
    time of ``instr``; its wildcards are escaped. The text is folded as Playhead does it, since SQLite's ``LIKE`` and
    ``lower`` know only the letters of ASCII.
    """
    if before and not _PLACE.fullmatch(before):
        raise PlaceError
    conditions = dict(_conditions(query))
    where, values = [f"{column} IS ?" for column in conditions], list(conditions.values())
    if before:
        where.append("number < ?")
        values.append(int(before))
    if "\0" in query.text:
        # No question contains it, and a pattern would end there.
        where.append(_NOTHING)
    elif query.text:
        pattern = f"*{_WILDCARD.sub(_escaped, folded(query.text))}*"
        if _leaves_few(connection, conditions):
            where.append(_OF_RUN)
            values.append(pattern)
        else:
            where, values = [_among_the_texts([*conditions], before)], [pattern, *values, limit + 1]
    found = f"WHERE {' AND '.join(where)} " if where else ""
    runs = select_runs(connection, f"{found}ORDER BY number DESC LIMIT ?", *values, limit + 1)
    page = runs[:limit]
    return page, str(page[-1].number) if len(runs) > limit else None


def _leaves_few(connection: sqlite3.Connection, conditions: dict[str, Value]) -> bool:
    """Whether one of the conditions leaves few runs: each column has an index, on which the runs are counted."""
    return any(
        connection.execute(f"SELECT 1 FROM run WHERE {column} IS ? LIMIT 1 OFFSET ?", (value, FEW_RUNS - 1)).fetchone()  # noqa: S608 - the names of columns
        is None
        for column, value in conditions.items()
    )


def _among_the_texts(columns: list[str], before: str) -> str:
    """The condition of the latest runs whose text fits the pattern, which have the values of these columns, and which
    stand before that place if there is one. A run is looked at only where its text fits, since the order of a cross
    join is kept."""
    runs = " CROSS JOIN run AS fitting ON fitting.number = run_text.number" if columns else ""
    others = "".join(f" AND fitting.{column} IS ?" for column in columns)
    place = " AND run_text.number < ?" if before else ""
    return (
        f"number IN (SELECT run_text.number FROM run_text{runs} "  # noqa: S608 - the names of columns
        f"WHERE run_text.question GLOB ?{others}{place} ORDER BY run_text.number DESC LIMIT ?)"
    )


def _escaped(wildcard: re.Match[str]) -> str:
    return f"[{wildcard[0]}]"


def _conditions(query: RunQuery) -> Iterator[tuple[str, Value]]:
    """The columns that must have a value, with the value; ``run`` has an index on each."""
    if query.session_id:
        yield "session_id", query.session_id
    if query.agent:
        yield "agent", query.agent
    if query.owner is not None:
        yield "owner", query.owner
    if query.outcome:
        yield "outcome", None if query.outcome == "running" else query.outcome
