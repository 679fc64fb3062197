"""Each marker of a growing answer with the moment its closing bracket came."""

from array import array
from bisect import bisect_left
from collections.abc import Collection

from backend.protocol.citations import MarkerScan, scan_markers


class MarkersInTime:
    """The markers of one answer. The answer may be read in pieces of any size: the markers are the same."""

    def __init__(self) -> None:
        self._answer = ""
        self._unread: list[str] = []
        self._scan = MarkerScan()
        self._ends = array("q")
        self._times_ms = array("d")

    def add(self, text: str, at_ms: float) -> None:
        """A token."""
        self._unread.append(text)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(text))
        self._times_ms.append(at_ms)

    def moments(self, cited: Collection[int]) -> list[tuple[float, int]]:
        """(milliseconds, number) of each marker, in the order of the answer. ``cited``: the citations' numbers."""
        if self._unread:
            self._answer += "".join(self._unread)
            self._unread = []
            self._scan = scan_markers(self._answer, self._scan)
        return [
            (self._times_ms[bisect_left(self._ends, marker.end)], marker.number)
            for marker in self._scan.with_cited(cited)
        ]
