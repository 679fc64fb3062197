"""Numbers and units out of the cells of tables."""

import pytest
from hypothesis import given, strategies as st

from backend.agents.documents.figures.cell_values import Surroundings, cell_number, cell_value
from backend.agents.documents.figures.numbers import with_unit

STATEMENT = Surroundings(
    title="CONSOLIDATED STATEMENTS OF OPERATIONS (Unaudited)",
    note="(In millions, except number of shares, which are reflected in thousands, and per share amounts)",
    money="$",
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("81,797", 81797.0),
        ("$ 81,797", 81797.0),
        ("(265)", -265.0),
        ("$ (0.29)", -0.29),
        ("(14)%", -14.0),
        ("(0.3) %", -0.3),
        ("−3.2", -3.2),
        ("44.3 %", 44.3),
        ("5.5 pts", 5.5),
        ("1,026 (1)", 1026.0),
        ("1,026 *", 1026.0),
        ("(1)", -1.0),
        ("€ 1,234.5", 1234.5),
        ("—", None),
        ("N/A", None),
        ("", None),
        ("see note 4", None),
    ],
)
def test_a_cell_is_a_number(text: str, number: float | None) -> None:
    assert cell_number(text) == number


def test_a_decimal_comma_is_read_where_it_is_said_to_be_one() -> None:
    assert cell_number("1.234", decimal_comma=True) == 1234.0
    assert cell_number("1.234,5") == 1234.5


@pytest.mark.parametrize(
    ("text", "section", "label", "shown"),
    [
        ("81,797", "Net sales", "Total net sales", "$81,797 million"),
        ("(265)", "", "Other expense, net", "-$265 million"),
        ("1.20", "Earnings per share", "Diluted", "$1.20"),
        ("15,697", "Shares used in computing earnings per share", "Basic", "15,697 thousand shares"),
        ("44.5%", "", "Gross margin percentage", "44.5 %"),
        ("5.5 pts", "", "Change in gross margin", "5.5 percentage points"),
    ],
)
def test_the_unit_is_that_of_the_row(text: str, section: str, label: str, shown: str) -> None:
    around = Surroundings(STATEMENT.title, STATEMENT.note, section, label, money=STATEMENT.money)
    value = cell_value(text, around)
    assert value is not None
    assert with_unit(value.digits, value.unit) == shown


@pytest.mark.parametrize(
    ("note", "unit"),
    [
        ("($ in millions)", "$ million"),
        ("(in thousands of euros)", "€ thousand"),
        ("TEUR", "€ thousand"),
        ("(EUR million)", "€ million"),
        ("(dollars in billions)", "$ billion"),
        ("(€m)", "€ million"),
        ("in Mio. €", "€ million"),
        ("(in millions, except percentages and per share amounts)", "million"),
        ("as a percentage of revenue", "%"),
        ("", ""),
    ],
)
def test_the_note_names_unit_and_scale(note: str, unit: str) -> None:
    value = cell_value("12", Surroundings(note=note, label="Revenue"))
    assert value is not None
    assert value.unit.label == unit


@given(st.integers(-(10**9), 10**9), st.sampled_from(["{}", "$ {}", "{} (1)", "{} *"]))
def test_whole_numbers_are_read_back_however_they_are_written(number: int, form: str) -> None:
    written = f"({-number:,})" if number < 0 else f"{number:,}"
    assert cell_number(form.format(written)) == number


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_cell_is_read(text: str, label: str, note: str) -> None:
    value = cell_value(text, Surroundings(label=label, note=note))
    if value is not None:
        assert value.digits.lstrip("-")[:1].isdigit() or "e" in value.digits
