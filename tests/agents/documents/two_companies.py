"""Two invented companies with three quarterly reports each: one in PDF with tables, one in Markdown. Beside them what
spans the quarters: a workbook of the first, a Word file of the second."""

from collections.abc import Sequence
from pathlib import Path

from tests.agents.documents.office_files import word_file, workbook
from tests.agents.documents.pdf_files import ending_at, placed_pdf

QUARTERS = (
    ("2024 Q1", "March 31, 2024", "first"),
    ("2024 Q2", "June 30, 2024", "second"),
    ("2024 Q3", "September 30, 2024", "third"),
)
LENSES, SERVICE, COSTS = (412, 398, 451), (88, 93, 97), (120, 131, 126)
BISCUITS, PASTA = (1_205, 1_310, 1_188), (640, 655, 702)
EXPENDITURE, CASH = (31, 34, 29), (77, 82, 90)
INVENTORIES, DEBT = (310, 342, 335), (900, 870, 845)

_LEFT, _THIS, _BEFORE = 50.0, 400.0, 500.0


def write_two_companies(folder: Path) -> None:
    """Put all six reports and the two files beside them into the folder."""
    (folder / "Brightwater cash 2024.xlsx").write_bytes(_brightwater_cash())
    (folder / "Calder balance 2024.docx").write_bytes(_calder_balance())
    for place, (quarter, end, ordinal) in enumerate(QUARTERS):
        (folder / f"{quarter} Brightwater.pdf").write_bytes(_brightwater(place, end, ordinal))
        (folder / f"{quarter} Calder.md").write_text(_calder(place, quarter, end, ordinal), encoding="utf-8")


def _brightwater(place: int, end: str, ordinal: str) -> bytes:
    rows = [
        ("Lenses", LENSES[place], LENSES[place] - 30),
        ("Service", SERVICE[place], SERVICE[place] - 5),
        ("Total revenue", LENSES[place] + SERVICE[place], LENSES[place] + SERVICE[place] - 35),
        ("Research and development", COSTS[place], COSTS[place] - 11),
    ]
    return placed_pdf([_cover(end), _statement(end, rows), _discussion(place, ordinal), _signature(end)])


def _brightwater_cash() -> bytes:
    quarters = [quarter for quarter, _, _ in QUARTERS]
    return workbook(
        {
            "Cash": [
                ("Brightwater Instruments Inc.", "", "", ""),
                ("In millions", *quarters),
                ("Cash provided by operating activities", *CASH),
                ("Capital expenditure", *EXPENDITURE),
            ]
        }
    )


def _calder_balance() -> bytes:
    return word_file(
        "# Calder Foods plc",
        "Figures of the balance sheet at the end of each quarter.",
        [
            ("In millions", *(end for _, end, _ in QUARTERS)),
            ("Inventories", *(str(value) for value in INVENTORIES)),
            ("Total debt", *(str(value) for value in DEBT)),
        ],
        "Inventories rose in the second quarter of 2024 because flour was bought before its price went up.",
        title="Calder Foods plc, balance sheets of 2024",
    )


def _lines(texts: Sequence[str], top: float = 780) -> list[tuple[float, float, str]]:
    return [(_LEFT, top - 14 * number, text) for number, text in enumerate(texts)]


def _cover(end: str) -> list[tuple[float, float, str]]:
    return _lines(
        [
            "Brightwater Instruments Inc.",
            "QUARTERLY REPORT",
            f"For the quarterly period ended {end}",
            "Indicate by check mark whether the registrant is a shell company. Yes [ ] No [x]",
        ]
    )


def _statement(end: str, rows: Sequence[tuple[str, int, int]]) -> list[tuple[float, float, str]]:
    texts = [
        (_LEFT, 780.0, "CONDENSED STATEMENTS OF OPERATIONS (Unaudited)"),
        (_LEFT, 766.0, "(In millions)"),
        (_THIS - 70, 740.0, "Three Months Ended"),
        ending_at(_THIS, 726, end),
        ending_at(_BEFORE, 726, end.replace("2024", "2023")),
        (_LEFT, 712.0, "Revenue:"),
    ]
    for number, (label, this, before) in enumerate(rows):
        y = 696.0 - 16 * number
        texts += [(_LEFT, y, label), ending_at(_THIS, y, f"{this:,}"), ending_at(_BEFORE, y, f"{before:,}")]
    return texts


def _discussion(place: int, ordinal: str) -> list[tuple[float, float, str]]:
    reason = ("new laboratories", "higher headcount", "a prototype of an infrared lens")[place]
    return _lines(
        [
            "Research and Development",
            f"The growth in research and development expense during the {ordinal} quarter of 2024 was driven",
            f"primarily by {reason} and by the work on standards.",
            "Legal Matters",
            "The Company is a defendant in a suit about the Harrow patent, which it believes has no merit.",
            "Forward-looking statements in this report may differ from what will happen later on.",
        ]
    )


def _signature(end: str) -> list[tuple[float, float, str]]:
    return _lines(
        [
            "Signatures",
            "Pursuant to the requirements of the law, the registrant has duly caused this report to be signed.",
            f"Date: {end}",
        ]
    )


def _calder(place: int, quarter: str, end: str, ordinal: str) -> str:
    total = BISCUITS[place] + PASTA[place]
    reason = ("a mild winter", "new bakeries in the north", "a poor harvest")[place]
    return f"""# Calder Foods plc, {quarter}

Report for the quarter ended {end}.

## Sales

Sales of biscuits in the {ordinal} quarter changed mainly because of {reason}.

| In millions | {quarter} |
|---|---|
| Biscuits | {BISCUITS[place]:,} |
| Pasta | {PASTA[place]:,} |
| Total sales | {total:,} |

## Supply

Wheat is bought from growers in three regions under contracts of one year.
The company does not hedge the price of wheat.
"""
