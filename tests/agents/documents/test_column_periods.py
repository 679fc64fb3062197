"""Periods out of column headers."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from backend.agents.documents.figures.column_periods import column_period, written_day


@pytest.mark.parametrize(
    ("header", "order", "months", "phrase"),
    [
        ("Three Months Ended July 1, 2023", "2023-07-01", 3, "in the three months ended July 1, 2023"),
        ("Nine Months Ended Jun. 25, 2022", "2022-06-25", 9, "in the nine months ended June 25, 2022"),
        ("13 Weeks Ended Oct 28, 2023", "2023-10-28", 3, "in the three months ended October 28, 2023"),
        ("Quarter ended 30 June 2023", "2023-06-30", 3, "in the three months ended June 30, 2023"),
        ("Year Ended December 31, 2022", "2022-12-31", 12, "in the year ended December 31, 2022"),
        ("September 30, 2023 (unaudited)", "2023-09-30", 0, "on September 30, 2023"),
        ("As of 31.12.2022", "2022-12-31", 0, "on December 31, 2022"),
        ("Q3 2023", "2023-09-30", 3, "in 2023 Q3"),
        ("FY24 Q1", "2024-03-31", 3, "in FY2024 Q1"),
        ("Fiscal Year 2023", "2023-12-31", 12, "in FY2023"),
        ("2023 (in millions)", "2023-12-31", None, "in 2023"),
        ("FY 2014 Target", "2014-12-31", 12, "in FY2014 (target)"),
        ("YTD 2023", "2023-12-31", None, "in 2023 (year to date)"),
    ],
)
def test_a_header_says_how_long_and_until_when(header: str, order: str, months: int | None, phrase: str) -> None:
    period = column_period(header)
    assert period is not None
    assert (period.order, period.months, period.phrase) == (order, months, phrase)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Level 1",
        "Change",
        "% Change",
        "Q3 2023 vs. Q2 2023",
        "Three Months Ended Nine Months Ended July 1, 2023",
        "July 1, 2023 June 25, 2022",
        "January 1 to June 30, 2023",
        "4/5/2023",
        "February 30, 2023",
    ],
)
def test_a_header_without_one_clear_period_has_none(header: str) -> None:
    assert column_period(header) is None


def test_a_bare_year_takes_the_rest_from_the_title() -> None:
    period = column_period("2022", "INCOME STATEMENTS for the three months ended September 30, 2023 and 2022")
    assert period is not None
    assert (period.order, period.months) == ("2022-09-30", 3)
    assert column_period("2022", "For the three and nine months ended") == column_period("2022", "nine months ended")


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.sampled_from([("Three Months Ended", 3), ("As of", 0)]))
def test_every_written_day_is_read_back(day: date, length: tuple[str, int]) -> None:
    period = column_period(f"{length[0]} {written_day(day)}")
    assert period is not None
    assert (period.order, period.months) == (day.isoformat(), length[1])


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_header_is_read(header: str, context: str) -> None:
    period = column_period(header, context)
    if period is not None:
        assert period.label
        assert date.fromisoformat(period.order)
