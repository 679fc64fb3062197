"""The markers of an answer, found while it grows: see ``markers`` for what a marker is.

A marker exists once its closing bracket has arrived; it may be split over any number of tokens. Brackets in code (a
fence, or an inline span closed on its line) and in formulas are text. What follows can take a marker back: the end of a
code span or formula, or an address. Positions are code points of the answer.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from backend.protocol.formulas import formula_at, formula_sign, is_open
from backend.protocol.marker_run import Marker
from backend.protocol.markers import MarkerText, half_marker, is_settled, marker_at

LONGEST_CODE_SPAN: Final = 4_000
"""Characters of the longest code span in a line: text that never closes one costs a bounded time."""

_FENCE = re.compile(r"[ \t>]{0,100}+(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,100}+){0,20}+(`{3,80}+|~{3,80}+)([^\n]{0,400})")
_BECOMES_FENCE = re.compile(r"[ \t>]{0,100}+(?:(?:[-*+]|\d{1,9}[.)])[ \t]{0,100}+){0,20}+(?:\d{1,9}|`{0,80}|~{0,80})\Z")
_SIGNS = re.compile(r"[`$\\\[【]")
_BACKTICKS = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class MarkerScan:
    """Markers found so far, and where to continue: what could still change is read again each time."""

    line_start: int = 0
    """Everything before it is settled, whatever follows (code points)."""
    fence: str = ""
    """The signs of the code fence that is open there, if one is."""
    markers: tuple[Marker, ...] = ()
    """All markers except those in doubt."""
    doubtful: tuple[Marker, ...] = ()
    """Brackets that are markers as soon as a citation has their number."""
    length: int = 0
    """How much of the answer has been read (code points)."""

    def with_cited(self, cited: Collection[int], since: int = 0) -> tuple[Marker, ...]:
        """The markers that begin at ``since`` or after it, in order, if these are the numbers of the citations."""
        markers = _from(self.markers, since)
        known = [marker for marker in _from(self.doubtful, since) if marker.number in cited]
        return tuple(sorted([*markers, *known], key=lambda marker: marker.start)) if known else markers


def scan_markers(answer: str, scan: MarkerScan | None = None) -> MarkerScan:
    """The markers of ``answer``, of which ``scan`` has read a prefix. Costs the new text and a bounded piece before."""
    scan = scan or MarkerScan()
    if scan.length == len(answer):
        return scan
    markers, doubtful = markers_before(scan.markers, scan.line_start), markers_before(scan.doubtful, scan.line_start)
    tail = scan_tail(answer, scan.line_start, scan.fence, markers, doubtful)
    return replace(tail, markers=markers + tail.markers, doubtful=doubtful + tail.doubtful)


def scan_tail(
    answer: str, line_start: int, fence: str, markers: Sequence[Marker], doubtful: Sequence[Marker]
) -> MarkerScan:
    """The scan of what is after ``line_start``, with the markers that are there. ``markers`` and ``doubtful`` are those
    before it."""
    last = max((group[-1] for group in (markers, doubtful) if group), key=lambda marker: marker.end, default=None)
    previous = None
    if last is not None:
        previous = MarkerText((last.number,), last.start, last.end, doubtful=last in doubtful[-1:])
    reader = _Reader(answer, line_start, fence, previous)
    found = list(reader.read())
    found_markers, found_doubtful = (
        tuple(
            Marker(number=number, start=marker.start, end=marker.end)
            for marker in found
            if marker.doubtful is in_doubt
            for number in marker.numbers
        )
        for in_doubt in (False, True)
    )
    return MarkerScan(reader.resume, reader.fence_there, found_markers, found_doubtful, len(answer))


def read_markers(text: str) -> list[MarkerText]:
    """The brackets of a whole text that are markers or in doubt, in order."""
    return list(_Reader(text, 0, "", None).read())


def open_formula(text: str) -> int | None:
    """Where a formula begins in ``text`` that what follows could close; None if there is none. ``text`` begins outside
    code."""
    reader = _Reader(text, 0, "", None)
    for _ in reader.read():
        pass
    return reader.open_formula if reader.open_formula >= 0 else None


def find_markers(answer: str, cited: Collection[int] = ()) -> tuple[Marker, ...]:
    """Every marker of the answer, in order. ``cited``: the numbers of its citations, for brackets that are in doubt."""
    return scan_markers(answer).with_cited(cited)


def settled_length(answer: str) -> int:
    """How much of a growing answer may be shown: all of it, less a half-typed marker at its end."""
    return half_marker(answer)


def markers_before(markers: tuple[Marker, ...], position: int) -> tuple[Marker, ...]:
    """Those that begin before ``position`` (code points)."""
    return markers[: bisect_left(markers, position, key=lambda marker: marker.start)]


def _from(markers: tuple[Marker, ...], position: int) -> tuple[Marker, ...]:
    return markers[bisect_left(markers, position, key=lambda marker: marker.start) :] if position else markers


@dataclass(slots=True)
class _Reader:
    """Reads an answer from a position that is not in code or in a formula, or from the start of a line in a fence."""

    text: str
    position: int
    fence: str
    previous: MarkerText | None
    resume: int = -1
    open_formula: int = -1
    fence_there: str = ""
    _runs: dict[int, list[int]] = field(default_factory=dict)
    """Where backtick runs of each length are in the line, those to come last."""

    def read(self) -> Iterator[MarkerText]:
        """The brackets that are markers or in doubt, in order. Sets ``resume`` and ``fence_there``."""
        text, length = self.text, len(self.text)
        while self.position < length:
            line_end = text.find("\n", self.position)
            stop = line_end if line_end >= 0 else length
            begins = self.position == 0 or text[self.position - 1] == "\n"
            if self._is_code_line(stop) if begins else self.fence:
                self.position = stop + 1
                continue
            yield from self._line(stop)
            if self.position == stop:
                self.position += 1
        if self.resume < 0:
            self.resume, self.fence_there = length, self.fence

    def _undecided(self, position: int) -> None:
        """What is at ``position`` could still become something else."""
        if self.resume < 0:
            self.resume, self.fence_there = position, self.fence

    def _is_code_line(self, stop: int) -> bool:
        """Whether the line is in a code fence, or begins or ends one."""
        fence = _FENCE.match(self.text, self.position, stop)
        fence = fence if fence and fence.end() == stop else None
        unfinished = stop == len(self.text)
        if unfinished and (fence or _BECOMES_FENCE.match(self.text, self.position, stop)):
            self._undecided(self.position)
        if self.fence:
            if fence and fence[1].startswith(self.fence) and not fence[2].strip():
                self.fence = ""
            return True
        if fence and (fence[1][0] == "~" or "`" not in fence[2]):
            self.fence = fence[1]
            return True
        return False

    def _line(self, stop: int) -> Iterator[MarkerText]:
        """Read up to ``stop``, or beyond it where a formula ends there."""
        self._runs = {}
        while (sign := _SIGNS.search(self.text, self.position, stop)) is not None:
            start, character = sign.start(), sign[0]
            if character == "`":
                self._code(start, stop)
            elif character in "$\\":
                self._formula(start, character)
                if self.position > stop:
                    return
            else:
                marker = self._marker(start, stop)
                if marker is not None:
                    yield marker
        self.position = stop

    def _code(self, start: int, stop: int) -> None:
        if not self._runs:
            for run in reversed(list(_BACKTICKS.finditer(self.text, start, stop))):
                self._runs.setdefault(len(run[0]), []).append(run.start())
        after = start
        while after < stop and self.text[after] == "`":
            after += 1
        size = after - start
        runs = self._runs.get(size, [])
        while runs and runs[-1] <= start:
            runs.pop()
        closes = runs and runs[-1] - start <= LONGEST_CODE_SPAN
        self.position = runs[-1] + size if closes else after
        at_end = stop == len(self.text)
        if at_end and (self.position == stop or not closes) and stop - start <= LONGEST_CODE_SPAN:
            self._undecided(start)

    def _formula(self, start: int, character: str) -> None:
        formula = formula_at(self.text, start)
        if formula is not None:
            self.position = formula.end
        else:
            self.position = start + (2 if character == "\\" else len(formula_sign(self.text, start)) or 1)
        if formula is None and self.open_formula < 0 and is_open(self.text, start):
            self.open_formula = start
        if self.position >= len(self.text) or self.open_formula == start:
            self._undecided(start)
            self.position = min(self.position, len(self.text))

    def _marker(self, start: int, stop: int) -> MarkerText | None:
        marker = marker_at(self.text, start, self.previous)
        if marker is not None and marker.end > stop:
            marker = None
        if stop == len(self.text) and not is_settled(self.text, start, marker):
            self._undecided(start)
        self.position = marker.end if marker else start + 1
        self.previous = marker or self.previous
        return marker
