"""The tools over real HTTP: what they are given, what they give, and what they refuse."""

import sys
from pathlib import Path
from typing import Any

import pytest

from backend.agents.documents.library import Library
from backend.protocol.artifacts import artifact_problem
from backend.protocol.events import StatusEvent
from tests.agents.model.conftest import Heard, Talk
from tests.agents.model.wire import CHAT, chat_text, chat_tool_call


@pytest.fixture
def sales(tables_folder: Path, tmp_path: Path) -> Any:
    library = Library(tables_folder, tmp_path / "data")
    library.refresh()
    yield library
    library.close()


def last_tool(heard: Heard) -> StatusEvent:
    return [status for status in heard.statuses if status.step == "running_tool"][-1]


def result_of(heard: Heard) -> dict[str, Any]:
    status = last_tool(heard)
    assert status.tool is not None
    assert isinstance(status.tool.result, dict), status
    return status.tool.result


def told_to_model(talk: Talk) -> str:
    return str(talk.provider.asked[1].body["messages"][-1]["content"])


async def test_tables_are_listed_with_the_number_to_cite_them_by(talk: Talk, sales: Library) -> None:
    heard = await talk(CHAT, chat_tool_call("list_tables"), chat_text("There is one table [1]."), library=sales)

    (table,) = result_of(heard)["tables"]
    assert (table["name"], table["document"], table["number"]) == ("sales", "sales.csv", 1)
    assert table["columns"][:3] == ["quarter", "region", "amount"]
    assert table["first_rows"][0][:3] == ["Q1", "North", 10.0]
    assert heard.citations[0].document_id == "sales.csv"
    assert heard.violations() == []


async def test_a_select_gives_its_rows(talk: Talk, sales: Library) -> None:
    sql = "SELECT quarter, sum(amount)::DECIMAL(9, 1) AS total FROM sales GROUP BY quarter ORDER BY quarter"
    heard = await talk(CHAT, chat_tool_call("query_table", sql=sql), chat_text("Q2 had 17 [1]."), library=sales)

    result = result_of(heard)
    assert result["columns"] == ["quarter", "total"]
    assert result["rows"] == [["Q1", "14.0"], ["Q2", "17.0"]]
    assert result["cite_as"] == [1]
    assert "17.0" in told_to_model(talk)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("DROP TABLE sales", "Only a single SELECT is run here."),
        ("SELECT 1; SELECT 2", "Only a single SELECT is run here."),
        ("WITH gone AS (DELETE FROM sales RETURNING amount) SELECT * FROM gone", "read-only"),
        ("SELECT * FROM read_text('/etc/passwd')", "file system operations are disabled"),
        ("COPY (SELECT 1) TO '/tmp/anything'", "Only a single SELECT is run here."),
        ("SELECT * FROM nothing", "Table with name nothing does not exist"),
        ("SELEC", "syntax error"),
    ],
)
async def test_what_sql_may_not_do_fails_and_the_model_is_told_why(
    talk: Talk, sales: Library, sql: str, reason: str
) -> None:
    heard = await talk(CHAT, chat_tool_call("query_table", sql=sql), chat_text("It inconclusive."), library=sales)

    assert heard.failure is None
    assert last_tool(heard).state == "failed"
    assert reason in (last_tool(heard).detail or "")
    assert reason in told_to_model(talk)
    assert sales.tables.query("SELECT count(*) FROM sales").rows == ((4,),)


async def test_a_result_has_at_most_so_many_rows(talk: Talk, sales: Library) -> None:
    sql = "SELECT * FROM range(100000000)"
    heard = await talk(CHAT, chat_tool_call("query_table", sql=sql), chat_text("Many."), library=sales)

    assert len(result_of(heard)["rows"]) == 200
    assert result_of(heard)["note"] == "Only the first 200 rows are here."


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('x', 30000000) FROM range(2000)",
        "SELECT repeat('x', 1000000) AS amount, 'a' AS quarter FROM range(2000)",
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds what a process may take")
async def test_a_query_cannot_take_the_memory_of_the_machine(talk: Talk, sales: Library, sql: str) -> None:
    heard = await talk(CHAT, chat_tool_call("query_table", sql=sql), chat_text("Too much."), library=sales)

    assert heard.failure is None
    assert last_tool(heard).state == "failed"
    assert "memory" in told_to_model(talk).lower()


async def test_a_query_without_a_table_sees_which_there_are(talk: Talk, sales: Library) -> None:
    sql = "SELECT table_name FROM information_schema.tables"
    heard = await talk(CHAT, chat_tool_call("query_table", sql=sql), chat_text("One."), library=sales)

    assert result_of(heard)["rows"] == [["sales"]]


CHART = {"sql": "SELECT quarter, amount FROM sales WHERE region = 'North'", "x": "quarter", "title": "Sales <b>"}


@pytest.mark.parametrize("kind", ["bar", "stacked_bar", "line", "area", "scatter", "pie"])
async def test_a_chart_stands_beside_the_answer(talk: Talk, sales: Library, kind: str) -> None:
    call = chat_tool_call("draw_chart", **CHART, y=["amount"], kind=kind, unit="EUR")
    heard = await talk(CHAT, call, chat_text("Sales rose."), library=sales)

    chart = heard.artifact("chart")
    assert chart is not None
    assert (chart.title, artifact_problem(chart)) == ("Sales ‹b›", None)
    (trace,) = heard.content("chart")["data"]
    assert trace.get("y", trace.get("values")) == [10.0, 12.0]
    assert trace.get("x", trace.get("labels")) == ["Q1", "Q2"]
    assert result_of(heard) == {"shown": True, "points": 2, "series": ["amount"], "cite_as": [1]}
    kinds = [draft.type for draft in heard.drafts]
    assert kinds.index("artifact") < kinds.index("token")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"y": ["profit"]}, "The query has no column 'profit'; it has quarter, amount."),
        ({"y": ["quarter"]}, "The column 'quarter' contains 'Q1', not a number: cast it in the query."),
        ({"y": []}, "takes 1 to 12 columns"),
        ({"y": ["amount", "amount"], "kind": "pie"}, "takes one column"),
        ({"y": ["amount"], "sql": "SELECT quarter, amount FROM sales WHERE false"}, "returns no rows"),
        ({"y": ["amount"], "kind": "map"}, "Input should be"),
    ],
)
async def test_a_chart_that_cannot_be_drawn(talk: Talk, sales: Library, changed: dict[str, Any], reason: str) -> None:
    call = chat_tool_call("draw_chart", **(CHART | changed))
    heard = await talk(CHAT, call, chat_text("No chart."), library=sales)

    assert heard.artifact("chart") is None
    assert last_tool(heard).state == "failed"
    assert reason in told_to_model(talk)


async def test_what_is_not_found_is_said_to_the_model(talk: Talk, sales: Library) -> None:
    heard = await talk(
        CHAT, chat_tool_call("search_documents", query="zebra crossings"), chat_text("No."), library=sales
    )

    assert "none covers the query well" in result_of(heard)["note"]


async def test_a_folder_that_is_gone(talk: Talk, tmp_path: Path) -> None:
    library = Library(tmp_path / "gone", tmp_path / "data")
    heard = await talk(CHAT, chat_tool_call("search_documents", query="x"), chat_text("No."), library=library)

    assert heard.failure is None
    assert last_tool(heard).state == "failed"
    assert "gone" in (last_tool(heard).detail or "")


async def test_a_tool_that_does_not_exist(talk: Talk) -> None:
    heard = await talk(CHAT, chat_tool_call("delete_everything", now=True), chat_text("I cannot."))

    assert heard.failure is None
    assert heard.answer == "I cannot."
    assert last_tool(heard).state == "failed"
