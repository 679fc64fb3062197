"""Offsets into an answer as foreign streams count them, UTF-8 bytes, to code points.

The answer is kept in short blocks, so that one offset costs no more than the encoding of one block, however long the
answer and however many offsets.
"""

from bisect import bisect_right

from backend.protocol.events import Span

_BLOCK_CHARS = 4096


class TextOffsets:
    """The text of an answer as it grows."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._char_starts: list[int] = []
        self._byte_starts: list[int] = []
        self.chars = 0
        """Code points so far."""
        self.bytes = 0
        """UTF-8 bytes so far."""

    def add(self, text: str) -> None:
        """The answer continues."""
        for start in range(0, len(text), _BLOCK_CHARS):
            block = text[start : start + _BLOCK_CHARS]
            self._blocks.append(block)
            self._char_starts.append(self.chars)
            self._byte_starts.append(self.bytes)
            self.chars += len(block)
            self.bytes += len(block.encode("utf-8", "replace"))

    def bytes_before(self, char: int) -> int:
        """The UTF-8 bytes of the first ``char`` code points."""
        if char >= self.chars:
            return self.bytes
        at = bisect_right(self._char_starts, char) - 1
        head = self._blocks[at][: char - self._char_starts[at]]
        return self._byte_starts[at] + len(head.encode("utf-8", "replace"))

    def chars_before(self, byte: int) -> int:
        """The code points that are whole within the first ``byte`` bytes; bytes beyond the text count as ASCII."""
        if byte >= self.bytes:
            return self.chars + byte - self.bytes
        at = bisect_right(self._byte_starts, byte) - 1
        head = self._blocks[at].encode("utf-8", "replace")[: byte - self._byte_starts[at]]
        return self._char_starts[at] + len(head.decode("utf-8", "ignore"))

    def part(self, start: int, end: int) -> str:
        """The text between two offsets in code points."""
        if not 0 <= start < end <= self.chars:
            return ""
        first, last = bisect_right(self._char_starts, start) - 1, bisect_right(self._char_starts, end - 1) - 1
        text = "".join(self._blocks[first : last + 1])
        return text[start - self._char_starts[first] : end - self._char_starts[first]]

    def span_of_bytes(self, first: int, last: int, begins_at: int = 0) -> Span | None:
        """The range between two byte offsets, which are counted from the code point ``begins_at``."""
        if not 0 <= first < last:
            return None
        base = self.bytes_before(begins_at)
        start, end = self.chars_before(base + first), self.chars_before(base + last)
        return Span(start=start, end=end) if start < end else None
