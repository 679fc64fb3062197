"""A SELECT in a process of its own: ended with whoever waits for it, and its end is not ours."""

import asyncio
import os
from pathlib import Path

import pytest

from backend.agents.documents.figures.tables import QueryError
from backend.agents.model.tools import select_apart
from backend.agents.model.tools.select_apart import START_SECONDS, GivenTable
from tests.fakes import turn

TASKS = Path("/proc/self/task")
SALES = GivenTable("sales", "sales.csv", "1", "quarter,amount\nQ1,10\nQ2,12\n")


def children() -> set[str]:
    """The processes that this one has started and that still run."""
    return set((TASKS / str(os.getpid()) / "children").read_text("ascii").split())


def has_the_database(child: str) -> bool:
    """Whether the process has loaded DuckDB."""
    return "duckdb" in Path(f"/proc/{child}/maps").read_text("utf-8")


async def child_with_the_database(before: set[str]) -> str:
    """The one process that was started since, once it has loaded the database."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            await turn()
            begun = children() - before
            if any(map(has_the_database, begun)):
                (child,) = begun
                return child


async def test_the_table_goes_by_the_name_that_is_given() -> None:
    table = GivenTable("sales_2", "old/sales.csv", "2", SALES.text)

    result = await select_apart.select_apart([SALES, table], "SELECT quarter, amount FROM sales_2", 1)

    assert (result.columns, result.rows) == (("quarter", "amount"), (("Q1", 10.0),))


@pytest.mark.skipif(not TASKS.exists(), reason="reads /proc")
async def test_cancelling_ends_the_process() -> None:
    before = children()
    asking = asyncio.create_task(select_apart.select_apart([SALES], "SELECT count(*) FROM range(1000000000000)", 1))
    child = await child_with_the_database(before)
    asking.cancel()
    await asyncio.wait([asking])

    assert asking.cancelled()
    assert child not in children()
    assert children() == before


async def test_a_process_that_ends_without_an_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select_apart, "_CHILD", "backend.agents.model.tools.no_such_module")

    with pytest.raises(QueryError, match="ended the database"):
        await select_apart.select_apart([SALES], "SELECT 1", 1)
