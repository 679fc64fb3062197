"""Files of a question as they are shown: names are text, whatever is in them."""

from backend.present.pages.attachments import attached_html, file_label, refusals_html
from backend.present.pages.notices import question_html
from backend.present.words.files import format_size
from backend.protocol.attachments import AttachmentNote
from tests.present.html_reader import Fragment

HOSTILE = '<img src=x onerror="alert(1)">.txt'


def test_names_and_sentences_are_text() -> None:
    shown = question_html("Why?", [AttachmentNote(name=HOSTILE, size=1_250_000, kind="txt")])
    for html in (shown, refusals_html([f"{HOSTILE} is empty."])):
        assert Fragment(html).problems == []
        assert "&lt;img" in html
    assert "1.2 MB" in shown
    assert str(attached_html([])) == refusals_html([]) == ""
    assert file_label(AttachmentNote(name="a.txt", size=1)) == "✕ a.txt · 1 byte"


def test_sizes_are_for_people() -> None:
    sizes = {0: "0 bytes", 999: "999 bytes", 1000: "1 kB", 339_600: "340 kB", 10 * 1024**2: "10.5 MB"}
    assert {size: format_size(size) for size in sizes} == sizes
