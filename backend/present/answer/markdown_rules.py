"""The Markdown of an answer: CommonMark with tables and strikethrough, plus markers, without syntax that makes a stream
jump.

Left out on purpose: raw HTML (never), link definitions (a later line would change an earlier block, and ``[1]:`` has
nothing to do with markers), headings by underline and code by indentation (a half-typed list would flash as one of
them).
"""

from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from backend.present.answer.marker_rule import markers_plugin, text_and_markers
from backend.present.markup import safe_url

MAX_INLINE_CHARACTERS: Final = 10_000
"""A longer paragraph is shown as plain text with its markers: inline rules cost quadratic time on hostile text."""


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is markdown-it's
        """True for addresses that may be linked."""
        return safe_url(url) is not None


@cache
def markdown_parser() -> MarkdownIt:
    """The one parser; its tokens know a type ``marker``, see ``marker_rule``."""
    parser = _Parser("commonmark", {"html": False, "xhtmlOut": False})
    parser.enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline", "reference", "lheading", "code"])
    parser.use(markers_plugin)
    parser.core.ruler.before("inline", "plain_inline", _plain_inline_rule)
    return parser


def _plain_inline_rule(state: StateCore) -> None:
    """Keep text that is too long for the inline rules away from them: text and markers only."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > MAX_INLINE_CHARACTERS:
            token.type = "plain_inline"
            token.children = text_and_markers(token.content)
