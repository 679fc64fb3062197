"""The answer's Markdown: CommonMark with tables and strikethrough, less what a stream makes jump, plus markers.

Left out on purpose: raw HTML (never), link definitions (a later line would change an earlier block, and ``[1]:`` is no
marker's business), headings by underline and code by indentation (a half-typed list would flash as one of them).
Without these a block is settled once a complete line has begun another block after it: that is what lets a UI
freeze it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from backend.present.markup import safe_url

MAX_INLINE_CHARACTERS: Final = 10_000
"""A longer paragraph is shown as plain text with its markers: inline rules cost quadratic time on hostile text."""

LIST_PIECE_CHARACTERS: Final = 1_500
"""A list longer than this becomes several blocks, cut between items, so that a long list is not sent again whole."""

_MARKER = re.compile(r"\[(\d{1,4}(?:\s?,\s?\d{1,4}){0,9})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block of an answer: its source text, its tokens, and the citation numbers of its markers."""

    text: str
    tokens: tuple[Token, ...]
    numbers: tuple[int, ...]

    @property
    def ends_in_code(self) -> bool:
        """Whether its last leaf is a code fence, which may still be open."""
        leaves = [token for token in self.tokens if token.nesting == 0]
        return bool(leaves) and leaves[-1].type == "fence"


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is markdown-it's
        """Only addresses that may be linked become links."""
        return safe_url(url) is not None


@cache
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "xhtmlOut": False})
    parser.enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline", "reference", "lheading", "code"])
    parser.inline.ruler.before("link", "marker", _marker_rule)
    parser.core.ruler.before("inline", "plain_inline", _plain_inline_rule)
    return parser


def _plain_inline_rule(state: StateCore) -> None:
    """Take what is too long for the inline rules out of their reach: text and markers only."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > MAX_INLINE_CHARACTERS:
            token.type = "plain_inline"
            token.children = _plain_children(token.content)


def _plain_children(content: str) -> list[Token]:
    children, position = [], 0
    for match in _MARKER.finditer(content):
        numbers = _marker_numbers(match)
        if numbers:
            children.append(Token("text", "", 0, content=content[position : match.start()]))
            children.append(Token("marker", "", 0, content=match[0], meta={"numbers": numbers}))
            position = match.end()
    return [*children, Token("text", "", 0, content=content[position:])]


def _marker_numbers(match: re.Match[str]) -> list[int]:
    return [int(number) for number in match[1].split(",") if int(number) > 0]


def _marker_rule(state: StateInline, silent: bool) -> bool:
    """``[1]`` and ``[1, 2]`` as one token; inside a link it stays text, since links do not nest."""
    match = _MARKER.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "[" else None
    numbers = _marker_numbers(match) if match else []
    if match is None or not numbers:
        return False
    if not silent:
        token = state.push("text" if state.linkLevel else "marker", "", 0)
        token.content = match[0]
        token.meta = {"numbers": numbers}
    state.pos = match.end()
    return True


def normalized(answer: str) -> str:
    """The answer with LF as its only line end."""
    return answer.replace("\r\n", "\n").replace("\r", "\n") if "\r" in answer else answer


def parse_blocks(text: str) -> list[Block]:
    """The top-level blocks of a text, in order. Blank lines between them belong to none."""
    return [block for _, block in placed_blocks(text)]


def placed_blocks(text: str) -> list[tuple[int, Block]]:
    """Every block of ``parse_blocks`` with the position in ``text`` where it begins."""
    if not text.strip():
        return []
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    placed: list[tuple[int, Block]] = []
    for first, end, tokens in _top_level(_parser().parse(text), len(lines)):
        source = "\n".join(lines[first:end])
        pieces = _list_pieces(tokens, starts, first, end)
        if len(pieces) < 2:
            placed.append((starts[first], Block(source, tokens, _numbers(tokens))))
            continue
        for piece_first, piece_end in pieces:
            piece = "\n".join(lines[piece_first:piece_end]).rstrip("\n")
            piece_tokens = tuple(_parser().parse(piece))
            placed.append((starts[piece_first], Block(piece, piece_tokens, _numbers(piece_tokens))))
    return placed


def _top_level(tokens: Sequence[Token], line_count: int) -> Iterator[tuple[int, int, tuple[Token, ...]]]:
    """(first line, end line, tokens) of every top-level block."""
    start = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            part = tuple(tokens[start : index + 1])
            first, end = part[0].map or [0, line_count]
            yield first, end, part
            start = index + 1


def _list_pieces(tokens: Sequence[Token], starts: Sequence[int], first: int, end: int) -> list[tuple[int, int]]:
    """Line ranges into which a long list is cut, each of whole items; nothing for any other block."""
    if not tokens[0].type.endswith("_list_open") or starts[end] - starts[first] <= LIST_PIECE_CHARACTERS:
        return []
    cuts = [first]
    for token in tokens:
        begins_item = token.type == "list_item_open" and token.level == 1 and token.map
        if begins_item and starts[begins_item[0]] - starts[cuts[-1]] >= LIST_PIECE_CHARACTERS:
            cuts.append(begins_item[0])
    return list(pairwise([*cuts, end]))


def _numbers(tokens: Sequence[Token]) -> tuple[int, ...]:
    return tuple(
        number
        for token in tokens
        for child in token.children or ()
        if child.type == "marker"
        for number in child.meta["numbers"]
    )
