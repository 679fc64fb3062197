"""Citation markers in an answer: ``[1]``, or ``[1, 2]`` for two at once.

A marker exists once its closing bracket has arrived; it may be split over any number of tokens. Markers inside
code (a fence, or an inline span closed on its line) are not markers. Positions are code points of the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

_MARKER = re.compile(r"\[(\d{1,4}(?:\s?,\s?\d{1,4}){0,9})\]", re.ASCII)
_HALF_MARKER = re.compile(r"\[(?:\d{1,4}(?:\s?,\s?\d{1,4}){0,9}(?:\s?,?\s?)?)?\Z", re.ASCII)
_LONGEST_HALF = 128
"""Code points of the longest half-typed marker: ten numbers of four digits with their commas and spaces."""
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


class Marker(BaseModel):
    """One reference in the answer: its citation number and where its brackets stand (end exclusive)."""

    model_config = ConfigDict(frozen=True)

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MarkerScan:
    """Markers found so far, and where to continue: the line that is still growing is read again each time."""

    line_start: int = 0
    in_fence: bool = False
    settled: tuple[Marker, ...] = ()
    """Markers of the finished lines."""
    markers: tuple[Marker, ...] = ()
    """All markers, those of the growing line included."""
    length: int = 0
    """How much of the answer has been read (code points)."""


def scan_markers(answer: str, scan: MarkerScan | None = None) -> MarkerScan:
    """The markers of ``answer``, of which ``scan`` has read a prefix.

    Costs the new text only, except on a line that contains a backtick: there the end of a code span can still take
    back a marker, so that the line is read again from its start.
    """
    scan = scan or MarkerScan()
    if not scan.in_fence and answer.find("\n", scan.length) < 0 and answer.find("`", scan.line_start) < 0:
        markers, since = scan.markers, max(scan.line_start, scan.length - _LONGEST_HALF)
        if answer.find("[", since) >= 0:
            half = _HALF_MARKER.search(answer, since, scan.length)
            markers += tuple(_markers(answer, half.start() if half else scan.length))
        return MarkerScan(scan.line_start, False, scan.settled, markers, len(answer))
    position, in_fence, settled = scan.line_start, scan.in_fence, scan.settled
    while (end := answer.find("\n", position)) >= 0:
        line = answer[position:end]
        settled += _line_markers(line, position, in_fence)
        in_fence ^= _FENCE.match(line) is not None
        position = end + 1
    tail = _line_markers(answer[position:], position, in_fence)
    return MarkerScan(position, in_fence, settled, settled + tail, len(answer))


def find_markers(answer: str) -> tuple[Marker, ...]:
    """Every marker of the answer, in order."""
    return scan_markers(answer).markers


def settled_length(answer: str) -> int:
    """How much of a growing answer may be shown: all of it, less a half-typed marker at its end."""
    half = _HALF_MARKER.search(answer, max(0, len(answer) - _LONGEST_HALF))
    return half.start() if half else len(answer)


def _line_markers(line: str, offset: int, in_fence: bool) -> tuple[Marker, ...]:
    if in_fence or "[" not in line:
        return ()
    code = [match.span() for match in _CODE_SPAN.finditer(line)] if "`" in line else []
    return tuple(
        marker.model_copy(update={"start": offset + marker.start, "end": offset + marker.end})
        for marker in _markers(line, 0)
        if not any(start <= marker.start < end for start, end in code)
    )


def _markers(text: str, position: int) -> Iterator[Marker]:
    """The bracketed numbers of ``text`` from ``position`` on, whatever they stand in."""
    for match in _MARKER.finditer(text, position):
        for number in match[1].split(","):
            if int(number) > 0:
                yield Marker(number=int(number), start=match.start(), end=match.end())
