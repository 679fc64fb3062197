"""Asking whom a question is about: only where several subjects answer it as well, and somebody is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.agent import RunContext, RunRequest
from backend.agents.documents.agent import DocumentsAgent
from backend.agents.documents.library import Library
from backend.agents.person import People, PersonAnswer, PersonRequest
from backend.protocol.inputs import GivenAnswer
from backend.protocol.options import RunOptions
from tests.agents.documents.asking import Told
from tests.fakes import VirtualClock

REPORTS = {"Aurora Foods AG": "12.4 million", "Borealis Energy AG": "88.1 million"}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, revenue in REPORTS.items():
        text = f"# {name}\n\nAnnual Report 2025 of {name}.\n\nRevenue of {name} was {revenue} francs in 2025.\n"
        (folder / f"{name.split()[0].lower()}.md").write_text(text)
    library = Library(folder, tmp_path / "index")
    library.refresh()
    yield library
    library.close()


async def ask(
    library: Library, question: str, given: GivenAnswer, *, may_ask: bool
) -> tuple[Told, list[PersonRequest]]:
    asked: list[PersonRequest] = []

    async def answer(request: PersonRequest) -> PersonAnswer:
        asked.append(request)
        return PersonAnswer.of(request, given)

    context = RunContext(clock=VirtualClock(), people=People(ask=answer))
    request = RunRequest("run", question, RunOptions(may_ask=may_ask))
    drafts = [draft async for draft in DocumentsAgent(library).run(request, context)]
    return Told(drafts), asked


BOREALIS = GivenAnswer(action="accept", value="Borealis Energy AG")


async def test_whom_is_asked_and_the_answer_is_about_them(library: Library) -> None:
    told, [request] = await ask(library, "What was the revenue?", BOREALIS, may_ask=True)
    assert request.kind == "choice"
    assert {option.value for option in request.options} == set(REPORTS)
    assert "88.1" in told.answer
    assert "12.4" not in told.answer


@pytest.mark.parametrize(
    ("question", "may_ask"),
    [("What was the revenue?", False), ("What was the revenue of Borealis Energy AG?", True)],
    ids=["nobody there", "named"],
)
async def test_nothing_is_asked(library: Library, question: str, may_ask: bool) -> None:
    told, asked = await ask(library, question, BOREALIS, may_ask=may_ask)
    assert asked == []
    assert told.is_found


async def test_an_answer_that_is_declined_leaves_the_question_as_it_was(library: Library) -> None:
    declined, _ = await ask(library, "What was the revenue?", GivenAnswer(action="decline"), may_ask=True)
    unasked, _ = await ask(library, "What was the revenue?", BOREALIS, may_ask=False)
    assert declined.answer == unasked.answer
