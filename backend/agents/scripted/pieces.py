"""An answer cut into token events."""

import re
from typing import Literal

MAX_WORD = 20
"""Longer words are cut, so that text without spaces streams as well."""

_WORD = re.compile(rf"\S{{1,{MAX_WORD}}}\s*|\s+")


def split_pieces(text: str, pieces: Literal["words"] | int) -> list[str]:
    """The text in token-sized pieces, none empty, that join to the text again.

    ``words``: each word with the white space after it. A number: that many code points each, wherever they cut, so that
    1 takes an emoji sequence or a letter and its accent apart.
    """
    if pieces == "words":
        return _WORD.findall(text)
    return [text[start : start + pieces] for start in range(0, len(text), pieces)]
