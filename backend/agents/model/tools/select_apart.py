"""One SELECT that a model wrote, run in a process of its own, which contains any damage and releases its memory."""

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from backend.agents.documents.figures.tables import QUERY_SECONDS, QueryError, Result, SlowQueryError

START_SECONDS = 10.0
"""How long the process may take to start and to load the tables, beside the time of the query."""

_CHILD = "backend.agents.model.tools.select_child"


@dataclass(frozen=True, slots=True)
class GivenTable:
    """A table as in its file, by the name that queries use."""

    name: str
    document: str
    digest: str
    text: str


async def select_apart(tables: Sequence[GivenTable], sql: str, most_rows: int) -> Result:
    """The first rows of the query, its cells as plain JSON. Raises ``QueryError``; cancelling it ends the process."""
    asked = {"tables": [asdict(table) for table in tables], "sql": sql, "most_rows": most_rows}
    # -P: a file in the folder in which the backend was started is not one of Playhead's modules.
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", _CHILD,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(QUERY_SECONDS + START_SECONDS):
            said, _ = await child.communicate(json.dumps(asked).encode("ascii"))
    except TimeoutError as error:
        raise SlowQueryError(QUERY_SECONDS) from error
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return _result(said)


def _result(said: bytes) -> Result:
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError as error:
        raise QueryError("The query ended the database: ask for less.") from error
    if "problem" in answer:
        raise QueryError(answer["problem"])
    return Result(tuple(answer["columns"]), tuple(tuple(row) for row in answer["rows"]))
