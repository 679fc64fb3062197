"""An answer cut into blocks that settle one after the other.

A block is settled once a complete line has begun another block after it: that is what lets a UI freeze it. Long lists
and tables are cut into pieces, between items or rows, so that they settle too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from markdown_it.token import Token

from backend.present.answer.markdown_rules import markdown_parser
from backend.present.answer.marker_rule import marker_numbers
from backend.present.answer.partial_markdown import completed_tail

LIST_PIECE_CHARACTERS: Final = 1_500
"""A list longer than this becomes several blocks, which look like one."""

TABLE_PIECE_CHARACTERS: Final = 6_000
"""A table longer than this becomes several, each with the head again: drawing 1,000 rows takes 0.3 s."""


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """A block of an answer: its source text, its tokens, and the citation numbers of its markers.

    ``lead`` is the head of a table of which this is a later piece: it is at the start of ``text``, but not at that
    position of the answer. ``start`` is where the block's own lines begin in the parsed text. ``continued``: it is a
    later piece of the paragraph before it.
    """

    text: str
    tokens: tuple[Token, ...]
    numbers: tuple[int, ...]
    start: int
    lead: str = ""
    continued: bool = False

    @property
    def ends_in_code(self) -> bool:
        """True if its last leaf is a code fence, which may still be open."""
        leaves = [token for token in self.tokens if token.nesting == 0]
        return bool(leaves) and leaves[-1].type == "fence"


def normalized(answer: str) -> str:
    """The answer with LF as its only line end."""
    return answer.replace("\r\n", "\n").replace("\r", "\n") if "\r" in answer else answer


def parse_blocks(text: str) -> list[MarkdownBlock]:
    """The blocks of a (normalized) text, in order. Blank lines between them belong to none."""
    # Blank in the sense of Markdown: other white space is text to its parser.
    if not text.strip(" \t\n"):
        return []
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    blocks: list[MarkdownBlock] = []
    for first, end, tokens in _top_level(markdown_parser().parse(text), len(lines)):
        cuts = _cuts(tokens, starts)
        if not cuts:
            source = "\n".join(lines[first:end])
            blocks.append(MarkdownBlock(source, tokens, marker_numbers(tokens), starts[first]))
            continue
        lead = "\n".join(lines[first : first + 2]) + "\n" if tokens[0].type == "table_open" else ""
        for piece_first, piece_end in pairwise([first, *cuts, end]):
            piece_lead = lead if piece_first > first else ""
            piece = piece_lead + "\n".join(lines[piece_first:piece_end]).rstrip("\n")
            piece_tokens = tuple(markdown_parser().parse(piece))
            blocks.append(
                MarkdownBlock(piece, piece_tokens, marker_numbers(piece_tokens), starts[piece_first], piece_lead)
            )
    return blocks


def growing_blocks(text: str) -> list[MarkdownBlock]:
    """The blocks of an answer's growing end, with the half-typed signs of its last line closed.

    The signs stay as they are in code, and where the line without them would begin another block: ``[***](http``.
    """
    blocks = parse_blocks(text)
    if not blocks or blocks[-1].ends_in_code:
        return blocks
    closed = completed_tail(text)
    if closed == text:
        return blocks
    completed = parse_blocks(closed)
    return completed if _kinds(completed) == _kinds(blocks) else blocks


def _kinds(blocks: Sequence[MarkdownBlock]) -> list[tuple[int, str]]:
    return [(block.start, block.tokens[0].type) for block in blocks]


def _top_level(tokens: Sequence[Token], line_count: int) -> list[tuple[int, int, tuple[Token, ...]]]:
    """(first line, end line, tokens) of every top-level block."""
    found, start = [], 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            part = tuple(tokens[start : index + 1])
            first, end = part[0].map or [0, line_count]
            found.append((first, end, part))
            start = index + 1
    return found


def _cuts(tokens: Sequence[Token], starts: Sequence[int]) -> list[int]:
    """The lines at which a long list or table is cut, each the first of an item or row, regardless of later text."""
    if tokens[0].type in ("bullet_list_open", "ordered_list_open"):
        opener, level, size = "list_item_open", 1, LIST_PIECE_CHARACTERS
    elif tokens[0].type == "table_open":
        opener, level, size = "tr_open", 2, TABLE_PIECE_CHARACTERS
    else:
        return []
    begins = [token.map[0] for token in tokens if token.type == opener and token.level == level and token.map]
    if tokens[0].type == "table_open":
        begins = begins[1:]
    cuts: list[int] = []
    last = begins[0] if begins else 0
    for line in begins[1:]:
        if starts[line] - starts[last] >= size:
            cuts.append(line)
            last = line
    return cuts
