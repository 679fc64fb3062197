"""The few tags that models write into Markdown for want of a sign: line breaks, and text below or above the line.

``<br>`` is a line break, also in the cell of a table; ``<sub>``, ``<sup>``, ``<kbd>``, ``<mark>`` and those of emphasis
are read in pairs and without attributes, ``H~2~O`` and ``x^2^`` like them. Whatever else looks like HTML is text.
"""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

TAGS: Final = {tag: tag for tag in ("sub", "sup", "kbd", "mark", "u", "s", "del", "em", "strong")} | {
    "b": "strong",
    "i": "em",
}
"""The tags that are read in pairs, and what each becomes."""
LONGEST_PAIR: Final = 2_000
"""Characters between the tags of a pair: looking for the second one costs a bounded time."""
_BREAK = re.compile(r"<br ?/?>|</br>", re.IGNORECASE)
_PAIR = re.compile(rf"<({'|'.join(TAGS)})>", re.IGNORECASE)
_SIGNS = re.compile(r"(?<=[A-Za-z)])~([\w+−-]{1,12})~(?!~)|(?<=[A-Za-z)])\^([\w+−-]{1,12})\^")


def inline_tags_plugin(parser: MarkdownIt) -> None:
    """Add the rule for these tags to a parser."""
    parser.inline.ruler.before("strikethrough", "inline_tag", _rule)


def _rule(state: StateInline, silent: bool) -> bool:
    sign = state.src[state.pos]
    if sign == "<":
        return _line_break(state, silent) or _pair(state, silent)
    return sign in "~^" and _between_signs(state, silent)


def _line_break(state: StateInline, silent: bool) -> bool:
    found = _BREAK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _pair(state: StateInline, silent: bool) -> bool:
    opening = _PAIR.match(state.src, state.pos, state.posMax)
    if opening is None:
        return False
    tag = opening[1].lower()
    closing = re.compile(f"</{tag}>", re.IGNORECASE).search(
        state.src, opening.end(), min(state.posMax, opening.end() + LONGEST_PAIR)
    )
    if closing is None:
        return False
    _inside(state, silent, TAGS[tag], opening.end(), closing.start())
    state.pos = closing.end()
    return True


def _between_signs(state: StateInline, silent: bool) -> bool:
    found = _SIGNS.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    group = 1 if found[1] is not None else 2
    _inside(state, silent, "sub" if group == 1 else "sup", *found.span(group))
    state.pos = found.end()
    return True


def _inside(state: StateInline, silent: bool, tag: str, start: int, end: int) -> None:
    if silent:
        return
    limit = state.posMax
    state.push(f"{tag}_open", tag, 1)
    state.pos, state.posMax = start, end
    state.md.inline.tokenize(state)
    state.posMax = limit
    state.push(f"{tag}_close", tag, -1)
