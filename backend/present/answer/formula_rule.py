"""Formulas in Markdown: ``protocol.formulas`` says where they are, this makes tokens of them.

A token ``formula`` (in a line) or ``formula_block`` has the TeX between the signs as its ``content``, and in ``meta``
what was ``written`` and whether it stands by itself (``display``).
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from backend.protocol.formulas import LONGEST_FORMULA, Formula, formula_at

_AFTER = re.compile(r"[ \t]*[.,;:]?[ \t]*(?:\n|\Z)")


def formulas_plugin(parser: MarkdownIt) -> None:
    """Add the rules for formulas to a parser, before everything that reads single characters."""
    parser.inline.ruler.before("escape", "formula", _inline_rule)
    before = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "formula_block", _block_rule, before)  # type: ignore[arg-type]


def _inline_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    formula = formula_at(state.src, state.pos, state.posMax)
    if formula is None:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.meta = formula.tex, _meta(state.src, formula)
    state.pos = formula.end
    return True


def _block_rule(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803 - its names
    begins = state.bMarks[startLine] + state.tShift[startLine]
    if not state.src.startswith(("$$", "\\[", "\\begin{"), begins):
        return False
    text, lines = _paragraph(state, startLine, endLine)
    formula = formula_at(text, 0)
    after = _AFTER.match(text, formula.end) if formula is not None else None
    if formula is None or after is None:
        return False
    if not silent:
        token = state.push("formula_block", "", 0)
        token.content, token.meta = formula.tex, _meta(text, formula)
        token.meta["after"] = after[0].strip()
        token.map = [startLine, startLine + 1 + text.count("\n", 0, formula.end)]
        token.block = True
    state.line = startLine + 1 + text.count("\n", 0, formula.end)
    return lines > 0


def _paragraph(state: StateBlock, start: int, end: int) -> tuple[str, int]:
    """The lines from ``start`` up to a blank one, without what is before them in a quote or list, and how many."""
    line, size = start, 0
    while line < end and not state.isEmpty(line) and size <= LONGEST_FORMULA:
        if line > start and state.sCount[line] < state.blkIndent:
            break
        size += state.eMarks[line] - state.bMarks[line]
        line += 1
    text = "\n".join(state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]] for at in range(start, line))
    return text, line - start


def _meta(text: str, formula: Formula) -> dict[str, object]:
    return {"written": text[formula.start : formula.end], "display": formula.display}
