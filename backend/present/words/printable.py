"""Text for a terminal, without anything that could control it."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")


def printable(text: str) -> str:
    """The text without control characters (escape sequences need them) and overrides of the reading direction. Every
    kind of line end becomes LF."""
    return _CONTROL.sub("", _LINE_ENDS.sub("\n", text))
