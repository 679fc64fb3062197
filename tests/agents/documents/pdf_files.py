"""Small PDF files, written by hand so that their text is known exactly."""

import io
from collections.abc import Sequence


def pdf_of(pages: Sequence[Sequence[str]], title: str = "") -> bytes:
    """A PDF with these lines on each page, in Helvetica, and a title in its metadata."""
    shown = (b" ".join(b"(" + _escaped(line) + b") Tj T*" for line in lines) for lines in pages)
    return _with_contents([b"BT /F1 11 Tf 50 780 Td 14 TL " + page + b" ET" for page in shown], title)


def _with_contents(pages: Sequence[bytes], title: str) -> bytes:
    objects: list[bytes] = [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    objects += [b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream) for stream in pages]
    parent = len(objects) + len(pages) + 1
    page = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << %s >> >>"
    objects += [page % (parent, content, b"/Font << /F1 1 0 R >>") for content in range(2, len(pages) + 2)]
    kids = b" ".join(b"%d 0 R" % number for number in range(len(pages) + 2, parent))
    objects.append(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)))
    objects.append(b"<< /Type /Catalog /Pages %d 0 R >>" % parent)
    objects.append(b"<< /Title (%s) >>" % _escaped(title))
    return _assembled(objects, root=parent + 1, info=parent + 2)


_WIDTHS = {".": 0.278, ",": 0.278, " ": 0.278, "(": 0.333, ")": 0.333, "%": 0.889, "$": 0.556, "-": 0.333}


def placed_pdf(
    pages: Sequence[Sequence[tuple[float, float, str]]], size: float = 10, drawn: Sequence[str] = ()
) -> bytes:
    """A PDF with each text beginning at its point (from the lower left), in Helvetica; ``drawn`` are operators, such as
    ``100 50 m 100 90 l S``, for every page."""
    shown = [
        " ".join(drawn).encode()
        + b" BT /F1 %g Tf " % size
        + b" ".join(b"1 0 0 1 %g %g Tm (%s) Tj" % (x, y, _escaped(text)) for x, y, text in texts)
        + b" ET"
        for texts in pages
    ]
    return _with_contents(shown, "")


def ending_at(x: float, y: float, text: str, size: float = 10) -> tuple[float, float, str]:
    """A figure whose right edge is at ``x``, as ``placed_pdf`` takes it."""
    return x - sum(_WIDTHS.get(sign, 0.556) for sign in text) * size, y, text


def encrypted(pdf: bytes, password: str) -> bytes:
    """The file, readable only with the password (RC4, 128 bits)."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _escaped(text: str) -> bytes:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("latin-1")


def _assembled(objects: list[bytes], root: int, info: int) -> bytes:
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size %d /Root %d 0 R /Info %d 0 R >>" % (len(objects) + 1, root, info)
    start = len(data)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return data + head + table + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % start
