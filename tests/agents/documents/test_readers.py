"""Readers: text, blocks, origin and pages of each format, and files that cannot be read."""

import contextlib

import pytest
from hypothesis import given, settings, strategies as st

from backend.agents.documents.indexing.passages import LONGEST, passages_of
from backend.agents.documents.indexing.sentences import LONGEST_QUOTE, quotable, sentence_spans
from backend.agents.documents.readers import READERS, read_document
from backend.agents.documents.readers.decoding import decode
from backend.agents.documents.readers.delimited import read_table
from backend.agents.documents.readers.extraction import Extraction, UnreadableFileError, is_web_address
from tests.agents.documents.pdf_files import encrypted, pdf_of


def blocks(extraction: Extraction) -> list[tuple[str, str]]:
    return [(block.heading, extraction.text[block.start : block.end]) for block in extraction.blocks]


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, 0, len(text))]


def test_markdown_has_origin_headings_and_blocks() -> None:
    source = (
        "---\ntitle: 'On whales'\ndate: 2024-05-06\nurl: https://whales.example/a\nauthor: A. Hab\n---\n"
        "# Whales\n\nThey swim.\nThey sing.\n\n## Food ##\n- Krill\n- Squid\n\n"
        "Depth\n-----\nDeep.\n\n```\n# code\n```\n"
    )
    extraction = read_document("a.md", source.encode())
    assert extraction.text == source
    assert blocks(extraction) == [
        ("Whales", "They swim.\nThey sing."),
        ("Whales > Food", "- Krill"),
        ("Whales > Food", "- Squid"),
        ("Whales > Depth", "Deep."),
        ("Whales > Depth", "# code"),
    ]
    origin = extraction.origin
    assert (origin.title, origin.date, origin.url) == ("On whales", "2024-05-06", "https://whales.example/a")
    assert origin.source == "A. Hab"


def test_markdown_without_front_matter_is_called_by_its_first_heading() -> None:
    assert read_document("a.md", b"Some text\n=========\n\nMore.").origin.title == "Some text"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://", "https://a b", "http://[", ""]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert not is_web_address(url)
    assert read_document("a.md", f"---\nurl: {url} \ndate: 2024-13-45\n---\ntext".encode()).origin.url == ""


def test_invalid_dates_are_left_out() -> None:
    assert read_document("a.md", b"---\ndate: 2024-13-45\n---\ntext").origin.date == ""


def test_plain_text_takes_short_lines_above_text_as_headings() -> None:
    extraction = read_document("a.txt", b"Travel\n\nBook early,\nand cheap.\n\nMeals\n\nUp to 45 EUR a day.\n")
    assert blocks(extraction) == [("Travel", "Book early,\nand cheap."), ("Meals", "Up to 45 EUR a day.")]


def test_html_shows_what_a_browser_would_show() -> None:
    extraction = read_document(
        "a.html",
        b"<html><head><title>A &amp; B</title><meta name=date content='2024-01-02T10:00'>"
        b"<link rel=canonical href='https://a.example/x'><style>p{}</style></head><body><nav>Menu</nav>"
        b"<h1>One</h1><p>Caf&eacute;\n  <b>au</b> lait</p><script>alert(1)</script><h2>Two</h2>"
        b"<ul><li>a<li>b</ul><table><tr><th>x<th>y<tr><td>1<td>2</table><pre>  k  v\n  l  w</pre><p hidden>",
    )
    assert blocks(extraction) == [
        ("One", "Café au lait"),
        ("One > Two", "a"),
        ("One > Two", "b"),
        ("One > Two", "x | y"),
        ("One > Two", "1 | 2"),
        ("One > Two", "k  v\n  l  w"),
    ]
    assert "alert" not in extraction.text
    assert "Menu" not in extraction.text
    origin = extraction.origin
    assert (origin.title, origin.date, origin.url) == ("A & B", "2024-01-02", "https://a.example/x")


def test_html_without_a_closed_head_keeps_its_body() -> None:
    assert "here" in read_document("a.html", b"<head><title>t</title><nav><h1>T</h1><p>I am here").text


def test_html_declares_its_encoding() -> None:
    page = "<meta charset=iso-8859-2><p>Łódź</p>".encode("iso-8859-2")
    assert read_document("a.html", page).text.strip() == "Łódź"


def test_pdf_keeps_page_numbers() -> None:
    pages = [["The first page speaks of whales."], ["The second one of", "squid and krill."], [], ["The fourth."]]
    extraction = read_document("a.pdf", pdf_of(pages, title="On the sea"))
    found = [(passage.page, extraction.text[passage.start : passage.end]) for passage in passages_of(extraction)]
    assert [page for page, _ in found] == [1, 2, 4]
    assert " ".join(found[1][1].split()) == "The second one of squid and krill."
    assert extraction.origin.title == "On the sea"
    assert not extraction.has_lines


def test_csv_rows_are_blocks_as_they_stand() -> None:
    source = 'Name;Note\n"A; B";"two\nlines"\n\nC;d\n'
    extraction = read_document("a.csv", source.encode())
    assert blocks(extraction) == [("Name, Note", '"A; B";"two\nlines"'), ("Name, Note", "C;d")]
    assert [passage.line for passage in passages_of(extraction)] == [2, 5]
    table = read_table(source, 100)
    assert table is not None
    assert [row.cells for row in table.rows] == [("A; B", "two\nlines"), ("C", "d")]
    assert table.delimiter == ";"


def test_csv_passes_over_lines_above_its_header_and_names_every_column_once() -> None:
    table = read_table("Report 2024\n\na,A,,b\n1,2,3,4\n5,6\n", 100)
    assert table is not None
    assert table.columns == ("a", "A (2)", "column 3", "b")
    assert [row.line for row in table.rows] == [4, 5]


def test_a_table_beyond_the_limits_is_cut_and_named_and_never_computed_over_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backend.agents.documents.readers.delimited.MAX_CELLS", 400)
    monkeypatch.setattr("backend.agents.documents.readers.delimited.MAX_SEARCHED_ROWS", 50)
    source = "a,b\n" + "".join(f"{number},x\n" for number in range(1000))
    extraction = read_document("a.csv", source.encode())
    assert source.startswith(extraction.text)
    assert 200 < extraction.text.count("\n") < 1000
    assert len(extraction.blocks) == 50
    assert extraction.notices == ("only its first 221 rows were read", "only the first 50 rows can be searched")
    assert read_table(extraction.text, 400) is None


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"caf\xc3\xa9", "café"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café"),
        ("café".encode("utf-16"), "café"),
        (b"caf\xe9", "café"),
        (b"\x93quoted\x94", "“quoted”"),
        (b"\x81\x8d", "\x81\x8d"),
        (b"a\r\nb\rc", "a\nb\nc"),
        ("a\u2028b".encode(), "a\u2028b"),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "it is empty"),
        ("a.txt", b" \n\t\n", "there is no text in it"),
        ("a.md", b"---\ntitle: x\n---\n", "there is no text in it"),
        ("a.txt", b"\x00\x01\x02", "binary data"),
        ("a.txt", b"\xff\xfe\x00", "utf-16-le"),
        ("a.csv", b"a,b\n", "no row below its header"),
        ("a.csv", b'a,b\n"' + b"x" * 200_000, "not a readable CSV"),
        ("a.html", b"<script>only code</script>", "there is no text in it"),
        ("a.pdf", b"%PDF-1.4 and then nothing", "not a readable PDF"),
        ("a.pdf", b"\x89PNG", "not a readable PDF"),
        ("a.pdf", pdf_of([[]]), "scanned"),
        ("a.pdf", pdf_of([["secret"]])[:300], "not a readable PDF"),
        ("a.pdf", encrypted(pdf_of([["secret"]]), "key"), "needs a password"),
        ("a.docx", b"PK", "not a readable Word file"),
        ("a.mp4", b"\x00", "are not read"),
    ],
)
def test_unreadable_files_have_a_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        read_document(name, data)


@pytest.mark.parametrize("unknown", [b"/Nonsense", b"/JBIG2Decode"])
def test_a_page_of_a_pdf_that_cannot_be_decoded_leaves_the_others(unknown: bytes) -> None:
    readable = pdf_of([["Broken."], ["The second page can be read."]])
    extraction = read_document("a.pdf", readable.replace(b"<< /Length", b"<< /Filter " + unknown + b" /Length", 1))
    named = ("page 1 has no text that can be read, as scanned pages have not",)
    assert "Broken." in extraction.text or extraction.notices == named
    assert "The second page can be read." in extraction.text


def test_a_pdf_with_an_encryption_nobody_knows_is_refused() -> None:
    locked = encrypted(pdf_of([["secret"]]), "").replace(b"/Filter /Standard", b"/Filter /Otherone")
    with pytest.raises(UnreadableFileError, match="encryption"):
        read_document("a.pdf", locked)


_WHOLE_PDF = pdf_of([["Up to the first page."], ["And to the second."]], title="Damaged")
_WRONG_VALUES = (b"/Nope", b"[1 2]", b"(x)", b"null", b"-1", b"<< >>", b"3 0 R", b"9 0 R", b"/FlateDecode", b"1.5")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(_WHOLE_PDF) - 1), st.binary(max_size=4)), max_size=4),
    st.lists(
        st.tuples(
            st.sampled_from([b"/Font", b"/Kids", b"/Count", b"/Length", b"/Contents", b"/Type", b"/Root", b"/Parent"]),
            st.sampled_from(_WRONG_VALUES),
        ),
        max_size=3,
    ),
)
def test_a_damaged_pdf_is_read_or_refused_and_nothing_else(
    cuts: list[tuple[int, bytes]], wrong: list[tuple[bytes, bytes]]
) -> None:
    damaged = _WHOLE_PDF
    for key, value in wrong:
        damaged = damaged.replace(key, key + b" " + value + b" ", 1)
    for place, put_in in cuts:
        damaged = damaged[:place] + put_in + damaged[place + len(put_in) :]
    with contextlib.suppress(UnreadableFileError):
        assert read_document("a.pdf", damaged).blocks


def test_pdf_encrypted_with_an_empty_password_is_read() -> None:
    assert "open secret" in read_document("a.pdf", encrypted(pdf_of([["An open secret."]]), "")).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It costs 10.5 EUR, e.g. at night. Dr. Who came.", ["It costs 10.5 EUR, e.g. at night.", "Dr. Who came."]),
        ("Before 10 a.m. on day one. Then", ["Before 10 a.m. on day one.", "Then"]),
        ("- a\n- b\n  more\n1. c", ["a", "b\n  more", "c"]),
        ("wrapped\nline. Next", ["wrapped\nline.", "Next"]),
        ("| a | b |\n| c | d |", ["| a | b |", "| c | d |"]),
        ("He said “no.” Then", ["He said “no.”", "Then"]),
        ("これは文です。次の文です。", ["これは文です。", "次の文です。"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from("aB1 .!?\n-|#*>`~=:,;\"'\u2028é。\t"), max_size=400))
def test_blocks_passages_and_sentences_are_ranges_of_the_text(text: str) -> None:
    """For any text and any reader of text: ranges in order, without overlap, within the text, and never blank."""
    for suffix in (".md", ".txt", ".html", ".csv"):
        try:
            extraction = read_document(f"a{suffix}", text.encode())
        except UnreadableFileError:
            continue
        end = 0
        for block in extraction.blocks:
            assert end <= block.start < block.end <= len(extraction.text)
            assert extraction.text[block.start : block.end].strip()
            end = block.end
        end = 0
        for passage in passages_of(extraction):
            assert end <= passage.start < passage.end
            assert suffix == ".csv" or passage.end - passage.start <= LONGEST
            end = passage.end
            if passage.line is not None:
                assert passage.line == extraction.text.count("\n", 0, passage.start) + 1
            for first, last in sentence_spans(extraction.text, passage.start, passage.end):
                assert passage.start <= first < last <= passage.end
                assert 0 < quotable(extraction.text, first, last)[1] - first <= LONGEST_QUOTE


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    for suffix in READERS:
        try:
            reason = read_document(f"a{suffix}", data).text
        except UnreadableFileError as error:
            reason = str(error)
        assert reason
