"""Citation markers in an answer: ``[1]``, or ``[1, 2]`` for two at once.

A marker exists once its closing bracket has arrived; it may be split over any number of tokens. Markers inside
code (a fence, or an inline span closed on its line) are no markers. Positions are code points of the answer.
"""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

_MARKER = re.compile(r"\[(\d{1,4}(?:\s?,\s?\d{1,4}){0,9})\]", re.ASCII)
_HALF_MARKER = re.compile(r"\[(?:\d{1,4}(?:\s?,\s?\d{1,4}){0,9}(?:\s?,?\s?)?)?\Z", re.ASCII)
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
    """Markers found so far, and where to go on: the line that is still growing is read again each time."""

    line_start: int = 0
    in_fence: bool = False
    settled: tuple[Marker, ...] = ()
    """Markers of the finished lines."""
    markers: tuple[Marker, ...] = ()
    """All markers, those of the growing line included."""


def scan_markers(answer: str, scan: MarkerScan | None = None) -> MarkerScan:
    """The markers of ``answer``, of which ``scan`` has seen a prefix. Costs only the new lines and the last one."""
    scan = scan or MarkerScan()
    position, in_fence, settled = scan.line_start, scan.in_fence, scan.settled
    while (end := answer.find("\n", position)) >= 0:
        line = answer[position:end]
        settled += _line_markers(line, position, in_fence)
        in_fence ^= _FENCE.match(line) is not None
        position = end + 1
    tail = _line_markers(answer[position:], position, in_fence)
    return MarkerScan(position, in_fence, settled, settled + tail)


def find_markers(answer: str) -> tuple[Marker, ...]:
    """Every marker of the answer, in order."""
    return scan_markers(answer).markers


def settled_length(answer: str) -> int:
    """How much of a growing answer may be shown: all of it, less a half-typed marker at its end."""
    half = _HALF_MARKER.search(answer, max(0, len(answer) - 64))
    return half.start() if half else len(answer)


def _line_markers(line: str, offset: int, in_fence: bool) -> tuple[Marker, ...]:
    if in_fence or "[" not in line:
        return ()
    code = [match.span() for match in _CODE_SPAN.finditer(line)] if "`" in line else []
    return tuple(
        Marker(number=int(number), start=offset + match.start(), end=offset + match.end())
        for match in _MARKER.finditer(line)
        if not any(start <= match.start() < end for start, end in code)
        for number in match[1].split(",")
        if int(number) > 0
    )
