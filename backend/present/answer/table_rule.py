"""Tables whose cells contain bars: no text of a row is left out.

GitHub's tables part cells at every bar that is not escaped, also in code and in formulas, and leave out the cells that
a row has beyond its head. Models write ``a|b`` in code and ``$|x|$`` as if that were not so. A row with too many cells
is therefore read again: bars in its code and its formulas part nothing, and then its last cell has the rest.
"""

import re
from collections.abc import Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table

from backend.protocol.formulas import formula_at

LONGEST_ROW = 10_000
"""Characters of the longest row in which code and formulas are looked for; a longer one is only kept whole."""

LONGEST_HEAD: Final = 2_000
"""Characters of the longest line that can be the head of a table: a longer one is settled before its next line."""

_BAR = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)[^`]+(?<!`)\1(?!`)")
_FORMULA_SIGN = re.compile(r"\\.|\$+")
_PRIVATE = range(0xE000, 0xF8FF)


def tables_plugin(parser: MarkdownIt) -> None:
    """Let a parser that reads tables keep the text of every cell."""
    parser.block.ruler.at("table", _rule, {"alt": ["paragraph", "reference"]})


def _rule(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803 - its names
    if startLine + 2 > endLine or _line(state, startLine + 1).strip("|:- \t"):
        return False
    if len(_line(state, startLine)) > LONGEST_HEAD:
        return False
    bars = list(_bars_that_part_nothing(state, startLine, startLine + 1 if silent else endLine))
    if not bars:
        return table(state, startLine, endLine, silent)
    source, first = state.src, len(state.tokens)
    stand_in = next((chr(code) for code in _PRIVATE if chr(code) not in source), None)
    if stand_in is None:
        return table(state, startLine, endLine, silent)
    signs = list(source)
    for bar in bars:
        signs[bar] = stand_in
    state.src = "".join(signs)
    try:
        return table(state, startLine, endLine, silent)
    finally:
        state.src = source
        for token in state.tokens[first:]:
            token.content = token.content.replace(stand_in, "|")


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _bars_that_part_nothing(state: StateBlock, start: int, end: int) -> Iterator[int]:
    """Where the bars are, in the source, of rows that have more cells than the table has columns."""
    columns = len(_line(state, start + 1).strip(" \t|").split("|"))
    for line in (start, *range(start + 2, end)):
        row = _line(state, line)
        if not row.strip():
            return
        begins = state.bMarks[line] + state.tShift[line]
        yield from (begins + bar for bar in surplus_bars(row, columns, is_head=line == start))


def surplus_bars(row: str, columns: int, *, is_head: bool = False) -> list[int]:
    """The bars of a row that part no cells, so that it has at most that many ``columns``. A head whose bars beyond its
    code and formulas are too many is none."""
    begins, ends = len(row) - len(row.lstrip()), len(row.rstrip()) - 1
    parting = [bar.start() for bar in _BAR.finditer(row) if begins < bar.start() < ends]
    if len(parting) < columns:
        return []
    bare = _without_formulas(_CODE.sub(_blank, row)) if len(row) <= LONGEST_ROW else row
    kept = [bar for bar in parting if bare[bar] == "|"]
    return sorted(set(parting) - set(kept if is_head else kept[: columns - 1]))


def _blank(code: re.Match[str]) -> str:
    return "x" * len(code[0])


def _without_formulas(row: str) -> str:
    """The row with an x for each character of its formulas."""
    parts, position = [], 0
    while (sign := _FORMULA_SIGN.search(row, position)) is not None:
        formula = formula_at(row, sign.start())
        end = formula.end if formula else sign.end()
        parts += [row[position : sign.start()], "x" * (end - sign.start()) if formula else sign[0]]
        position = end
    return "".join([*parts, row[position:]])
