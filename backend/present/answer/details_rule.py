"""``<details>`` with its ``<summary>``, as models fold away long parts of an answer.

The opening tag begins a line. Text may follow the tags on their line, and stand before the closing one: what comes
after the part is never folded into it. A part that is not closed yet ends with the answer.
"""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

_OPENING: Final = re.compile(r"<details(?: open)?>[ \t]*(?:<summary>(?P<summary>.*?)</summary>)?[ \t]*", re.IGNORECASE)
_SUMMARY: Final = re.compile(r"<summary>(?P<summary>.*?)</summary>[ \t]*", re.IGNORECASE)
_TAG: Final = "</details>"
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
    first, summary = startLine, opening["summary"]
    after = _line_start(state, startLine) + opening.end()
    if summary is None and after == state.eMarks[startLine] and startLine + 1 < endLine:
        own_line = _SUMMARY.match(_line(state, startLine + 1))
        if own_line is not None:
            first, summary = startLine + 1, own_line["summary"]
            after = _line_start(state, first) + own_line.end()
    begins = state.bMarks[first], state.tShift[first]
    state.bMarks[first], state.tShift[first] = after, 0
    last, closing = _closing(state, first, endLine)
    end = state.eMarks[last]
    state.eMarks[last] = closing
    try:
        _push(state, startLine, first, last, _TAGS.sub("", summary or "").strip())
    finally:
        state.bMarks[first], state.tShift[first] = begins
        state.eMarks[last] = end
    state.line = last + 1
    return True


def _line_start(state: StateBlock, line: int) -> int:
    return state.bMarks[line] + state.tShift[line]


def _closing(state: StateBlock, first: int, end: int) -> tuple[int, int]:
    """The line in which the part that is open ends, and where what is in it ends there."""
    depth, last = 1, first
    for line in range(first, end):
        if line > first and not state.isEmpty(line) and state.sCount[line] < state.blkIndent:
            # It is in an item, which ends here.
            break
        last, text = line, _line(state, line)
        depth += 1 if _OPENING.match(text) else 0
        closings = _closings(text)
        if len(closings) >= depth:
            return line, _line_start(state, line) + len(text[: closings[depth - 1]].rstrip())
        depth -= len(closings)
    return last, state.eMarks[last]


def _closings(text: str) -> list[int]:
    """Where the closing tags begin that a line ends with."""
    found: list[int] = []
    end = len(text.rstrip())
    while text[max(0, end - len(_TAG)) : end].lower() == _TAG:
        end -= len(_TAG)
        found.insert(0, end)
        end = len(text[:end].rstrip())
    return found


def _push(state: StateBlock, start: int, first: int, last: int, summary: str) -> None:
    token = state.push("details_open", "details", 1)
    token.map, token.block = [start, last + 1], True
    state.push("summary_open", "summary", 1).block = True
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = summary, [start, first + 1], []
    state.push("summary_close", "summary", -1).block = True
    parent, limit = state.parentType, state.lineMax
    state.parentType, state.lineMax = "details", last + 1
    state.md.block.tokenize(state, first, last + 1)
    state.parentType, state.lineMax = parent, limit
    state.push("details_close", "details", -1).block = True
