"""``<details>`` with its ``<summary>``, as models fold away long parts of an answer: each tag on a line of its own.

A part that is not closed yet ends with the answer.
"""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_OPENING: Final = re.compile(
    r"<details(?: open)?>[ \t]*(?:<summary>(?P<summary>.*?)</summary>)?[ \t]*\Z", re.IGNORECASE
)
_SUMMARY: Final = re.compile(r"<summary>(?P<summary>.*?)</summary>[ \t]*\Z", re.IGNORECASE)
_CLOSING: Final = re.compile(r"</details>[ \t]*\Z", re.IGNORECASE)
_TAGS: Final = re.compile(r"</?(?:b|strong|i|em|h[1-6])>", re.IGNORECASE)


def details_plugin(parser: MarkdownIt) -> None:
    """Add the rule for folded parts to a parser."""
    before = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "details", _rule, before)  # type: ignore[arg-type]


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _rule(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803 - its names
    if not state.src.startswith("<", state.bMarks[startLine] + state.tShift[startLine]):
        return False
    opening = _OPENING.match(_line(state, startLine))
    if opening is None or state.level >= state.md.options["maxNesting"]:
        return False
    if silent:
        return True
    first, summary = startLine + 1, opening["summary"]
    if summary is None and first < endLine:
        own_line = _SUMMARY.match(_line(state, first))
        if own_line is not None:
            first, summary = first + 1, own_line["summary"]
    last = _closing_line(state, first, endLine)
    _push(state, startLine, first, last, _TAGS.sub("", summary or "").strip())
    state.line = min(last + 1, endLine)
    return True


def _closing_line(state: StateBlock, first: int, end: int) -> int:
    depth = 1
    for line in range(first, end):
        text = _line(state, line)
        depth += 1 if _OPENING.match(text) else -1 if _CLOSING.match(text) else 0
        if depth == 0:
            return line
    return end


def _push(state: StateBlock, start: int, first: int, last: int, summary: str) -> None:
    token = state.push("details_open", "details", 1)
    token.map, token.block = [start, last + 1], True
    state.push("summary_open", "summary", 1).block = True
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = summary, [start, first], []
    state.push("summary_close", "summary", -1).block = True
    parent, limit = state.parentType, state.lineMax
    state.parentType, state.lineMax = "details", last
    state.md.block.tokenize(state, first, last)
    state.parentType, state.lineMax = parent, limit
    state.push("details_close", "details", -1).block = True
