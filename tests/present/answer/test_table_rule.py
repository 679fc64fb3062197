"""Tables: nothing that stands in a row is left out, and rows that fit are those of GitHub's tables."""

import pytest
from hypothesis import given, strategies as st

from backend.present.answer.blocks import answer_html
from backend.present.answer.table_rule import LONGEST_ROW, surplus_bars
from tests.present.html_reader import visible
from tests.present.samples import answered

HEAD = "| a | b |\n|---|---|\n"
CELL = st.lists(
    st.sampled_from(["q", " ", "`", "``", "$", "|", "\\|", "x|y", "`r|s`", "$t|u$", "||", "5", "\\"]), max_size=8
).map("".join)


def cells(table: str) -> list[str]:
    """The texts of the cells below the head."""
    html = answer_html(answered(table))
    return [visible(part.partition("</td>")[0]).strip() for part in html.split("<td")[1:] for part in [f"<td{part}"]]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("| `x|y` | z |", ["x|y", "z"]),
        ("| z | `a||b` |", ["z", "a||b"]),
        ("| 1 | 2 | 3 |", ["1", "2 | 3"]),
        (r"| `x\|y` | 2 |", ["x|y", "2"]),
        ("| `x | y` |", ["`x", "y`"]),
        ("| $5 | $6 | $7 |", ["$5", "$6 | $7"]),
        ("| 1 |", ["1", ""]),
        ("1 | 2 | 3", ["1", "2 | 3"]),
    ],
)
def test_cells_of_a_row(row: str, found: list[str]) -> None:
    assert cells(HEAD + row) == found


def test_bars_of_a_formula_part_no_cells() -> None:
    html = answer_html(answered(HEAD + "| $|x|$ | $p|q$ |"))
    assert html.count("<math") == 2
    assert html.count("<td") == 2


def test_a_head_with_bars_in_its_code_is_a_head() -> None:
    assert "<th><code>a|b</code></th>" in answer_html(answered("| `a|b` | c |\n|---|---|\n| 1 | 2 |"))
    assert "<table" not in answer_html(answered("| a | b | c |\n|---|---|\n| 1 | 2 |"))


@given(st.lists(CELL, min_size=1, max_size=6))
def test_no_letter_of_a_row_is_left_out(row: list[str]) -> None:
    written = f"| {' | '.join(row)} |"
    shown = "".join(cells(f"{HEAD}| q | q |\n{written}")[2:])
    for letter in "qrstuxy5":
        assert shown.count(letter) >= written.count(letter) or "<math" in answer_html(answered(HEAD + written))


@given(CELL, st.integers(1, 5))
def test_a_row_never_has_more_cells_than_columns(row: str, columns: int) -> None:
    surplus = surplus_bars(row, columns)
    assert all(row[bar] == "|" for bar in surplus)
    assert surplus_bars("".join("x" if at in surplus else sign for at, sign in enumerate(row)), columns) == []


def test_an_endless_row_keeps_its_text() -> None:
    row = "`a|b` | " * LONGEST_ROW + "end |"
    assert cells(HEAD + row)[1].endswith("end")
