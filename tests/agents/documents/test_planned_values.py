"""Results beside targets: which of the two a question asks for, and cells of a period that are no plain number."""

from pathlib import Path

import pytest

from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf

REPORT = """# Annual performance report of the lake office, fiscal year 2031

## Goal 1: Answer sooner

| Measure | FY 2030 Results | FY 2031 Results | FY 2031 Target | FY 2031 Met |
|---|---|---|---|---|
| Average number of minutes to answer a call | 15.8 | 6.6 | 5 | Not met |
| Percent of boat permits issued within ten days | 81.2% | 86.4% | ≥85% | Met |
| Number of moorings kept dry in winter | 40 (estimate) | not counted yet | ≥42 | Open |
"""


@pytest.mark.parametrize(
    ("question", "stated", "left_out"),
    [
        ("What was the average number of minutes to answer a call in FY 2031?", "6.6", "was 5"),
        ("What was the target for the average number of minutes to answer a call in FY 2031?", "was 5", "6.6"),
        ("What percent of boat permits were issued within ten days in FY 2031?", "86.4", "≥85"),
        ("What was the target for boat permits issued within ten days in FY 2031?", "≥85%", "was 86.4"),
        ("How many moorings were kept dry in winter in FY 2030?", "40 (estimate)", "42"),
    ],
)
async def test_results_and_targets_are_told_apart(
    tmp_path: Path, library_of: LibraryOf, question: str, stated: str, left_out: str
) -> None:
    folder = tmp_path / "lake"
    folder.mkdir()
    (folder / "report 2031.md").write_text(REPORT)
    library = library_of(folder)
    told = await ask(library, question)
    assert_sound(told, library)
    assert stated in told.answer
    assert left_out not in told.answer
