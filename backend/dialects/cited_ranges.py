"""Ranges of an answer whose unit a provider does not say: found by the text that is cited there.

Servers count in code points, in UTF-16 or in UTF-8 bytes, by the language that they are written in. With an emoji
before it, only one of them is the cited text.
"""

from backend.protocol.events import Span


def cited_range(text: str, start: int | None, end: int | None, cited: str, begins_at: int = 0) -> Span | None:
    """The range from ``start`` to ``end`` of ``text``, in code points of the answer, in which it begins at
    ``begins_at``. None if the text does not reach that far, or the range is not one.

    ``cited``: what stands there, if the provider says so; it decides what the numbers count.
    """
    if start is None or end is None or not 0 <= start < end:
        return None
    for encoding, width in (("", 0), ("utf-16-le", 2), ("utf-8", 1)):
        first, last = _of_encoding(text, start, end, encoding, width) if encoding else (start, end)
        if first < last <= len(text) and (not cited or text[first:last] == cited):
            return Span(start=begins_at + first, end=begins_at + last)
    return None


def _of_encoding(text: str, start: int, end: int, encoding: str, width: int) -> tuple[int, int]:
    """Code points before two offsets that count units of ``width`` bytes; (0, 0) if the text is shorter."""
    data = text.encode(encoding, "replace")
    if end * width > len(data):
        return 0, 0
    return len(data[: start * width].decode(encoding, "ignore")), len(data[: end * width].decode(encoding, "ignore"))
