"""Cells for spreadsheets: nothing in them runs, and nothing of them is lost."""

import pytest
from hypothesis import given, strategies as st

from backend.protocol.spreadsheet_cells import inert

SIGNS = tuple("=+-@|%\uff1d\uff0b\uff0d\uff20")
BLANKS = " \u00a0\u200b\u200d\u2060\ufeff\x00"


def _cells(text: str) -> list[str]:
    """The text as a spreadsheet may split it that takes line breaks, tabs and semicolons for borders."""
    for border in "\r\n\t":
        text = text.replace(border, ";")
    return text.split(";")


FORMULAS = [
    "=1+1",
    "+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    " =1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\u00a0=1",
    "fine\n=1",
    "fine;=1",
    "fine\t=1",
    "a\r\n  @b",
    "\u200b=1",
    "\ufeff\u2060 +1",
    "\x00=1",
    "fine;\u200d@b",
    "|calc",
    "%0A=1",
    "DDE(calc)",
    "fine\n dde ('cmd','/C calc')",
]


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_no_cell_and_nothing_that_may_be_taken_for_one_begins_like_a_formula(text: str) -> None:
    for piece in _cells(inert(text)):
        first = piece.lstrip(BLANKS)
        assert (not first.startswith(SIGNS) and not first.upper().startswith("DDE")) or not first
    assert inert(text).replace("'", "") == text.replace("'", ""), "nothing is lost"


@pytest.mark.parametrize("text", ["", "Fine.", "a = b", "1-2", "x@y.example", "- ", "3 + 4", "it's", "; "])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == (f"'{text}" if text == "- " else text)


@given(st.text(alphabet="=+-@|%;\t\r\n '\u200b\ufeff\x00DEde(ab", max_size=30))
def test_no_text_is_a_formula_afterwards(text: str) -> None:
    for piece in _cells(inert(text)):
        first = piece.lstrip(BLANKS)
        assert not first.startswith(SIGNS)
        assert not first.upper().replace(" ", "").startswith("DDE(")
    assert inert(text).replace("'", "") == text.replace("'", "")
