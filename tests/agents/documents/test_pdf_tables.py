"""Tables of PDF pages: columns by position, headers above them, wrapped labels, and what is no table."""

from backend.agents.documents.indexing.passages import passages_of
from backend.agents.documents.readers import read_document
from backend.agents.documents.readers.extraction import Extraction
from tests.agents.documents.pdf_files import ending_at, pdf_of, placed_pdf
from tests.agents.documents.test_extracted_tables import Row, assert_ranges_are_verbatim, rows

Text = tuple[float, float, str]


def line(y: float, label: str, *figures: str, indent: float = 0) -> list[Text]:
    """A label and its figures, which end at 320, 400, 480 and so on; a ``$`` stands apart."""
    placed = [(50 + indent, y, label)]
    for right, figure in zip(range(320, 620, 80), figures, strict=False):
        if figure.startswith("$ "):
            placed += [(float(right - 60), y, "$"), ending_at(right, y, figure[2:])]
        elif figure:
            placed.append(ending_at(right, y, figure))
    return placed


STATEMENT: list[Text] = [
    (180, 800, "STATEMENTS OF SALES (Unaudited)"),
    (200, 786, "(In thousands, except tents)"),
    (286, 770, "Three Months Ended"),
    (446, 770, "Nine Months Ended"),
    *((right - 40.0, 756, "July 1,") for right in (320, 400, 480, 560)),
    *(ending_at(right, 744, year) for right, year in zip((320, 400, 480, 560), ("2031", "2030") * 2, strict=True)),
    *line(728, "Net sales:"),
    *line(714, "Tents", "$ 60,584", "$ 63,355", "$ 230,901", "$ 245,241", indent=8),
    *line(700, "Stoves and other goods for long ways, net of", indent=8)[:1],
    *line(689, "returns", "(265)", "-", "62,886", "44.3%", indent=8),
    *line(675, "Total net sales", "81,797", "82,959", "293,787", "304,182", indent=16),
    *line(661, "Staff", "81", "82", "", "84"),
]


def test_a_statement_has_headers_sections_signs_and_wrapped_labels() -> None:
    extraction = read_document("a.pdf", placed_pdf([STATEMENT]))
    (table,) = extraction.tables
    assert (table.title, table.note, table.page) == (
        "STATEMENTS OF SALES (Unaudited)",
        "(In thousands, except tents)",
        1,
    )
    columns = [f"{months} Months Ended July 1, {year}" for months in ("Three", "Nine") for year in (2031, 2030)]

    def expected(section: str, label: str, *figures: str) -> Row:
        return section, label, [(column, text) for column, text in zip(columns, figures, strict=True) if text]

    assert rows(table) == [
        expected("Net sales", "Tents", "$ 60,584", "$ 63,355", "$ 230,901", "$ 245,241"),
        expected(
            *("Net sales", "Stoves and other goods for long ways, net of returns"), *("(265)", "-", "62,886", "44.3%")
        ),
        expected("Net sales", "Total net sales", "81,797", "82,959", "293,787", "304,182"),
        expected("", "Staff", "81", "82", "", "84"),
    ]
    assert_ranges_are_verbatim(extraction)


def test_columns_beside_a_change_in_per_cent_keep_their_headers() -> None:
    change = [
        *((310.0, 770, "Three Months Ended"), (508.0, 770, "Six Months Ended")),
        *((280.0, 756, "June 3,"), (360.0, 756, "June 4,"), (520.0, 756, "June 3,")),
        *(
            ending_at(right, 744, text)
            for right, text in ((320, "2031"), (400, "2030"), (480, "Change"), (560, "2031"))
        ),
        *line(728, "Tents", "60", "63", "(5)%", "71"),
        *line(714, "Stoves", "12", "10", "20 %", "44"),
    ]
    (table,) = read_document("a.pdf", placed_pdf([change])).tables
    assert [column for column, _ in rows(table)[0][2]] == [
        "Three Months Ended June 3, 2031",
        "Three Months Ended June 4, 2030",
        "Change",
        "Six Months Ended June 3, 2031",
    ]
    assert [text for _, text in rows(table)[1][2]] == ["12", "10", "20 %", "44"]


def test_headers_that_end_with_their_columns_stand_above_the_years_left_of_it() -> None:
    def ending(y: float, *texts: str) -> list[Text]:
        return [ending_at(right, y, text) for right, text in zip(range(320, 620, 80), texts, strict=True) if text]

    page = [
        *((50.0, 758, "(In thousands)"), ending_at(400, 770, "Three Months Ended"), ending_at(480, 770, "Percentage")),
        *(ending_at(400, 758, "May 31,"), ending_at(480, 758, "Change")),
        *ending(746, "2031", "2030", "", ""),
        *line(728, "Tents", "$ 60", "$ 63", "(5)%"),
        *line(714, "Stoves", "12", "10", "20%"),
        *line(700, "Ropes", "7", "0", "*"),
    ]
    (table,) = read_document("a.pdf", placed_pdf([page])).tables
    first, _, last = rows(table)
    assert [column for column, _ in first[2]] == [
        "Three Months Ended May 31, 2031",
        "Three Months Ended May 31, 2030",
        "Percentage Change",
    ]
    assert last[2][-1] == ("Percentage Change", "*")
    assert table.note == "(In thousands)"


def test_years_may_be_labels_and_units_may_stand_beside_one() -> None:
    page = [
        *(ending_at(320, 770, "Leases"), (50.0, 756.0, "Due in:"), (290.0, 756.0, "(In millions)")),
        *(text for year in range(2031, 2035) for text in line(742 - 14 * (year - 2031), str(year), f"{year * 3:,}")),
        *line(672, "Later", "90"),
    ]
    (table,) = read_document("a.pdf", placed_pdf([page])).tables
    assert [(label, cells) for _, label, cells in rows(table)] == [
        *((str(year), [("Leases", f"{year * 3:,}")]) for year in range(2031, 2035)),
        ("Later", [("Leases", "90")]),
    ]
    assert table.note == "(In millions)"


def test_prose_with_figures_and_a_list_of_contents_are_no_tables() -> None:
    prose = [f"In {year} we sold {year * 3} tents and {year * 2} stoves in 14 towns of 3" for year in range(2020, 2030)]
    assert read_document("a.pdf", pdf_of([prose])).tables == ()
    contents = [text for number in range(6) for text in line(700 - 14 * number, f"Chapter {number}", str(number * 7))]
    assert read_document("a.pdf", placed_pdf([contents])).tables == ()


def test_forms_are_rows_of_a_name_and_its_value() -> None:
    page = [
        (50.0, 786.0, "Boat and owner"),
        *((50.0, 760, "Boat Make:"), (150.0, 760, "Skiff"), (300.0, 760, "Registration:"), (420.0, 760, "S 59")),
        *((50.0, 746, "Built:"), (150.0, 746, "2031"), (300.0, 746, "Owner:"), (420.0, 746, "Ada Lund")),
        *((50.0, 732, "Seats:"), (300.0, 732, "Inspected:"), (420.0, 732, "June 3, 2032")),
    ]
    extraction = read_document("a.pdf", placed_pdf([page]))
    (table,) = extraction.tables
    assert table.title == "Boat and owner"
    assert not any(block.in_table for block in extraction.blocks)
    assert [(label, cells[0][1]) for _, label, cells in rows(table)] == [
        *(("Boat Make", "Skiff"), ("Registration", "S 59"), ("Built", "2031"), ("Owner", "Ada Lund")),
        ("Inspected", "June 3, 2032"),
    ]


def test_marks_on_the_axis_of_a_chart_are_no_table() -> None:
    axis = [text for number in range(6) for text in (ending_at(80, 700 - 30 * number, f"{8500 + number * 10:,}"),)]
    axis += [(100.0 + 60 * month, 520.0, f"{2030 + month}") for month in range(6)]
    assert read_document("a.pdf", placed_pdf([axis])).tables == ()


RULED: list[Text] = [
    (60, 770, "Goal 4: Answer sooner"),
    *((60, 740, "No."), (110, 740, "Measure"), (260, 746, "FY 2030"), (260, 734, "Results")),
    *((360, 746, "FY 2031"), (360, 734, "Results"), (460, 740, "Met")),
    *((60, 690, "4.1"), (110, 702, "Average number of"), (110, 690, "minutes to answer"), (110, 678, "a call")),
    *((260, 690, "15.8"), (360, 690, "6.60"), (460, 690, "Not met")),
    *((60, 640, "4.2"), (110, 646, "Percent of tents"), (110, 634, "pitched in the rain")),
    *((260, 640, "-"), (360, 640, "98.4%"), (460, 640, "Met")),
]
RULES = [
    "50 728 500 32 re S",
    *(
        f"{x} {low} m {x} {high} l S"
        for x in (100, 250, 350, 450)
        for low, high in ((620, 664), (664, 726), (726, 760))
    ),
]
SHADED = [f"0.9 g 300 {y - 4} 2 14 re f 302 {y - 4} 90 14 re f 0 g" for y in (728, 714, 675)]


def test_what_is_ruled_off_as_a_cell_belongs_together() -> None:
    extraction = read_document("a.pdf", placed_pdf([RULED], drawn=RULES))
    (table,) = extraction.tables
    assert table.title == "Goal 4: Answer sooner"
    before, now = "FY 2030 Results", "FY 2031 Results"
    assert rows(table) == [
        ("", "Average number of minutes to answer a call", [(before, "15.8"), (now, "6.60"), ("Met", "Not met")]),
        ("", "Percent of tents pitched in the rain", [(before, "-"), (now, "98.4%"), ("Met", "Met")]),
    ]
    assert_ranges_are_verbatim(extraction)


def test_shading_of_single_cells_rules_nothing() -> None:
    plain = read_document("a.pdf", placed_pdf([STATEMENT])).tables
    assert read_document("a.pdf", placed_pdf([STATEMENT], drawn=SHADED)).tables == plain


def text_of(extraction: Extraction) -> str:
    return "\n".join(extraction.text[passage.start : passage.end] for passage in passages_of(extraction))


def test_running_lines_stay_in_the_text_and_out_of_the_passages() -> None:
    pages = [
        ["Quarterly notes of the camp", f"Word{number} is on this page alone.", f"Camp | Page {number}"]
        for number in range(1, 5)
    ]
    extraction = read_document("a.pdf", pdf_of(pages))
    assert extraction.text.count("Quarterly notes") == 4
    passages = text_of(extraction)
    assert "Quarterly notes" not in passages
    assert "| Page" not in passages
    assert all(f"Word{number} is on this page alone." in passages for number in range(1, 5))


def test_passages_of_tables_are_marked_and_hold_no_prose() -> None:
    page = [(50.0, 830.0, "The camp sold more tents than ever."), *STATEMENT]
    passages = list(passages_of(extraction := read_document("a.pdf", placed_pdf([page]))))
    marked = [extraction.text[passage.start : passage.end] for passage in passages if passage.in_table]
    assert marked
    assert all("ever." not in text for text in marked)
    assert any("ever." in extraction.text[one.start : one.end] for one in passages if not one.in_table)
