"""Word, Excel, PowerPoint, mail, notebooks, JSON and archives: text, tables, origin, and what is refused."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.folder import unread_sentence
from backend.agents.documents.indexing.folder_index import FolderIndex
from backend.agents.documents.readers import read_document
from backend.agents.documents.readers.extraction import Extraction, UnreadableFileError
from backend.agents.documents.readers.extraction_json import decoded, encoded
from tests.agents.documents.office_files import archive, slides, word_file, workbook
from tests.agents.documents.test_extracted_tables import assert_ranges_are_verbatim, rows

SALES = [["", "Spring 2031", "Autumn 2031"], ["Tents", "60", "(63)"], ["Stoves", "$ 7", "8%"]]
EXPECTED = [
    ("", "Tents", [("Spring 2031", "60"), ("Autumn 2031", "(63)")]),
    ("", "Stoves", [("Spring 2031", "$ 7"), ("Autumn 2031", "8%")]),
]


def read(name: str, data: bytes) -> Extraction:
    """What a reader gives, after a trip through JSON as it comes from its process."""
    extraction = read_document(name, data)
    assert decoded(json.loads(json.dumps(encoded(extraction)))) == extraction
    assert_ranges_are_verbatim(extraction)
    return extraction


def texts(extraction: Extraction) -> list[tuple[str, str]]:
    return [(block.heading, extraction.text[block.start : block.end]) for block in extraction.blocks]


def test_word_files_keep_headings_and_tables_in_order() -> None:
    data = word_file("# Camp", "We sold tents.", "# Sales", "Sales by kind (in thousands):", SALES, title="The camp")
    extraction = read("a.docx", data)
    assert extraction.origin.title == "The camp"
    assert texts(extraction)[:3] == [
        ("Camp", "We sold tents."),
        ("Sales", "Sales by kind (in thousands):"),
        ("Sales", "Spring 2031 | Autumn 2031"),
    ]
    (table,) = extraction.tables
    assert (table.title, table.note) == ("Sales by kind (in thousands)", "Sales by kind (in thousands):")
    assert rows(table) == EXPECTED


def test_workbooks_show_values_as_their_sheets_do() -> None:
    content: dict[str, list[list[object]]] = {
        "Sales": [["Kind", "2031", "Share"], ["Tents", 1234567, 0.443], ["Stoves", 8.5, 0.07], [], ["Note", "x"]]
    }
    extraction = read("a.xlsx", workbook(content, {"B2": "#,##0", "C2": "0.0%", "C3": "0%"}))
    first = extraction.tables[0]
    assert first.title == "Sales"
    assert rows(first) == [
        ("", "Tents", [("2031", "1,234,567"), ("Share", "44.3%")]),
        ("", "Stoves", [("2031", "8.5"), ("Share", "7%")]),
    ]


def test_slides_are_pages() -> None:
    extraction = read("a.pptx", slides(("Camp", "We sold tents.", []), ("Sales", "By kind", SALES)))
    assert [page for _, page in extraction.pages] == [1, 2]
    assert ("Camp", "We sold tents.") in texts(extraction)
    (table,) = extraction.tables
    assert (table.page, table.title) == (2, "By kind")
    assert rows(table) == EXPECTED


def test_mail_has_a_sender_and_a_date_and_names_its_attachments() -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Tents für alle", "Ada <ada@camp.example>", "bo@camp.example"
    message["Date"] = "Mon, 02 Jun 2031 10:00:00 +0200"
    message.set_content("Dear Bo,\n\nthe tents are here.\n")
    message.add_alternative("<p>the <b>tents</b> are here</p>", subtype="html")
    message.add_attachment(b"x", maintype="image", subtype="png", filename="tent.png")
    extraction = read("a.eml", message.as_bytes())
    origin = extraction.origin
    assert (origin.title, origin.source, origin.date) == ("Tents für alle", "Ada <ada@camp.example>", "2031-06-02")
    assert ("Tents für alle", "the tents are here.") in texts(extraction)
    assert extraction.fields["to"] == "bo@camp.example"
    assert extraction.notices == ("its attachment tent.png was not read",)


def test_attachments_of_a_mail_are_parts_of_it_or_named() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Old"
    inner.set_content("earlier")
    message = EmailMessage()
    message["Subject"], message["From"] = "Offer", "ada@camp.example"
    message.set_content("See below.")
    message.add_attachment(workbook({"Sheet": SALES}), maintype="application", subtype="xlsx", filename="sales.xlsx")
    message.add_attachment(b"no pdf", maintype="application", subtype="pdf", filename="broken.pdf")
    message.add_attachment(inner)
    extraction = read("a.eml", message.as_bytes())
    (table,) = extraction.tables
    assert extraction.text[table.rows[0].start :].startswith(table.rows[0].label)
    assert any(heading.startswith("Offer > Attachment sales.xlsx") for heading, _ in texts(extraction))
    assert [notice.partition(":")[0] for notice in extraction.notices] == [
        "its attachment broken.pdf was not read",
        "its attachment Old.eml was not read",
    ]


def test_a_mailbox_is_a_document_for_each_message() -> None:
    parts = [f"From x\nSubject: Note {number}\nFrom: ada@camp.example\n\n>From here on {number}\n" for number in (1, 2)]
    extraction = read("a.mbox", "\n".join(parts).encode())
    assert [member.name for member in extraction.members] == ["0001.eml", "0002.eml"]
    read_members = [member.content for member in extraction.members if not isinstance(member.content, str)]
    assert [one.origin.title for one in read_members] == ["Note 1", "Note 2"]
    assert "\nFrom here on 2" in read_members[1].text


def test_notebooks_keep_text_code_and_tables_that_cells_put_out() -> None:
    page = "<table><tr><th></th><th>2031</th></tr><tr><td>Tents</td><td>60</td></tr></table>"
    cells = [
        {"cell_type": "markdown", "source": ["# Camp\n", "\n", "We count tents."]},
        {"cell_type": "code", "source": "count()", "outputs": [{"data": {"text/html": [page]}}, {"text": ["done\n"]}]},
    ]
    extraction = read("a.ipynb", json.dumps({"cells": cells}).encode())
    assert extraction.origin.title == "Camp"
    assert [text for _, text in texts(extraction)][:2] == ["We count tents.", "count()"]
    assert rows(extraction.tables[0]) == [("", "Tents", [("2031", "60")])]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_lists_of_records_in_json_are_tables(name: str) -> None:
    records = [{"kind": "Tents", "sold": 60}, {"kind": "Stoves", "sold": 7.5, "gone": True}]
    data = json.dumps(records) if name == "a.json" else "\n".join(map(json.dumps, records))
    (table,) = read(name, data.encode()).tables
    assert rows(table) == [("", "Tents", [("sold", "60")]), ("", "Stoves", [("sold", "7.5"), ("gone", "true")])]


def test_nested_json_has_headings() -> None:
    extraction = read("a.json", b'{"title": "Camp", "date": "2031-01-02", "staff": {"cook": {"name": "Ada"}}}')
    assert (extraction.origin.title, extraction.origin.date) == ("Camp", "2031-01-02")
    assert ("staff > cook", "name: Ada") in texts(extraction)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "needs a password"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "format before 2007"),
        ("a.pptx", archive({"x": b"y"}), "not a readable PowerPoint file"),
        ("a.docx", archive({"x": bytes(401 * 1024 * 1024)}), "unpacks to more than 400 MB"),
        ("a.eml", b"no mail at all", "not a mail"),
        ("a.mbox", b"no mailbox at all", "not a mailbox"),
        ("a.json", b"[" * 100_000, "not readable JSON"),
        ("a.jsonl", b"{}\n{", "line 2 is not readable JSON"),
        ("a.ipynb", b"{}", "not a readable notebook"),
        ("a.zip", b"PK", "not a readable zip archive"),
        ("a.zip", archive({"x.png": b"y"}), "contains no file that can be read"),
    ],
)
def test_what_cannot_be_read_has_a_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        read_document(name, data)


def test_files_of_an_archive_are_documents_that_come_and_go_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    inner = {"notes/a.md": b"# Camp\n\nTents are blue.", "b.docx": word_file("Stoves are red."), "c.pdf": b"%PDF"}
    (folder / "all.zip").write_bytes(archive({**inner, "d.mp4": b"", "e.zip": archive(inner)}))
    index = FolderIndex(folder, tmp_path / "index.sqlite3")
    report = index.refresh()
    assert report.documents == 2
    assert {str(skipped).split(":")[0] for skipped in report.skipped} == {
        "all.zip was read only in part",
        "all.zip/c.pdf was skipped",
    }
    corpus = Corpus(index)
    assert [hit.document.name for hit, _ in corpus.search("blue", "prose", 9)] == ["all.zip/notes/a.md"]
    assert corpus.document("all.zip/b.docx").title
    assert corpus.skipped_names() == ("all.zip/c.pdf",)
    assert index.is_current()
    assert index.refresh().read == 0
    (folder / "all.zip").unlink()
    (folder / "f.md").write_text("Only this.")
    assert index.refresh().documents == 1
    assert corpus.search("blue", "prose", 9) == []


def test_files_of_other_kinds_are_counted_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("a.md", "talk.mp4", "tour.MP4", "plan.dwg", "LICENCE"):
        (folder / name).write_text("Tents.")
    index = FolderIndex(folder, tmp_path / "index.sqlite3")
    report = index.refresh()
    assert report.unread == ("LICENCE", "plan.dwg", "talk.mp4", "tour.MP4")
    assert unread_sentence(report.unread) == "4 files are not read: 2 .mp4, 1 without an ending, 1 .dwg."
    assert "talk.mp4" in Corpus(index).skipped_names()
