"""Numbers, names of metrics, choosing a measure and reading its series, and trends."""

import pytest
from hypothesis import given, strategies as st

from backend.agents.documents.figures.measure_series import ReadMeasure
from backend.agents.documents.figures.metric_names import column_unit, in_words, parse_metric
from backend.agents.documents.figures.numbers import holds_number, parse_number, parse_unit, with_unit, written
from backend.agents.documents.figures.selection import find_candidates, read_figures
from backend.agents.documents.figures.trend import kendall_tau, trend_of
from backend.agents.documents.library import Library
from backend.agents.documents.search.question import understand
from backend.agents.documents.search.retrieval import retrieve


def reading_of(library: Library, question: str) -> ReadMeasure:
    retrieval = retrieve(library.corpus, understand(question))
    candidates = find_candidates(library.tables, library.corpus, retrieval)
    assert candidates.first is not None, f"no measure for {question!r}"
    figures = read_figures(library.tables, retrieval, candidates.measures)
    assert figures is not None
    return figures.reading


def has_measure(library: Library, question: str) -> bool:
    retrieval = retrieve(library.corpus, understand(question))
    return find_candidates(library.tables, library.corpus, retrieval).first is not None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12.0),
        ("-1,234.5", -1234.5),
        ("(3)", -3.0),
        ("12 %", 12.0),
        ("$5.20", 5.2),
        ("EUR 7", 7.0),
        ("1.234,5", 1234.5),
        ("12,5", 12.5),
        ("1,234", 1234.0),
        ("1.234", 1.234),
        ("1 234", 1234.0),
        ("−4", -4.0),
        ("1e3", 1000.0),
    ],
)
def test_numbers(cell: str, value: float) -> None:
    assert parse_number(cell) == value


@pytest.mark.parametrize("cell", ["", "n/a", "1-2", "1.2.3", "12 apples", "nan", "inf", "1,23,4", "0x10", "%"])
def test_what_is_no_number(cell: str) -> None:
    assert parse_number(cell) is None


def test_a_decimal_comma_turns_the_marks_round() -> None:
    assert parse_number("12.000", decimal_comma=True) == 12000.0
    assert parse_number("1,234", decimal_comma=True) == 1.234
    assert parse_number("9.5", decimal_comma=True) == 9.5


@given(st.floats(min_value=-1e12, max_value=1e12).map(lambda value: round(value, 2)))
def test_written_numbers_are_read_back(value: float) -> None:
    read = parse_number(written(value))
    assert read is not None
    assert abs(read - value) < 0.006


@pytest.mark.parametrize(
    ("number", "unit", "shown"),
    [
        ("16", "percent_of_revenue", "16 % of revenue"),
        ("279", "USD_billion", "USD 279 billion"),
        ("12", "kg", "12 kg"),
        ("3", "", "3"),
        ("30", "percent", "30 %"),
        ("5", "EUR", "EUR 5"),
    ],
)
def test_numbers_with_units(number: str, unit: str, shown: str) -> None:
    assert with_unit(number, parse_unit(unit)) == shown


def test_a_number_is_found_as_a_number_of_its_own() -> None:
    assert holds_number("made 16 % of revenue", "16")
    assert holds_number("it was 1,234.", "1,234")
    assert not holds_number("made 116 %", "16")
    assert not holds_number("made 16.5 %", "16")
    assert not holds_number("made 2.16 %", "16")


def test_metric_names() -> None:
    name = parse_metric("direct_customer_ge10:2 (nine months)")
    assert (name.base, name.member, name.scope, name.is_rank) == ("direct_customer_ge10", "2", "nine months", True)
    name = parse_metric("geography_revenue:china_incl_hk [basis: HQ of direct customer], restated in FY27 Q2 10-Q")
    assert (name.label, name.definition) == ("Geography revenue: China incl HK", "basis: HQ of direct customer")
    assert name.is_restated
    name = parse_metric("direct_customers_ge10:sum (derived from the rows above)")
    assert (name.label, name.is_total, name.scope) == ("Direct customers of 10 % or more (summed)", True, "")
    assert parse_metric("platform_revenue:data_center").is_rank is False
    assert parse_metric("indirect_customer_estimate (full year)").scope == "full year"
    assert in_words("netIncome_total", capital=True) == "Net Income total"


@pytest.mark.parametrize(
    ("column", "label", "unit"),
    [
        ("revenue_eur", "Revenue", "EUR"),
        ("Training budget (EUR)", "Training budget", "EUR"),
        ("share in %", "Share", "%"),
        ("weight_kg", "Weight", "kg"),
        ("sales_usd_million", "Sales", "USD million"),
        ("participants", "Participants", ""),
    ],
)
def test_units_in_column_names(column: str, label: str, unit: str) -> None:
    assert column_unit(column) == (label, unit)


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("Is NVIDIA's customer concentration risk rising?", "Direct customers of 10 % or more (summed)"),
        ("How has data center revenue developed?", "Platform revenue: Data center"),
        ("What are supply commitments?", "Supply and capacity commitments"),
        ("How did gaming revenue change?", "Platform revenue: Gaming"),
        ("How has revenue developed?", "Revenue total"),
        ("How has total revenue developed?", "Revenue total"),
        ("What is revenue by platform?", "Platform revenue"),
        ("Are receivables concentrated?", "Accounts receivable concentration"),
        ("How did inventories change?", "Inventories"),
        ("How did sales in China develop?", "Geography revenue: China incl HK"),
        ("What is the non-US revenue share?", "Non US revenue share"),
        ("How much are purchase obligations?", "Inventory purchase and long term supply capacity obligations"),
    ],
)
def test_the_measure_asked_for_is_chosen(sample: Library, question: str, label: str) -> None:
    assert reading_of(sample, question).measure.label == label


@pytest.mark.parametrize(
    "question",
    [
        "Who is the CEO of NVIDIA?",
        "What is the gross margin?",
        "What is the dividend?",
        "How many employees are there?",
    ],
)
def test_no_measure_is_chosen_where_none_fits(sample: Library, question: str) -> None:
    assert not has_measure(sample, question)


def points(reading: ReadMeasure) -> list[tuple[str, str]]:
    return [(point.period, point.text) for point in reading.series[0].points]


def test_quarters_years_and_scopes_are_kept_apart(sample: Library) -> None:
    quarters = points(reading_of(sample, "How has revenue developed?"))
    assert len(quarters) == 13
    assert all("Q" in period for period, _ in quarters)
    years = points(reading_of(sample, "How has annual revenue developed?"))
    assert years == [("FY2024", "USD 60.9 billion"), ("FY2025", "USD 130.5 billion"), ("FY2026", "USD 215.9 billion")]
    sums = points(reading_of(sample, "Is customer concentration rising?"))
    assert [text.split()[0] for _, text in sums] == ["0", "17", "12", "36", "30", "39", "61", "54", "16"]
    # A commitment is taken on one day: year ends and quarter ends form one line.
    commitments = points(reading_of(sample, "What are supply commitments?"))
    assert [period for period, _ in commitments] == ["FY2026", "FY2027 Q1", "FY2027 Q2"]


def test_units_of_one_line_are_made_one(sample: Library) -> None:
    series = reading_of(sample, "How did inventories change?").series[0]
    assert series.newest.unit.label == "USD billion"
    assert series.values[0] == pytest.approx(4.454)
    assert series.points[0].text == "USD 4,454 million"


def test_definitions_are_kept_apart_and_restated_values_replace_none(sample: Library) -> None:
    reading = reading_of(sample, "How did revenue from Taiwan develop?")
    assert [series.definition for series in reading.series] == [
        "basis: HQ of direct customer",
        "basis: billing location",
    ]
    assert [point.period for point in reading.series[0].points] == ["FY2026 Q2", "FY2027 Q1", "FY2027 Q2"]
    assert [point.period for point in reading.series[1].points] == ["FY2024 Q1", "FY2024 Q2", "FY2024 Q3"]


def test_ranks_follow_no_label_from_one_filing_to_the_next(sample: Library) -> None:
    reading = reading_of(sample, "Are receivables concentrated?")
    assert [series.label for series in reading.series] == ["Largest", "No. 2", "No. 3", "No. 4", "No. 5"]
    assert reading.total is not None
    assert reading.total.newest.text == "70 % of receivables"
    for series in reading.series:
        assert all(
            value <= top for value, top in zip(series.values[::-1], reading.series[0].values[::-1], strict=False)
        )


def test_rows_of_a_wide_table_are_chosen_and_summed(handbook: Library) -> None:
    whole = reading_of(handbook, "How has the training budget developed?")
    assert points(whole)[0] == ("2024 Q1", "EUR 18,500")
    assert whole.series[0].points[0].line is None
    one = reading_of(handbook, "How has the training budget of Engineering developed?")
    assert points(one)[0] == ("2024 Q1", "EUR 12,000")
    assert one.series[0].points[0].line == 2
    assert one.query.parameters == ("Engineering",)
    assert reading_of(handbook, "participants of Sales").measure.label == "Participants (Sales)"


def test_a_concentration_that_breaks_its_trend() -> None:
    trend = trend_of([0, 17, 12, 36, 30, 39, 61, 54, 16])
    assert trend.before == "rising"
    assert trend.newest_contradicts


@pytest.mark.parametrize(
    ("values", "direction", "contradicts"),
    [
        ([], "unclear", False),
        ([1], "unclear", False),
        ([1, 2], "unclear", False),
        ([1, 2, 3], "rising", False),
        ([3, 2, 1], "falling", False),
        ([1, 2, 3, 4, 5], "rising", False),
        ([1, 2, 3, 4, 1], "unclear", True),
        ([9, 8, 7, 6, 9], "unclear", True),
        ([1, 2, 3, 4, 3.9], "rising", False),
        ([1, 5, 1, 5, 1], "unclear", False),
        ([10, 40, 20, 60, 70, 55], "rising", False),
        ([5, 5, 5, 5, 5], "unclear", False),
    ],
)
def test_trends(values: list[float], direction: str, contradicts: bool) -> None:
    trend = trend_of(values)
    assert (trend.direction, trend.newest_contradicts) == (direction, contradicts)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12))
def test_trends_mirror(values: list[float]) -> None:
    """Turned upside down, a series has the opposite trend and breaks it just as much."""
    mirrored = trend_of([-value for value in values])
    trend = trend_of(values)
    assert mirrored.tau == -trend.tau
    assert mirrored.newest_contradicts == trend.newest_contradicts
    assert -1 <= kendall_tau(values) <= 1
