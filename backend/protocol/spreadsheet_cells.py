"""Text for a cell of a table that people open in a spreadsheet, so that the spreadsheet runs none of it.

A cell that begins like a formula is one to a spreadsheet, whatever quotes are around it (CWE-1236). The usual answer,
an apostrophe before it, is put at the beginning of every cell and also after what some spreadsheets take for the
border of a cell inside of one: a line break, a tab, and the semicolon that separates cells where the comma is the
decimal sign.
"""

import re
from typing import Final

_UNSEEN: Final = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
"""Characters that are not drawn: a spreadsheet may drop them, and what follows them is first then."""

_FORMULA: Final = re.compile(
    rf"(^|[\n\r\t;])((?:[^\S\n\r\t]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f{_UNSEEN}])*)"
    r"(?=[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05]|DDE\s*\()",
    re.IGNORECASE,
)
"""Where a formula would begin: ``=``, ``+``, ``-``, ``@``, ``|``, ``%`` and their full-width forms, and ``DDE(``, which
calls another program; also after spaces and what is not drawn."""


def inert(cell: str) -> str:
    """The text, with an apostrophe before everything that a spreadsheet would take for a formula."""
    if cell[:1] in ("\t", "\r", "\n"):
        cell = f"'{cell}"
    return _FORMULA.sub(r"\1\2'", cell)
