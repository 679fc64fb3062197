"""Code in a line ends on its line, as it does for the search for markers (``protocol.citations``)."""

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, backtick


def code_spans_plugin(parser: MarkdownIt) -> None:
    """Let a parser read code spans line by line: a forgotten backtick does no harm beyond its line."""
    parser.inline.ruler.at("backticks", _rule)


def _rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "`":
        return False
    limit = state.posMax
    found = state.src.find("\n", state.pos, limit)
    line_end = found if found >= 0 else limit
    if state.env.get("code_line") != (id(state), line_end):
        # What markdown-it knows of other lines' backticks says nothing of this one.
        state.env["code_line"] = (id(state), line_end)
        state.backticks, state.backticksScanned = {}, False
    state.posMax = line_end
    try:
        return backtick(state, silent)
    finally:
        state.posMax = limit
