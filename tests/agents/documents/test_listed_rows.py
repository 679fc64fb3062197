"""Tables that list things: what a question names of them, what is said of it, the most or the least of something."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from tests.agents.documents.asking import ask, assert_sound

MEMBERS = [
    ("club", "founded", "members 2025", "members 2026", "trainer", "hall"),
    ("Rowing", "1921", "84", "91", "Ute Falk", "Boathouse"),
    ("Chess", "1954", "40", "33", "Ivo Marin", "Old school"),
    ("Table tennis", "1960", "61", "58", "Ute Falk", "Old school"),
    ("Judo", "1978", "120", "133", "Ken Abe", "North hall"),
    ("Total", "", "305", "315", "", ""),
]
LISTED = [
    ("Which clubs does Ute Falk train?", ["Rowing, trainer: Ute Falk", "Table tennis, trainer: Ute Falk"]),
    ("Who is the trainer of the judo club?", ["Judo, trainer: Ken Abe"]),
    ("Which club has the largest number of members in 2026?", ["Judo, members 2026: 133 (the highest of 4)"]),
    ("Which club had the fewest members in 2025?", ["Chess, members 2025: 40 (the lowest of 4)"]),
    (
        "Which club in the old school has the most members in 2026?",
        ["Table tennis, members 2026: 58 (the highest of 2)"],
    ),
    ("In which hall is the chess club?", ["Chess, hall: Old school"]),
]
NOT_LISTED = [
    "Which clubs does Vera Holt train?",
    "Who is the treasurer of the judo club?",
    "Which club has the most trophies?",
    "Who is the trainer of the fencing club?",
]


def as_csv() -> str:
    return "\n".join(",".join(row) for row in MEMBERS)


def as_markdown() -> str:
    lines = [f"| {' | '.join(row)} |" for row in MEMBERS]
    return "\n".join(["# Clubs", "", lines[0], "|" + "---|" * len(MEMBERS[0]), *lines[1:], ""])


def as_page() -> str:
    head = "".join(f"<th>{name}</th>" for name in MEMBERS[0])
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in MEMBERS[1:])
    return f"<h1>Clubs</h1><table><tr>{head}</tr>{rows}</table>"


@pytest.fixture(scope="module", params=[("clubs.csv", as_csv), ("clubs.md", as_markdown), ("clubs.html", as_page)])
def clubs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The same list in three formats, beside a text that has some of its words."""
    name, written = request.param
    folder: Path = tmp_path_factory.mktemp("clubs")
    (folder / name).write_text(written(), encoding="utf-8")
    (folder / "letter.txt").write_text(
        "Dear members,\n\nThe judo club won a trophy in Lyon. The chess club meets on Fridays.\n", encoding="utf-8"
    )
    library = Library(folder, tmp_path_factory.mktemp("clubs-data"))
    library.refresh()
    yield library
    library.close()


@pytest.mark.parametrize(("question", "lines"), LISTED)
async def test_rows_of_a_list_answer(clubs: Library, question: str, lines: list[str]) -> None:
    told = await ask(clubs, question)
    assert_sound(told, clubs)
    for line in lines:
        assert line in told.answer
    assert len(told.citations) == len(lines)
    assert all(citation.document_id.startswith("clubs.") for citation in told.citations if citation.document_id)


@pytest.mark.parametrize("question", NOT_LISTED)
async def test_what_no_row_or_column_is_called_is_not_read_from_the_list(clubs: Library, question: str) -> None:
    told = await ask(clubs, question)
    assert_sound(told, clubs)
    assert "the highest of" not in told.answer
    assert not any(name in told.answer for name in ("trainer:", "Ken Abe", "Ute Falk", "hall:"))


async def test_columns_of_the_periods_asked_for_leave_none_missing(clubs: Library) -> None:
    told = await ask(clubs, "By how much did the members of the rowing club change from 2025 to 2026?")
    assert "Rowing: members 2025 84; members 2026 91" in told.answer
    assert "No document is of" not in told.answer
