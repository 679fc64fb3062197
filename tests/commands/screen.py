"""A terminal small enough to read: what stands on the screen and above it after all that was written."""

import re
from unicodedata import category

_SEQUENCE = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)")


class Screen:
    """Understands what Rich's live display writes: line ends, cursor up, erase line, and styles (which it drops).

    Raises ``AssertionError`` for a sequence it does not know, and for a cursor that leaves the top of the screen: what
    has scrolled away can not be redrawn.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._rows = rows
        self._columns = columns
        self._lines = [""]
        self._row = 0
        self._column = 0
        self.cursor_shown = True

    @property
    def text(self) -> str:
        """Everything, scrolled-away lines first, without trailing spaces."""
        return "\n".join(line.rstrip() for line in self._lines).rstrip("\n")

    def write(self, output: str) -> None:
        """Interpret some output."""
        position = 0
        for match in _SEQUENCE.finditer(output):
            self._plain(output[position : match.start()])
            self._control(match[1] or "", match[2] or "m")
            position = match.end()
        self._plain(output[position:])

    def _plain(self, text: str) -> None:
        for character in text:
            if character == "\n":
                self._row += 1
                self._column = 0
                if self._row == len(self._lines):
                    self._lines.append("")
            elif character == "\r":
                self._column = 0
            else:
                self._put(character)

    def _put(self, character: str) -> None:
        assert category(character) != "Cc", f"{character!r} would steer the terminal"
        line = self._lines[self._row].ljust(self._column)
        self._lines[self._row] = line[: self._column] + character + line[self._column + 1 :]
        self._column += 1
        # How wide other characters are is the terminal's own affair.
        assert self._column <= self._columns or not line.isascii(), f"a line is wider than the screen: {line!r}"

    def _control(self, parameters: str, letter: str) -> None:
        if letter == "m":
            return
        if letter == "A":
            self._row -= int(parameters or 1)
            assert self._row >= max(0, len(self._lines) - self._rows), "the cursor left the top of the screen"
        elif letter == "K" and parameters == "2":
            self._lines[self._row] = ""
        elif parameters == "?25":
            self.cursor_shown = letter == "h"
        else:
            message = f"unknown sequence CSI {parameters}{letter}"
            raise AssertionError(message)
