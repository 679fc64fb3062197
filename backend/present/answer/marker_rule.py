"""Markers in Markdown: ``protocol.markers`` says which brackets are some, this makes tokens of them.

A token ``marker`` has in ``meta`` the citation ``numbers``, whether it is in doubt (``doubtful``) and the ``address``
of a link, if it is one; ``content`` is what was written. A marker inside the text of a link is put after the link,
since links do not nest.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from backend.protocol.citations import read_markers
from backend.protocol.markers import MarkerText, marker_at

LabelEnd = Callable[[StateInline, int, bool], int]


def markers_plugin(parser: MarkdownIt) -> None:
    """Add the rules for markers to a parser."""
    parser.inline.add_terminator_char("【")
    parser.inline.ruler.before("link", "marker", _marker_rule)
    parser.core.ruler.after("inline", "markers_after_links", _markers_after_links)
    parser.helpers = _Helpers(helpers)  # type: ignore[assignment]


def marker_numbers(tokens: Sequence[Token]) -> tuple[int, ...]:
    """The numbers of all markers of these tokens, in order."""
    return tuple(
        number
        for token in tokens
        for child in token.children or ()
        if child.type == "marker"
        for number in child.meta["numbers"]
    )


def text_and_markers(content: str) -> list[Token]:
    """Text as tokens, without any other rule of Markdown."""
    children, position = [], 0
    for marker in read_markers(content):
        children += [Token("text", "", 0, content=content[position : marker.start]), _token(content, marker)]
        position = marker.end
    return [*children, Token("text", "", 0, content=content[position:])]


def _token(text: str, marker: MarkerText) -> Token:
    meta = {"numbers": marker.numbers, "doubtful": marker.doubtful, "address": marker.address, "end": marker.end}
    return Token("marker", "", 0, content=text[marker.start : marker.end], meta=meta)


def _marker_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "[【":
        return False
    marker = marker_at(state.src, state.pos, _previous(state))
    if marker is None or marker.end > state.posMax:
        return False
    if not silent:
        token = state.push("marker", "", 0)
        made = _token(state.src, marker)
        token.content, token.meta = made.content, made.meta
    state.pos = marker.end
    return True


def _previous(state: StateInline) -> MarkerText | None:
    """The marker that ends where the parser is, if it is one."""
    last = state.tokens[-1] if state.tokens and not state.pending else None
    if last is None or last.type != "marker":
        return None
    return MarkerText(last.meta["numbers"], 0, last.meta["end"], last.meta["doubtful"])


class _Helpers(SimpleNamespace):
    """markdown-it's helpers; to them a marker in the text of a link would be a link in a link."""

    def __init__(self, known: Any) -> None:
        super().__init__(
            parseLinkLabel=_link_label,
            parseLinkDestination=known.parseLinkDestination,
            parseLinkTitle=known.parseLinkTitle,
        )


def _link_label(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803 - markdown-it's name
    """Where the label that opens at ``start`` closes, or -1."""
    before, level, previous = state.pos, 1, None
    state.pos = start + 1
    try:
        while state.pos < state.posMax:
            sign, position = state.src[state.pos], state.pos
            if sign == "]":
                level -= 1
                if level == 0:
                    return position
            marker = marker_at(state.src, position, previous) if sign in "[【" else None
            if marker is not None and marker.end < state.posMax:
                previous, state.pos = marker, marker.end
                continue
            state.md.inline.skipToken(state)
            if sign == "[" and state.pos == position + 1:
                level += 1
            elif sign == "[" and disableNested:
                return -1
        return -1
    finally:
        state.pos = before


def _markers_after_links(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and any(child.type == "marker" for child in token.children):
            token.children = _after_links(token.children)


def _after_links(children: Sequence[Token]) -> list[Token]:
    moved: list[Token] = []
    waiting: list[Token] = []
    in_link = False
    for child in children:
        in_link = child.type == "link_open" or (in_link and child.type != "link_close")
        if in_link and child.type == "marker":
            waiting.append(child)
            continue
        moved.append(child)
        if child.type == "link_close":
            moved += waiting
            waiting = []
    return moved
