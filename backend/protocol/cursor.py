"""Cursors: ``<attempt>-<seq>``, the SSE id of an event and the place to resume from."""

import re
from dataclasses import dataclass

_FORM = re.compile(r"(\d{1,9})-(\d{1,15})", re.ASCII)


class CursorError(ValueError):
    """The text is not a cursor."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """The last event a reader has: its attempt (from 1) and seq. ``START`` is before every event."""

    attempt: int
    seq: int

    def __str__(self) -> str:
        return f"{self.attempt}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read ``<attempt>-<seq>``; an empty text is the start. Raises ``CursorError`` with what to send."""
        if not text:
            return START
        match = _FORM.fullmatch(text)
        if match is None:
            raise CursorError(
                "The cursor is not of the form <attempt>-<seq>, such as 1-42: send the id of the last event you got."
            )
        return cls(int(match[1]), int(match[2]))


START = Cursor(0, 0)
