"""The Markdown of an answer: CommonMark, markers, and what models write besides, but nothing that makes a stream jump.

Besides: tables, strikethrough, task boxes, bare addresses, formulas, folded parts, a few tags, and emphasis next to
Chinese, Japanese and Korean text.

Left out on purpose: raw HTML (never), link definitions (a later line would change an earlier block, and ``[1]:`` has
nothing to do with markers), headings by underline and code by indentation (a half-typed list would flash as one of
them).
"""

from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.tasklists import tasklists_plugin

from backend.present.answer.bare_addresses import BareAddresses
from backend.present.answer.cjk_emphasis import cjk_emphasis_plugin
from backend.present.answer.code_span_rule import code_spans_plugin
from backend.present.answer.details_rule import details_plugin
from backend.present.answer.formula_rule import formulas_plugin
from backend.present.answer.inline_tags import inline_tags_plugin
from backend.present.answer.marker_rule import markers_plugin, text_and_markers
from backend.present.answer.table_rule import tables_plugin
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
    parser = _Parser("commonmark", {"html": False, "xhtmlOut": False, "linkify": True})
    parser.use(cjk_emphasis_plugin)
    parser.enable(["table", "strikethrough", "linkify"])
    # A bare name with a dot is more often a file than an address.
    parser.linkify = BareAddresses(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.use(tasklists_plugin)
    parser.disable(["html_block", "html_inline", "reference", "lheading", "code"])
    for plugin in (
        code_spans_plugin,
        formulas_plugin,
        details_plugin,
        inline_tags_plugin,
        markers_plugin,
        tables_plugin,
    ):
        parser.use(plugin)
    parser.core.ruler.before("inline", "plain_inline", _plain_inline_rule)
    return parser


def _plain_inline_rule(state: StateCore) -> None:
    """Keep text that is too long for the inline rules away from them: text and markers only."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > MAX_INLINE_CHARACTERS:
            token.type = "plain_inline"
            token.children = text_and_markers(token.content)
