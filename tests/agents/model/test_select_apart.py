"""A SELECT in a process of its own: ended with whoever waits for it, and its end is not ours."""

import asyncio
import os
from pathlib import Path

import pytest

from backend.agents.documents.figures.tables import QueryError
from backend.agents.model.tools import select_apart
from backend.agents.model.tools.select_apart import GivenTable

TASKS = Path("/proc/self/task")
SALES = GivenTable("sales", "sales.csv", "1", "quarter,amount\nQ1,10\nQ2,12\n")


def children() -> set[str]:
    """The processes that this one has started and that go on."""
    return set((TASKS / str(os.getpid()) / "children").read_text("ascii").split())


async def test_the_table_goes_by_the_name_that_is_given() -> None:
    table = GivenTable("sales_2", "old/sales.csv", "2", SALES.text)

    result = await select_apart.select_apart([SALES, table], "SELECT quarter, amount FROM sales_2", 1)

    assert (result.columns, result.rows) == (("quarter", "amount"), (("Q1", 10.0),))


@pytest.mark.skipif(not TASKS.exists(), reason="reads /proc")
async def test_cancelling_ends_the_process() -> None:
    before = children()
    asking = asyncio.create_task(select_apart.select_apart([SALES], "SELECT count(*) FROM range(1000000000000)", 1))
    await asyncio.sleep(1.0)
    begun = children() - before
    asking.cancel()
    await asyncio.wait([asking])

    assert asking.cancelled()
    assert len(begun) == 1
    assert children() == before


async def test_a_process_that_ends_without_an_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select_apart, "_CHILD", "backend.agents.model.tools.no_such_module")

    with pytest.raises(QueryError, match="ended the database"):
        await select_apart.select_apart([SALES], "SELECT 1", 1)
