"""The kind of a file is found by its content, and its name must fit it."""

import pytest
from hypothesis import given, strategies as st

from backend.protocol.file_kinds import KINDS, FileKindError, endings_of, kind_of_file

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"
PNG = b"\x89PNG\r\n\x1a\n"
DOCX = b"PK\x03\x04[Content_Types].xml word/document.xml"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", PDF, "pdf"),
        ("a.PDF", b"\n" * 100 + PDF, "pdf"),
        ("scan", PDF, "pdf"),
        ("a.docx", DOCX, "docx"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "jpeg"),
        ("a.md", "Grüße".encode("latin-1"), "md"),
        ("a.txt", "中文".encode("utf-16"), "txt"),
        ("run.py", b"print(1)", "txt"),
        ("a.csv", b"a;b\n1;2\n", "csv"),
        ("a.json", b'{"a": 1}', "json"),
        ("a.jsonl", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.ipynb", b'{"cells": []}', "ipynb"),
        ("a.eml", b"From: a@example.com\nSubject: x\n\nHello", "eml"),
        ("a.html", b"<p>Hello", "html"),
    ],
)
def test_a_file_is_of_the_kind_of_its_content(name: str, data: bytes, kind: str) -> None:
    assert kind_of_file(name, data) is KINDS[kind]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", PNG, "is not a PDF: its content is that of a PNG picture"),
        ("a.txt", PDF, "is not a text file: its content is that of a PDF"),
        ("a.docx", b"PK\x03\x04 some archive", "is not a Word document"),
        ("a.zip", b"PK\x03\x04 some archive", "cannot be attached"),
        ("a.txt", b"PK\x03\x04 some archive", "is not a text file"),
        ("a.txt", b"\xff\xfe\x00", "is not a text file"),
        ("a.json", b"{", "is not a JSON file"),
        ("a.json", b"[" * 200_000, "is not a JSON file"),
        ("a.ipynb", b"[]", "is not a notebook"),
        ("a.eml", b"Hello", "is not a mail"),
        ("a.html", b"Hello", "is not a web page"),
        ("a.exe", b"MZ\x00", "cannot be attached"),
    ],
)
def test_a_file_whose_content_does_not_fit_is_refused(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(FileKindError, match=reason) as refused:
        kind_of_file(name, data)
    assert str(refused.value).startswith(name)


@given(st.sampled_from(["a", "a.bin", *(f"a{kind.endings[0]}" for kind in KINDS.values())]), st.binary(max_size=64))
def test_any_content_is_of_a_kind_that_fits_it_or_refused(name: str, data: bytes) -> None:
    try:
        kind = kind_of_file(name, data)
    except FileKindError:
        return
    assert kind.fits(data)
    assert (
        b"\0" not in data
        or kind.name in ("png", "pdf", "webp", "jpeg", "gif", "docx")
        or data[:2]
        in (
            b"\xff\xfe",
            b"\xfe\xff",
        )
    )


def test_endings_are_those_of_the_kinds_in_order() -> None:
    assert endings_of(["jpeg", "pdf", "other"]) == (".jpg", ".jpeg", ".pdf")
