"""Tables within documents: rows keep label, section and column headers, and are found by them."""

from pathlib import Path

import pytest

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.folder_index import FolderIndex
from backend.agents.documents.readers import read_document
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.extraction import Extraction

MARKDOWN = """# Sales

Sales by region (in thousands):

| | Spring 2031 | Autumn 2031 |
|---|---:|---:|
| **Tents:** | | |
| North | $ 60 | 63 |
| South \\| East | 21 | (19) |
| Total tents | 81 | 44 |
| Growth | 5% | — |
"""
WEB_PAGE = """<h1>Report</h1><div>STATEMENTS OF SALES</div><div>(In thousands, except per tent)</div><table>
<tr><td></td><td colspan=6>Half Year Ended</td></tr>
<tr><td></td><td colspan=3>June 30, 2031</td><td colspan=3>June 30, 2030</td></tr>
<tr><td><div>Tents:</div></td></tr>
<tr><td style="padding-left:10pt">North</td><td>$</td><td>60</td><td></td><td>$</td><td>63</td><td></td></tr>
<tr><td style="padding-left:10pt">South</td><td></td><td>(21</td><td>)</td><td></td><td>3</td><td>%</td></tr>
<tr><td>Stoves</td><td></td><td>7</td><td></td><td></td><td>8</td><td></td></tr></table>"""

Row = tuple[str, str, list[tuple[str, str]]]


def rows(table: ExtractedTable) -> list[Row]:
    return [(row.section, row.label, [(cell.column, cell.text) for cell in row.cells]) for row in table.rows]


def assert_ranges_are_verbatim(extraction: Extraction) -> None:
    for table in extraction.tables:
        for row in table.rows:
            assert table.start <= row.start < row.end <= table.end
            for cell in row.cells:
                digits = [part for part in cell.text.replace("%", " ").split() if part[0].isalnum()]
                assert all(part.strip("()") in extraction.text[cell.start : cell.end] for part in digits)


def test_markdown_tables_have_labels_sections_and_headers() -> None:
    extraction = read_document("a.md", MARKDOWN.encode())
    (table,) = extraction.tables
    assert (table.title, table.note) == ("Sales by region (in thousands)", "Sales by region (in thousands):")
    assert rows(table) == [
        ("Tents", "North", [("Spring 2031", "$ 60"), ("Autumn 2031", "63")]),
        ("Tents", "South | East", [("Spring 2031", "21"), ("Autumn 2031", "(19)")]),
        ("Tents", "Total tents", [("Spring 2031", "81"), ("Autumn 2031", "44")]),
        ("", "Growth", [("Spring 2031", "5%"), ("Autumn 2031", "—")]),
    ]
    assert extraction.text[table.rows[0].start : table.rows[0].end] == "| North | $ 60 | 63 |"
    assert_ranges_are_verbatim(extraction)


def test_code_that_looks_like_a_table_is_none() -> None:
    assert read_document("a.md", b"```\n| a | b |\n|---|---|\n| 1 | 2 |\n```\n").tables == ()


def test_tables_of_words_have_the_headings_of_their_columns() -> None:
    extraction = read_document("a.md", b"# Duty\n\n| Who | Room | Since |\n|---|---|---|\n| Ada | B 12 | 2030 |\n")
    assert rows(extraction.tables[0]) == [("", "Ada", [("Room", "B 12"), ("Since", "2030")])]
    assert extraction.tables[0].title == "Duty"


def test_web_tables_join_signs_span_headers_and_follow_indentation() -> None:
    extraction = read_document("a.html", WEB_PAGE.encode())
    (table,) = extraction.tables
    assert (table.title, table.note) == ("STATEMENTS OF SALES", "(In thousands, except per tent)")
    now, then = "Half Year Ended June 30, 2031", "Half Year Ended June 30, 2030"
    assert rows(table) == [
        ("Tents", "North", [(now, "$ 60"), (then, "$ 63")]),
        ("Tents", "South", [(now, "(21)"), (then, "3%")]),
        ("", "Stoves", [(now, "7"), (then, "8")]),
    ]
    assert_ranges_are_verbatim(extraction)


def test_a_label_above_rows_that_stand_as_far_left_is_their_section_up_to_its_total() -> None:
    cells = "<tr><td{}>{}</td><td>{}</td></tr>"
    lines = [
        cells.format("", "Revenue", ""), cells.format("", "Tents", "60"), cells.format("", "Stoves", "7"),
        cells.format(' style="padding-left:10pt"', "Total", "67"), cells.format("", "Profit", ""),
        cells.format("", "Tents", "9"), cells.format(' style="padding-left:10pt"', "Total", "9"),
        cells.format("", "Stores", "4"),
    ]  # fmt: skip
    page = f"<table><tr><td></td><td>2031</td></tr>{''.join(lines)}</table>"
    (table,) = read_document("a.html", page.encode()).tables
    assert [(section, label) for section, label, _ in rows(table)] == [
        ("Revenue", "Tents"), ("Revenue", "Stoves"), ("Revenue", "Total"), ("Profit", "Tents"), ("Profit", "Total"),
        ("", "Stores"),
    ]  # fmt: skip


def test_a_cell_of_a_web_table_may_span_rows_and_hold_paragraphs() -> None:
    page = b"<table><tr><th>Year<th>Quarter<th>Sales<tr><td rowspan=2>2031<td>Q1<td><p>5</p><tr><td>Q2<td>6</table>"
    (table,) = read_document("a.html", page).tables
    assert rows(table) == [
        ("", "2031", [("Quarter", "Q1"), ("Sales", "5")]),
        ("", "2031", [("Quarter", "Q2"), ("Sales", "6")]),
    ]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text(MARKDOWN)
    (folder / "b.html").write_text(WEB_PAGE)
    index = FolderIndex(folder, tmp_path / "index.sqlite3")
    index.refresh()
    return Corpus(index)


def test_rows_are_found_by_label_section_and_title(corpus: Corpus) -> None:
    found = corpus.search_rows("north", None, 10)
    assert {row.document.name for row, _ in found} == {"a.md", "b.html"}
    assert [row.document.name for row, _ in corpus.search_rows("north", ["b.html"], 10)] == ["b.html"]
    assert corpus.search_rows("north", [], 10) == []
    (row, _), *_ = corpus.search_rows("south tents", ["a.md"], 10)
    assert (row.label, row.section, row.line, row.text) == (
        "South | East",
        "Tents",
        9,
        "| South \\| East | 21 | (19) |",
    )
    assert corpus.text("a.md")[row.cells[1].start : row.cells[1].end] == row.cells[1].text == "(19)"
    assert [row.label for row in corpus.table("b.html", 1)] == ["North", "South", "Stoves"]
    assert corpus.table("b.html", 2) == []


def test_passages_may_be_searched_within_documents(corpus: Corpus) -> None:
    assert len(corpus.search("tents", "prose", 99)) > len(corpus.search("tents", "prose", 99, ["a.md"])) > 0
    assert {hit.document.name for hit, _ in corpus.search("tents", "prose", 99, ["a.md"])} == {"a.md"}


def test_rows_of_a_changed_file_leave_no_trace(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    index = FolderIndex(folder, tmp_path / "index.sqlite3")
    for text in (MARKDOWN, MARKDOWN.replace("North", "West") + "\n"):
        (folder / "a.md").write_text(text)
        index.refresh()
    with index.opened() as connection:
        connection.execute("INSERT INTO row_search (row_search) VALUES ('integrity-check')")
    assert Corpus(index).search_rows("north", None, 10) == []
    assert [row.label for row, _ in Corpus(index).search_rows("west", None, 10)] == ["West"]
