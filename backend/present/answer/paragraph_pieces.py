"""A paragraph that is too long to be drawn again with every token, cut into pieces that look like one.

Where a piece ends follows from the text up to there alone, so that a piece is settled as soon as another follows it. It
ends where nothing is open that its text could still close: a code span, a formula, a bracket, or emphasis.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from backend.present.answer.markdown_blocks import MarkdownBlock, parse_blocks
from backend.present.answer.table_rule import LONGEST_HEAD
from backend.protocol.citations import open_formula

PARAGRAPH_PIECE_CHARACTERS: Final = 4_000
"""A paragraph with a line longer than this, or with more text than this, becomes several blocks."""

_BEGINS: Final = re.compile(r"(?<=[ \n])(?=[^\W\d_])|(?<=[。！？])(?=[^\W\d_])|(?<=\])(?=\[)")
"""A piece begins with a letter, which begins no list, heading or quote, or in a chain of markers."""
_MOST_TRIED: Final = 20
_PAIRS: Final = (("[", "]"), ("(", ")"), ("【", "】"))


def in_pieces(blocks: Iterable[MarkdownBlock]) -> list[MarkdownBlock]:
    """The blocks, with pieces in place of each long paragraph. All pieces but the first are ``continued``."""
    return [piece for block in blocks for piece in _pieces(block)]


def is_cut(text: str) -> bool:
    """Whether the last line of ``text`` may belong to a paragraph that is cut before the line ends."""
    return len(text) - text.rfind("\n") > PARAGRAPH_PIECE_CHARACTERS


def _pieces(block: MarkdownBlock) -> Iterator[MarkdownBlock]:
    text = block.text
    cuts = [] if block.lead or block.tokens[0].type != "paragraph_open" else list(_cuts(text))
    if not cuts:
        yield block
        return
    for begins, ends in pairwise([0, *cuts, len(text)]):
        for number, piece in enumerate(parse_blocks(text[begins:ends].rstrip(" \n"))):
            yield replace(piece, start=block.start + begins + piece.start, continued=begins > 0 and number == 0)


def _cuts(text: str) -> Iterator[int]:
    """Where the pieces after the first begin."""
    last = 0
    while (cut := _next_cut(text, last)) is not None:
        yield cut
        last = cut


def _next_cut(text: str, last: int) -> int | None:
    """Where the piece that begins at ``last`` ends, if it does: where it is whole, or else at the first place."""
    begins, bound = last + PARAGRAPH_PIECE_CHARACTERS, last + 2 * PARAGRAPH_PIECE_CHARACTERS
    first, tried = None, 0
    for place in _BEGINS.finditer(text, begins, min(len(text), bound)):
        cut = place.start()
        if 0 < cut - text.rfind("\n", 0, cut) - 1 < LONGEST_HEAD:
            # The next line may make this one the head of a table.
            continue
        first = cut if first is None else first
        tried += 1
        if _is_whole(text[last:cut]):
            return cut
        if tried == _MOST_TRIED:
            return first
    return first if len(text) >= bound else None


def _is_whole(piece: str) -> bool:
    """Whether nothing is open at the end of the piece."""
    if any(piece.count(opening) != piece.count(closing) for opening, closing in _PAIRS):
        return False
    if piece.count("`") % 2 or piece.count("*") % 2 or piece.count("~~") % 2:
        return False
    return open_formula(piece) is None
