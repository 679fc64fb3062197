"""Figures from tables within documents, as the model gets and cites them."""

from pathlib import Path
from typing import Any

import pytest

from backend.agents.documents.library import Library
from tests.agents.model.conftest import Talk
from tests.agents.model.wire import CHAT, chat_text, chat_tool_call

REPORT = """# Quarterly report of Tarnwick Holdings plc, {quarter}

## CONSOLIDATED STATEMENTS OF OPERATIONS

(In millions)

| | Three Months Ended {end}, 2023 | Three Months Ended {end}, 2022 |
|---|---|---|
| Total net sales | $ {sales} | $ 240 |
| Net income | 12 | 9 |
"""


@pytest.fixture
def reports(tmp_path: Path) -> Any:
    folder = tmp_path / "reports"
    folder.mkdir()
    for quarter, end, sales in (("2023 Q1", "March 31", 250), ("2023 Q2", "June 30", 260)):
        (folder / f"{quarter}.md").write_text(REPORT.format(quarter=quarter, end=end, sales=sales), "utf-8")
    library = Library(folder, tmp_path / "data")
    library.refresh()
    yield library
    library.close()


async def test_figures_come_with_period_unit_and_the_row_to_cite(talk: Talk, reports: Library) -> None:
    call = chat_tool_call("read_figures", question="How did total net sales of Tarnwick develop over the quarters?")
    heard = await talk(CHAT, call, chat_text("Sales rose to $260 million [2]."), library=reports)

    status = [status for status in heard.statuses if status.step == "running_tool"][-1]
    assert status.tool is not None
    result: Any = status.tool.result
    (line,) = result["figures"]
    assert [(one["period"], one["value"]) for one in line["values"]][-1] == (
        "the three months ended June 30, 2023",
        "$260 million",
    )
    (cited,) = heard.citations
    assert cited.quote == "| Total net sales | $ 260 | $ 240 |"
    assert heard.artifact("table") is not None
    assert heard.artifact("chart") is not None
    assert heard.violations() == []


async def test_a_question_without_a_row_is_told_to_the_model(talk: Talk, reports: Library) -> None:
    call = chat_tool_call("read_figures", question="What was the gross margin?")
    heard = await talk(CHAT, call, chat_text("No."), library=reports)

    assert heard.artifact("table") is None
    assert "No row of a table states this" in str(talk.provider.asked[1].body["messages"][-1]["content"])
