"""The growing end of an answer: the part that may be shown, and how half-typed Markdown looks meanwhile.

Nothing here touches a finished line, and none of it is used once the run has completed.
"""

import re
from typing import Final

from backend.protocol.citations import open_formula, settled_length
from backend.protocol.formulas import LONGEST_FORMULA, formula_at, formula_sign
from backend.protocol.markers import half_address

# The bound keeps an endless line of signs from being held back forever. A rule or the second line of a table has none:
# either would be another block if text followed.
_UNDECIDED_LINE = re.compile(r"[ \t]*+(?:[-*+_#>|:=~`\s\d.)]{0,64}|[-:| \t]*|[*_ \t]*|(?:```|~~~)[^\n]*)\Z", re.ASCII)
_HALF_LINK = re.compile(r"!?\[([^\[\]\n]*+(?:\[[^\[\]\n]*+\][^\[\]\n]*+)*+)\]\([^()\s]{0,2000}\Z")
_FORMULA_SIGN = re.compile(r"\\.|\$+")
_LONE_SIGN = re.compile(r"(?<=\s)[*~]{1,3}\Z")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_OPEN_CODE = re.compile(r"(?<!`)(`{1,2})(?=[^`\s])[^`]*\Z")
_HALF_SIGN = re.compile(r"(?:(?<!\\)\\|(?<!\$)\$\$?)\Z")
_LONGEST_HIDDEN = 120
_STARS = re.compile(r"(?<!\\)(\*{1,3}|~~)")


LONGEST_TAIL: Final = 4_000
"""Characters at the end of an endless line in which half-typed signs are looked for."""


def visible_text(answer: str) -> str:
    """The visible part of a growing answer: all but a half-typed marker and an undecided last line.

    A last line of nothing but signs (``**``, ``1.``, ``|--``, an opening fence) may still become any kind of block.
    """
    return _without_undecided_line(answer[: half_address(answer[: settled_length(answer)])])


def _without_undecided_line(text: str) -> str:
    line_start = text.rfind("\n") + 1
    return text[:line_start] if _UNDECIDED_LINE.match(text, line_start) else text


def without_open_formula(text: str) -> str:
    """``text``, which begins with a block, less a formula at its end that is not closed yet: its TeX is never shown.

    A single dollar sign hides only what cannot be an amount of money, and that not for long. A last line of which
    nothing but undecided signs remains (``***$``) is left out as well.
    """
    shown = text[: _open_formula_start(text)]
    return text if shown == text else _without_undecided_line(shown)


def _open_formula_start(text: str) -> int:
    recent = max(text.rfind("$"), text.rfind("\\"))
    if recent < 0 or len(text) - recent > LONGEST_FORMULA:
        return len(text)
    start = open_formula(text)
    if start is None:
        half = _HALF_SIGN.search(text)
        return half.start() if half else len(text)
    is_money = text[start + 1 : start + 2].isdigit() or len(text) - start > _LONGEST_HIDDEN
    return len(text) if formula_sign(text, start) == "$" and is_money else start


def completed_tail(text: str) -> str:
    """``text`` with the half-typed emphasis, code span or link of its last line closed, so that no sign flashes."""
    line_start = max(text.rfind("\n") + 1, len(text) - LONGEST_TAIL)
    line = text[line_start:]
    if not any(sign in line for sign in "*`~["):
        return text
    line = _LONE_SIGN.sub("", _HALF_LINK.sub(r"\1", line))
    blanked = _without_formulas(_CODE_SPAN.sub(lambda match: "x" * len(match[0]), line))
    open_code = _OPEN_CODE.search(blanked)
    if open_code:
        return text[:line_start] + line + open_code[1]
    open_signs = _open_signs(blanked)
    if not open_signs:
        return text[:line_start] + line
    if line[-1] in "*~":
        # The closing sign itself may be half typed.
        line = line.rstrip("*~")
    stripped = line.rstrip()
    return text[:line_start] + stripped + "".join(reversed(open_signs)) + line[len(stripped) :]


def _without_formulas(line: str) -> str:
    """The line with an x for each character of its formulas."""
    position = 0
    while (sign := _FORMULA_SIGN.search(line, position)) is not None:
        formula = formula_at(line, sign.start())
        position = formula.end if formula else sign.end()
        if formula:
            line = line[: formula.start] + "x" * (formula.end - formula.start) + line[formula.end :]
    return line


def _open_signs(line: str) -> list[str]:
    """The emphasis signs of a line that are opened and not closed, in order."""
    open_signs: list[str] = []
    for match in _STARS.finditer(line):
        before, after = line[: match.start()][-1:], line[match.end() :][:1]
        if open_signs and open_signs[-1] == match[0] and before.strip():
            open_signs.pop()
        elif after.strip() and not before.isalnum():
            open_signs.append(match[0])
    return open_signs
