r"""What a marker is: the one definition, which the view, the metrics, the dialects and every drawing use.

=========================================  ===========================================================================
as written                                 is
=========================================  ===========================================================================
``rose [1]``, ``rose.[1]``, ``增长[1]``     a marker: the bracket begins at a boundary
``[1, 2]``, ``[1; 2]``, ``[1][2]``          two markers
``[1-3]``, ``[1–3]``, ``[1, 3-5]``          a marker of every number of the range, of at most 20
``[[1]]``, ``[^1]``, ``[^1^]``, ``【1】``     a marker
``【1†source】``, ``【1†L5-L9】``             a marker: what follows the dagger is a name
``rose[1]``                                in doubt: a letter or digit is directly before it
``[2024]``, ``[1000]``                     in doubt: more than 999 sources are not plausible
``[1](https://…)``, ``[[1]](https://…)``    in doubt: else it is a link
``[citation:1]``, ``[doc1]``, ``[Source 1]``  in doubt: a word for a source before the numbers
``x = [1, 2]``, ``[1, 2]^T``                text: a value
``arr[1]``, ``x[2]``, ``row_ids[3]``        text: a name of code is before it
``rows()[1]``                              text: a call is before it
``rows[1] = 5``, ``rows[1].name``           text: code continues after it
``[0]``, ``[0, 1]``, ``[01]``, ``[3-1]``    text: sources count from 1, and ranges upward
``[1.5]``, ``[-1]``, ``[a]``, ``[١]``       text
``\[1]``, ``![1](https://…)``               text: an escaped bracket, a picture
=========================================  ===========================================================================

A bracket in doubt is a marker as soon as a citation has its number, and text otherwise. Brackets in code and in
formulas are text, see ``citations``. Everything is bounded, so that hostile text costs time in proportion to it.
"""

import re
from dataclasses import dataclass
from typing import Final

LARGEST_PLAUSIBLE: Final = 999
"""A larger number is a marker only if a citation has it: a year in brackets is not a source."""
LONGEST_MARKER: Final = 240
"""Characters of the longest marker without its address: ten numbers or ranges, or a source's name."""
LONGEST_ADDRESS: Final = 2_000
"""Characters of the longest address that belongs to a marker."""
LONGEST_RANGE: Final = 20
"""Numbers of the longest range: a longer one is a range of pages or years."""
LONGEST_LOOK_AHEAD: Final = 3
"""Characters after a bracket that say whether it is code."""
LONGEST_WORD: Final = 40
"""Characters of the name before a bracket that are looked at."""

_NUMBER = r"[1-9]\d{0,3}"
_ITEM = rf"{_NUMBER}(?:[ \u00a0]?[-–—][ \u00a0]?{_NUMBER})?"
_SEPARATOR = re.compile(r"[ \u00a0]?[,;][ \u00a0]?", re.ASCII)
_RANGE = re.compile(r"[ \u00a0]?[-–—][ \u00a0]?", re.ASCII)
_LIST = rf"{_ITEM}(?:[ \u00a0]?[,;][ \u00a0]?{_ITEM}){{0,9}}"
_ADDRESS_SIGNS = r"(?:[^\s()\[<>]|\([^\s()\[<>]{0,200}\))"
_ADDRESS = rf"\((?P<address>(?:https?://|mailto:){_ADDRESS_SIGNS}{{1,{LONGEST_ADDRESS}}}+)(?: \"[^\"\n]{{0,200}}\")?\)"
_WORDS: Final = ("citation", "cite", "source", "sources", "doc", "docs", "document", "ref", "reference", "webpage")
_NAME = rf"(?i:{'|'.join(sorted(_WORDS, key=len, reverse=True))})[ \u00a0]?[:_#-]?[ \u00a0]?"
_HALF_NAME = "|".join(sorted({word[:end] for word in _WORDS for end in range(1, len(word) + 1)}, key=len, reverse=True))
_FORM = re.compile(
    rf"(?:\[(?P<plain>{_LIST})\]|\[\[(?P<double>{_LIST})\]\]|\[\^(?P<note>{_NUMBER})\^?\])(?:{_ADDRESS})?"
    rf"|\[(?P<twice>\[)?{_NAME}(?P<named>{_LIST})\](?(twice)\])(?!\()"
    rf"|【(?P<wide>{_LIST})(?:†[^\n【】]{{0,160}})?】",
    re.ASCII,
)
_OPENING: Final = re.compile(r"[\[【]")
_HALF_LIST = rf"(?:{_NUMBER}(?:[ \u00a0]?[-–—,;][ \u00a0]?{_NUMBER}){{0,19}}(?:[ \u00a0]?[-–—,;]?[ \u00a0]?)?)?"
_HALF = re.compile(
    rf"(?:\[(?:{_HALF_LIST}|\[{_HALF_LIST}\]?|\^(?:{_NUMBER}\^?)?)"
    rf"|\[\[?(?:(?i:{_HALF_NAME})|{_NAME}{_HALF_LIST}\]?)|【(?:{_HALF_LIST}|{_LIST}†[^\n【】]{{0,160}}))\Z",
    re.ASCII,
)
_HALF_ADDRESS = re.compile(
    rf"\((?:[a-z]{{0,8}}|(?:https?|mailto):(?:[^\s()\[<>]|\([^\s()\[<>]{{0,200}}\)?){{0,{LONGEST_ADDRESS}}}+"
    r"(?: (?:\"[^\"\n]{0,200}\"?)?)?)\Z"
)
_WORD_BEFORE = re.compile(r"(?:[A-Za-z_]\w*\.)?[A-Za-z_]\w*\Z", re.ASCII)
_CODE_NAME = re.compile(
    r"(?:\w+\.)?(?:[a-z]\d*|\w*_\w*)|(?:self|this)\.\w+"
    r"|(?:\w+\.)?(?:arr|args|argv|buf|cols|df|dict|dp|idx|lst|mat|nums|ptr|str|tmp|vec)",
    re.ASCII,
)
"""Names that are not words: nobody cites a source directly after one of them."""
_CODE_BEFORE = re.compile(r"(?:=|\breturn) ?\Z")
_VALUE_BEFORE = re.compile(r"[=∈∉⊂⊆] ?\Z")
_VALUE_AFTER = re.compile(r"\^[\w{(]")
_CODE_AFTER = re.compile(r" ?(?:[-+*/%&^!]?=|\+)| [*/%&^<>] |\.[a-z_]|\(|\[(?![\d\[^])|\w", re.ASCII)


@dataclass(frozen=True, slots=True)
class MarkerText:
    """A bracket that is a marker, or in doubt: one if a citation has its number. ``end`` is exclusive and includes the
    address of a link; positions are code points."""

    numbers: tuple[int, ...]
    start: int
    end: int
    doubtful: bool = False
    address: str | None = None


def marker_at(text: str, start: int, previous: MarkerText | None = None) -> MarkerText | None:
    """The marker whose bracket opens at ``start``, or None. ``previous`` is the marker before it, if there is one."""
    form = _FORM.match(text, start)
    if form is None:
        return None
    numbers = _numbers(form["plain"] or form["double"] or form["note"] or form["named"] or form["wide"])
    address = form["address"]
    if numbers is None or _is_escaped(text, start) or (address and text[start - 1 : start] == "!"):
        return None
    doubtful = _doubt(text, form, previous)
    if doubtful is None:
        return None
    return MarkerText(numbers, start, form.end(), doubtful or max(numbers) > LARGEST_PLAUSIBLE, address)


def markers_in(text: str, start: int = 0, end: int | None = None) -> list[MarkerText]:
    """The brackets of a stretch of text that are markers or in doubt, in order. The text before ``start`` decides
    with."""
    found: list[MarkerText] = []
    position, limit = start, len(text) if end is None else end
    while (opening := _OPENING.search(text, position, limit)) is not None:
        marker = marker_at(text, opening.start(), found[-1] if found else None)
        if marker is not None and marker.end <= limit:
            found.append(marker)
        position = found[-1].end if found and marker is found[-1] else opening.end()
    return found


def half_marker(text: str) -> int:
    """Where a half-typed marker begins at the end of ``text``; its length if there is none."""
    for opening in _OPENING.finditer(text, max(0, len(text) - LONGEST_MARKER)):
        if _HALF.match(text, opening.start()):
            return opening.start()
    return len(text)


def is_settled(text: str, start: int, marker: MarkerText | None) -> bool:
    """Whether nothing that follows ``text`` changes what the bracket at ``start`` is; ``marker`` is what it is now."""
    if marker is None and _HALF.match(text, start):
        return False
    form = None if marker is not None else _FORM.match(text, start)
    # A closed bracket may be text for now only by what follows it, such as half of another bracket or of an address.
    end = marker.end if marker is not None else form.end() if form is not None else None
    return end is None or (end + LONGEST_LOOK_AHEAD < len(text) and not _HALF_ADDRESS.match(text, end))


def half_address(text: str) -> int:
    """Where the half-typed address of a marker begins at the end of ``text``; its length if there is none."""
    opening = text.rfind("](", max(0, len(text) - LONGEST_ADDRESS)) + 1
    if not opening or not _HALF_ADDRESS.match(text, opening):
        return len(text)
    found = markers_in(text, max(0, opening - LONGEST_MARKER), opening)
    return opening if found and found[-1].end == opening else len(text)


def _numbers(written: str) -> tuple[int, ...] | None:
    """The numbers of a list such as ``1, 3-5``; None if a range leads nowhere."""
    numbers: list[int] = []
    for item in _SEPARATOR.split(written):
        first, *rest = (int(number) for number in _RANGE.split(item))
        last = rest[0] if rest else first
        if rest and not first < last < first + LONGEST_RANGE:
            return None
        numbers += range(first, last + 1)
    return tuple(numbers)


def _is_escaped(text: str, start: int) -> bool:
    position = start
    while position > 0 and text[position - 1] == "\\":
        position -= 1
    return (start - position) % 2 == 1


def _doubt(text: str, form: re.Match[str], previous: MarkerText | None) -> bool | None:
    """Whether a bracket is in doubt by its surroundings; None if it is text."""
    in_doubt = form["address"] is not None or form["named"] is not None
    if previous is not None and previous.end == form.start():
        return previous.doubtful or in_doubt
    if form["wide"] is not None:
        return False
    if _is_value(text, *form.span()):
        return None
    if _is_boundary(text, form.start()):
        return in_doubt
    if form["named"] is not None:
        return None
    return None if _is_code(text, *form.span()) else True


def _is_value(text: str, start: int, end: int) -> bool:
    """Whether a bracket is what something is equal to, or is raised: a list of numbers."""
    return bool(_VALUE_BEFORE.search(text[max(0, start - 2) : start]) or _VALUE_AFTER.match(text, end))


def _is_boundary(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return not before.isascii() or not (before.isalnum() or before in ("_", ")", "]"))


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether a bracket directly after a word is an index of code, by the word and by what follows."""
    if text[start - 1] == "]" or text[start - 2 : start] == "()" or _CODE_AFTER.match(text, end):
        return True
    surroundings = text[max(0, start - LONGEST_WORD) : start]
    word = _WORD_BEFORE.search(surroundings)
    if word is None:
        return False
    return _CODE_NAME.fullmatch(word[0]) is not None or _CODE_BEFORE.search(surroundings, 0, word.start()) is not None
