"""Hyphens at the ends of lines, which PDFium marks and whose line break it leaves out."""

import re
from collections.abc import Sequence

from backend.agents.documents.readers.pdf_layout.page_text import LINE_END_HYPHEN

_WORD = re.compile(r"[^\W\d_]{3,}")
_CUT = re.compile(rf"([^\W\d_]+){LINE_END_HYPHEN}([^\W\d_]+)")
_SOFT = "\u00ad"


def with_hyphens(texts: Sequence[str]) -> list[str]:
    """The texts with a hyphen where a word has one, and a soft hyphen where only the line's end cut it.

    A word is taken as cut if the document writes it in one piece elsewhere. No text changes its length.
    """
    if not any(LINE_END_HYPHEN in text for text in texts):
        return list(texts)
    words = {word.casefold() for text in texts for word in _WORD.findall(text)}

    def replaced(match: re.Match[str]) -> str:
        is_cut = (match[1] + match[2]).casefold() in words
        return f"{match[1]}{_SOFT if is_cut else '-'}{match[2]}"

    return [_CUT.sub(replaced, text).replace(LINE_END_HYPHEN, "-") for text in texts]
