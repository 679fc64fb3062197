"""The Markdown of an answer: CommonMark with tables and strikethrough, plus markers, without syntax that makes a stream
jump.

Left out on purpose: raw HTML (never), link definitions (a later line would change an earlier block, and ``[1]:`` has
nothing to do with markers), headings by underline and code by indentation (a half-typed list would flash as one of
them).
"""

import re
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from backend.present.markup import safe_url

MAX_INLINE_CHARACTERS: Final = 10_000
"""A longer paragraph is shown as plain text with its markers: inline rules cost quadratic time on hostile text."""

_MARKER = re.compile(r"\[(\d{1,4}(?:\s?,\s?\d{1,4}){0,9})\]", re.ASCII)


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is markdown-it's
        """True for addresses that may be linked."""
        return safe_url(url) is not None


@cache
def markdown_parser() -> MarkdownIt:
    """The one parser; its tokens know a type ``marker`` with its citation numbers in ``meta["numbers"]``."""
    parser = _Parser("commonmark", {"html": False, "xhtmlOut": False})
    parser.enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline", "reference", "lheading", "code"])
    parser.inline.ruler.before("link", "marker", _marker_rule)
    parser.core.ruler.before("inline", "plain_inline", _plain_inline_rule)
    return parser


def _plain_inline_rule(state: StateCore) -> None:
    """Keep text that is too long for the inline rules away from them: text and markers only."""
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
    """``[1]`` and ``[1, 2]`` as one token. Links do not nest: the brackets of a link around a marker stay text."""
    match = _MARKER.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "[" else None
    numbers = _marker_numbers(match) if match else []
    if match is None or not numbers:
        return False
    if not silent:
        token = state.push("marker", "", 0)
        token.content = match[0]
        token.meta = {"numbers": numbers}
    state.pos = match.end()
    return True
