"""The direction of text: right to left where its first strong letter is, code, formulas and markers left out.

Browsers would decide by the first strong letter of all, a function's name included. Only blocks in which some letter
is written from right to left get anything of this.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal
from unicodedata import bidirectional

from markdown_it.token import Token

from backend.present.markup import Markup, fragment, joined

Direction = Literal["ltr", "rtl"]

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_QUANTITY: Final = re.compile(
    r"(?<![\w.])[+\-−±~≈]?(?:[$€£¥] ?)?\d[\d.,:/–-]*(?:\s?(?:[A-Za-zµμΩ°%‰²³]+(?:/[A-Za-z²³]+)?))"
    r"|(?<![\w.])[$€£¥] ?\d[\d.,]*"
)


def has_right_to_left(tokens: Sequence[Token]) -> bool:
    """Whether a letter outside code is written from right to left."""
    return any(_RIGHT_TO_LEFT.search(text) for text in _texts(tokens))


def direction_of(tokens: Sequence[Token]) -> Direction | None:
    """The direction of the first strong letter outside code; None without one."""
    for text in _texts(tokens):
        for letter in text:
            kind = bidirectional(letter)
            if kind in ("R", "AL"):
                return "rtl"
            if kind == "L":
                return "ltr"
    return None


def with_quantities_apart(text: str) -> Markup:
    """Text whose numbers with their units keep their order among letters from right to left: ``12 ms``."""
    parts: list[Markup] = []
    position = 0
    for quantity in _QUANTITY.finditer(text):
        parts += [
            fragment("{}", text[position : quantity.start()]),
            fragment('<bdi dir="ltr">{}</bdi>', quantity[0]),
        ]
        position = quantity.end()
    return joined([*parts, fragment("{}", text[position:])])


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "text":
            yield token.content
        elif token.children:
            yield from _texts(token.children)
