"""Numbers as people write them, what they mean, and which of them are figures."""

import pytest
from hypothesis import given, strategies as st

from backend.metrics.numbers import Number, figures, numbers, written_number


def read(text: str) -> list[tuple[float, float | None, str, str]]:
    return [(number.magnitude, number.scale, number.unit, number.sign) for number in numbers(text)]


def one(text: str) -> Number:
    found = written_number(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("text", "magnitude", "scale", "unit", "sign"),
    [
        ("$81,797 million", 81797, 1e6, "USD", ""),
        ("US$5bn", 5, 1e9, "USD", ""),
        ("81.8 Billion", 81.8, 1e9, "", ""),
        ("5 million euros", 5, 1e6, "EUR", ""),
        ("USD 1,234.5", 1234.5, None, "USD", ""),
        ("$(95) million", 95, 1e6, "USD", "-"),
        ("(95)", 95, None, "", "-"),
        ("(5.5)%", 5.5, None, "%", "-"),
        ("(5.5%)", 5.5, None, "%", "-"),
        ("-5 %", 5, None, "%", "-"),
        ("−5", 5, None, "", "-"),
        ("+5 %", 5, None, "%", "+"),
        ("12,5 %", 12.5, None, "%", ""),
        ("12.5 percent", 12.5, None, "%", ""),
        ("50 basis points", 50, None, "bp", ""),
        ("1.234.567,8", 1234567.8, None, "", ""),
        ("1'234", 1234, None, "", ""),
        ("1\u202f234", 1234, None, "", ""),
        (".5", 0.5, None, "", ""),
        ("3k", 3, 1e3, "", ""),
        ("$5m", 5, 1e6, "USD", ""),
        ("$4K", 4, 1e3, "USD", ""),
        ("28 days", 28, None, "day", ""),
        ("364-day", 364, None, "day", ""),
        ("120 MW", 120, None, "MW", ""),
        ("1e6", 1e6, None, "", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(
    text: str, magnitude: float, scale: float | None, unit: str, sign: str
) -> None:
    assert read(text) == [(magnitude, scale, unit, sign)]
    assert read(f"It was {text}, and so on.") == [(magnitude, scale, unit, sign)]


@pytest.mark.parametrize("text", ["10-K", "Q3", "FY2023", "3rd", "v1.2.3", "30.06.2023", "#1f77b4", "a1b", "1,2,3", ""])
def test_digits_in_a_name_or_a_date_are_not_numbers(text: str) -> None:
    assert numbers(text) == ()


@pytest.mark.parametrize(("text", "magnitude"), [("5m", 5), ("4K", 4), ("5 M", 5)])
def test_a_letter_beside_no_currency_may_mean_something_else(text: str, magnitude: float) -> None:
    assert read(text) == [(magnitude, None, "", "")]


def test_a_range_of_years_has_no_negative_year() -> None:
    assert [(number.magnitude, number.sign, number.is_year) for number in numbers("2021-2022")] == [
        (2021, "", True),
        (2022, "", True),
    ]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("81797", "$81,797 million"),
        ("81797", "81.8 billion"),
        ("81797", "81,797,000,000"),
        ("$81,797 million", "81,797"),
        ("$81.8 billion", "81,797"),
        ("$81,797 million", "$81.797bn"),
        ("12.5 %", "12.5"),
        ("12.5", "12.5 %"),
        ("$(95) million", "a loss of $95 million"),
        ("1.234 €", "1,234 EUR"),
        ("200", "201"),
        ("0", "0.0"),
    ],
)
def test_two_numbers_that_say_the_same(expected: str, found: str) -> None:
    assert any(one(expected).says(number) for number in numbers(found))


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("81797", "82,400"),
        ("12.5 %", "$12.5"),
        ("12.5 %", "12,500"),
        ("-5 %", "+5 %"),
        ("$5 billion", "5"),
        ("$2.02 billion", "in 2023"),
        ("$5 billion", "$5 million"),
        ("200", "202"),
        ("5 kg", "5 km"),
        ("5", "5,000"),
    ],
)
def test_two_numbers_that_do_not(expected: str, found: str) -> None:
    assert not any(one(expected).says(number) for number in numbers(found))


def test_figures_are_what_an_answer_is_about() -> None:
    answer = (
        "1. In Q3 2023 (the three months ended July 1, 2023) net sales were $81,797 million, 1% less than in 2022; 408 "
        "stores, 12 of them new, opened within 30 days. Over the next 12 months and the 9 months ended June 30 it is 5."
    )
    assert [figure.text for figure in figures(answer)] == ["$81,797 million", "1%", "408", "30 days"]


def test_a_number_of_the_question_is_not_a_figure_of_the_answer() -> None:
    assert [figure.text for figure in figures("Of 500 people 125 came.", "How many of 500 people came?")] == ["125"]


def test_a_figure_that_is_repeated_is_one() -> None:
    assert [figure.text for figure in figures("It rose to 12.5%, from 11%, that is 12.5 %.")] == ["12.5%", "11%"]


amounts = st.integers(1, 10**13) | st.floats(0.01, 1e9).map(lambda value: round(value, 2))
scales = st.sampled_from(["", " thousand", " million", " billion", "bn", " trillion"])
currencies = st.sampled_from(["", "$", "€", "USD ", "£"])


@given(amounts, scales, currencies, st.booleans(), st.booleans())
def test_whatever_is_written_is_read_again(
    amount: float, scale: str, currency: str, grouped: bool, negative: bool
) -> None:
    digits = f"{amount:,}" if grouped else f"{amount}"
    text = f"{currency}({digits}){scale}" if negative else f"{currency}{digits}{scale}"
    for number in (one(text), *numbers(f"About {text}; or so.")):
        assert number.magnitude == pytest.approx(amount, rel=1e-12)
        assert (number.sign == "-") == negative
        assert (number.scale is None) == (scale == "")
        assert (number.unit != "") == (currency != "")
        assert number.says(number)


@given(amounts, st.floats(0.9951, 1.0049))
def test_half_a_percent_is_the_same_number(amount: float, by: float) -> None:
    expected = Number(float(amount))
    assert expected.says(Number(float(amount) * by))
    assert not expected.says(Number(float(amount) * 1.0051))
    assert not expected.says(Number(float(amount) * 0.9949))


@given(st.text(alphabet="0123456789,.-+()$€% 'eEkKmMbn\u202f年x٣", max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    for number in numbers(text):
        assert number.magnitude >= 0
        assert number.text in text
    assert len(figures(text)) <= len(numbers(text))
