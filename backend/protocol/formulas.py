r"""Where a formula begins and ends in an answer: ``\( \)``, ``\[ \]``, ``$$ $$``, and ``$ $`` where it cannot be money.

======================================  =======================================================================
as written                              is
======================================  =======================================================================
``\(x\)``, ``$x$``, ``$2^n$``, ``$0$``  a formula in the line
``\[ x = 1 \]``, ``$$x$$``              a formula that stands by itself; it may have several lines, none blank
``$5 to $10``, ``$5–$10``, ``US$5``     money: a blank before the closing sign, or a letter or digit beside a sign
``$5 and 10$``, ``$HOME and $PATH``     text: words, but not a sign of mathematics
``\begin{align} … \end{align}``          a formula that stands by itself; also ``equation``, ``gather`` and their like
``公式$x^2$成立``, ``$n$th``, ``$k$s``    a formula: scripts without blanks, and endings of English words
``\[1\]``, ``\[see below\]``            text: escaped brackets around words or numbers in the middle of a line
``$``, ``$$``, ``$$$`` (price classes)  text
======================================  =======================================================================

Markers, Markdown and drawings use this one definition: whatever is in a formula is nothing else. A formula has at
most ``LONGEST_FORMULA`` characters, so that looking for its end costs a bounded time.
"""

import re
from dataclasses import dataclass
from typing import Final

LONGEST_FORMULA: Final = 4_000
"""Characters of the longest formula, signs included: about a page. A longer one is text."""

_CLOSING: Final = {"\\(": "\\)", "\\[": "\\]", "$$": "$$", "$": "$"}
_IN_LINE: Final = ("$", "\\(")
_ENVIRONMENT = re.compile(r"\\begin\{(?P<name>(?:equation|align|alignat|gather|multline|eqnarray|displaymath)\*?)\}")
_HALF_ENVIRONMENT = re.compile(r"\\(?:b(?:e(?:g(?:in?(?:\{[a-z]{0,12}\*?)?)?)?)?)?\Z")
_ENDING = re.compile(r"(?:th|st|nd|rd|s)(?![^\W_])")
_SPACED_LETTERS_END: Final = 0x250
"""Latin letters are below it. A currency is written with them, directly before its sign: US$."""
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_COMMAND = re.compile(r"\\[A-Za-z]+(?:\s*\{[^{}$\n]*\})?")
_WORDS = re.compile(r"[A-Za-z]{3,}[\s,]+(?:[A-Za-z]{3,}|\Z)|[A-Za-z]{3,}\s+[a-z]{2}\b")
_WORD = re.compile(r"[A-Za-z]{2,}")
_SIGN = re.compile(r"[\\^_=+<>|≤≥≠≈±×÷∈∑∫√]|[A-Za-z0-9)}]\s*[-*/]\s*[A-Za-z0-9({]")
_NUMBERS_ONLY = re.compile(r"[\d\s,;.–-]*\Z")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula: ``tex`` is what is between its signs; ``display`` if it stands by itself; ``end`` is exclusive."""

    start: int
    end: int
    tex: str
    display: bool


def formula_sign(text: str, start: int) -> str:
    """The sign at ``start`` that could open a formula, or an empty text."""
    if text.startswith("$", start):
        if text[start - 1 : start] in ("$", "\\") and start:
            return ""
        return "" if text.startswith("$$$", start) else "$$" if text.startswith("$$", start) else "$"
    pair = text[start : start + 2]
    return pair if pair in ("\\(", "\\[") else ""


def formula_at(text: str, start: int, end: int | None = None) -> Formula | None:
    """The formula that opens at ``start`` and closes before ``end``, or None."""
    sign = formula_sign(text, start)
    limit = len(text) if end is None else end
    if not sign:
        return _environment_at(text, start, limit)
    closing = _closing(text, start, sign, limit)
    if closing < 0:
        return None
    inside, stop = start + len(sign), closing + len(sign)
    tex = text[inside:closing]
    if not tex.strip() or not _READS[sign](text, start, stop, tex):
        return None
    if sign == "$" and len(tex) > 2 and tex[0] == tex[-1] == "`":
        tex = tex[1:-1]
    return Formula(start, stop, tex, sign in ("\\[", "$$"))


def is_open(text: str, start: int) -> bool:
    """Whether a formula that opens at ``start`` could still be closed by what follows ``text``."""
    sign = formula_sign(text, start)
    if not sign:
        return _is_open_environment(text, start)
    if len(text) - start > LONGEST_FORMULA or _closing(text, start, sign, len(text)) >= 0:
        return False
    if sign in _IN_LINE and text.find("\n", start) >= 0:
        return False
    if sign == "$":
        return _may_open(text, start)
    return not _BLANK_LINE.search(text, start) and not re.search(rf"(?<!\\){re.escape(sign)}", text[start + 2 :])


def _environment_at(text: str, start: int, limit: int) -> Formula | None:
    """The formula that is an environment of its own, its ``\\begin`` and ``\\end`` included."""
    opening = _ENVIRONMENT.match(text, start, limit)
    if opening is None:
        return None
    closing = f"\\end{{{opening['name']}}}"
    found = text.find(closing, opening.end(), min(limit, start + LONGEST_FORMULA))
    if found < 0 or not text[opening.end() : found].strip() or _BLANK_LINE.search(text, start, found):
        return None
    return Formula(start, found + len(closing), text[start : found + len(closing)], True)


def _is_open_environment(text: str, start: int) -> bool:
    if len(text) - start > LONGEST_FORMULA or not text.startswith("\\", start):
        return False
    if _HALF_ENVIRONMENT.match(text, start):
        return True
    opening = _ENVIRONMENT.match(text, start)
    if opening is None or _BLANK_LINE.search(text, start):
        return False
    return text.find(f"\\end{{{opening['name']}}}", opening.end()) < 0


def _closing(text: str, start: int, sign: str, limit: int) -> int:
    """Where the closing sign is, or -1."""
    inside, limit = start + len(sign), min(limit, start + LONGEST_FORMULA)
    if sign in ("\\(", "\\["):
        # A new line with its distance, such as ``\\\\[4pt]``, opens nothing.
        again = text.find(sign, inside, limit)
        while again > 0 and text[again - 1] == "\\":
            again = text.find(sign, again + 1, limit)
        limit = limit if again < 0 else again
    if sign in _IN_LINE:
        line_end = text.find("\n", inside, limit)
        limit = limit if line_end < 0 else line_end
    found = text.find(_CLOSING[sign], inside, limit)
    while found > 0 and text[found - 1] == "\\" and sign in ("$", "$$"):
        found = text.find(_CLOSING[sign], found + 1, limit)
    if found < 0 or sign in _IN_LINE:
        return found
    return -1 if _BLANK_LINE.search(text, inside, found) else found


def _may_open(text: str, start: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[start + 1 : start + 2]
    return not _joins(before) and not after.isspace() and after not in ("", ",", ".", ";", ":", "!", "?", ")", "'", '"')


def _joins(sign: str) -> bool:
    """Whether a dollar sign beside it cannot be a formula's: a digit, or a letter of a script that writes money so."""
    return sign.isdigit() or (sign.isalpha() and ord(sign) < _SPACED_LETTERS_END)


def _reads_as_dollars(text: str, start: int, stop: int, tex: str) -> bool:
    after = text[stop : stop + 1]
    if not _may_open(text, start) or tex[-1].isspace() or after == "$":
        return False
    if _joins(after) and not _ENDING.match(text, stop):
        return False
    plain = _COMMAND.sub("\\\\", tex)
    if _WORDS.search(plain):
        return False
    if tex[0].isdigit() or tex[0] in ".,":
        return not _WORD.search(plain) and (_SIGN.search(plain) is not None or tex.isdigit())
    return True


def _reads_as_double_dollars(text: str, start: int, stop: int, tex: str) -> bool:
    if text.startswith("$", stop) or not any(character.isalnum() or character == "\\" for character in tex):
        return False
    return "\n" in tex or not _WORD.search(_COMMAND.sub("", tex)) or _SIGN.search(tex) is not None


def _reads_as_brackets(text: str, start: int, stop: int, tex: str) -> bool:
    if _SIGN.search(tex):
        return True
    return not _NUMBERS_ONLY.match(tex) and not _WORD.search(tex)


def _reads_always(text: str, start: int, stop: int, tex: str) -> bool:
    return True


_READS: Final = {
    "$": _reads_as_dollars,
    "$$": _reads_as_double_dollars,
    "\\[": _reads_as_brackets,
    "\\(": _reads_always,
}
