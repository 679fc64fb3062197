"""The process in which a model's SELECT runs: tables and query as JSON on stdin, its rows or the error on stdout.

DuckDB's memory limit does not count the texts that a query makes: one `repeat` can take all memory of a machine, and
cannot be interrupted meanwhile. So it runs in a process that can end alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

from backend.agents.documents.figures.tables import QueryError, Tables
from backend.agents.model.tools.cells import plain_rows

MOST_BYTES = 512 * 1024 * 1024
"""Memory for a query, beyond that of the process before it, its result included."""

MOST_ANSWER_BYTES = 8 * 1024 * 1024
"""The most bytes of its rows as JSON."""

TOO_MUCH = "The query takes too much memory: ask for fewer or shorter rows."


def main() -> None:
    """Answer the one request. The exit code is 0 even if the query fails."""
    asked = json.load(sys.stdin)
    try:
        answer = json.dumps(_answer(asked), ensure_ascii=True, allow_nan=False)
    except QueryError as error:
        answer = json.dumps({"problem": str(error)})
    except MemoryError:
        answer = json.dumps({"problem": TOO_MUCH})
    if len(answer) > MOST_ANSWER_BYTES:
        answer = json.dumps({"problem": "The rows are too large: select fewer columns, or fewer rows."})
    sys.stdout.write(answer)


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    tables = Tables()
    for table in asked["tables"]:
        tables.load(table["document"], table["digest"], table["text"], name=table["name"])
    _limit_memory()
    result = tables.select(asked["sql"], asked["most_rows"])
    return {"columns": result.columns, "rows": plain_rows(result)}


def _limit_memory() -> None:
    """Limit the further growth of this process, if the system can do that (Linux)."""
    try:
        import resource

        now = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = now + MOST_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
    except (ImportError, OSError, ValueError):
        return


if __name__ == "__main__":
    main()
