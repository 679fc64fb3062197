"""Takes what a model thought out of the text it writes, piece by piece, wherever the pieces are cut.

A sign counts outside code, and where it is not merely mentioned in a sentence. What could still become a sign is
withheld: a few characters for a moment. The result is the same for any pieces.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from backend.protocol.thought_signs import (
    Sign,
    bare_opening,
    closing_end,
    may_become_bare,
    may_become_closing,
    may_become_sign,
    next_start,
    sign_at,
)

PartKind = Literal["text", "thought", "assumed", "sign", "unopened"]

_EDGES: Final = re.compile(r"[\n`~<\[◁]")
_EDGES_IN_CODE: Final = re.compile(r"[\n`~]")
_RUN: Final = re.compile(r"`{1,80}|~{1,80}")
_FENCE_BEFORE: Final = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*\Z")
_LONGEST_RUN: Final = 80
_MENTIONED: Final = re.compile(r"[ \t]+[a-z]|[ \t]*[,.;:!?)\]\"'’”»`]")
_UNDECIDED: Final = re.compile(r"[ \t]{0,20}\Z")
_SENTENCE_ENDS: Final = ".!?…:。！？：*>)|_"
_LINE_CHARS: Final = 400
"""Characters of a line's start that say whether it is the edge of a code block."""


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A piece of what was written. ``assumed`` is thinking if a sign comes after it, and text if the text ends.
    ``unopened``: a sign that closes thinking whose start was not marked, so that the text before it is thinking."""

    kind: PartKind
    text: str


class ThoughtSplit:
    """Splits one text as it grows. ``opened``: it begins with thinking whose start is not marked."""

    def __init__(self, *, opened: bool = False) -> None:
        self._rest = ""
        """What is withheld."""
        self._fence = ""
        self._begin(opened=opened)

    def _begin(self, *, opened: bool) -> None:
        self._closing = ""
        """What ends the thinking that the text is in."""
        self.is_opened = opened
        """Whether the text is in thinking whose start is not marked, by assumption."""
        self._line = ""
        """The start of the line."""
        self._last = ""
        """Its last character that is not a blank."""
        self._code = 0
        """Backticks of the code span that is open in the line."""
        self._opens_fence = ""
        self._before = ""
        """The last character that was read."""
        self._has_signs = False
        self._is_start = True

    @property
    def in_thought(self) -> bool:
        """Whether the text is in thinking that has not been closed."""
        return bool(self._closing) or self.is_opened

    @property
    def in_fence(self) -> bool:
        """Whether the text is in a code block."""
        return bool(self._fence)

    @property
    def withheld(self) -> int:
        """Code points of which is not decided what they are."""
        return len(self._rest)

    def add(self, text: str) -> list[WrittenPart]:
        """The parts that are decided by these characters."""
        self._rest += text
        return self._read(at_end=False)

    def settle(self) -> list[WrittenPart]:
        """What follows is not a part of any sign before it: the parts that were withheld, unless they are in
        thinking."""
        return [] if self.in_thought else self._read(at_end=True)

    def end(self, *, opened: bool = False) -> list[WrittenPart]:
        """Nothing follows in this text: the parts that were withheld. What is added after it is another text;
        ``opened`` is as for the first one."""
        parts = self._read(at_end=True)
        self._begin(opened=opened)
        return parts

    def _read(self, *, at_end: bool) -> list[WrittenPart]:
        parts = _Parts()
        position = 0
        while position < len(self._rest):
            after = (self._thought if self.in_thought else self._text)(position, at_end, parts)
            if after == position:
                break
            position = after
        self._rest = self._rest[position:]
        return parts.joined()

    # In thinking.

    def _thought(self, position: int, at_end: bool, parts: "_Parts") -> int:
        text, at = self._rest, position
        while (at := self._next_closing_start(text, at)) < len(text):
            sign = self._edge(text, at, position)
            if sign is not None:
                break
            if not at_end and self._may_become_edge(text, at):
                break
            at += 1
        else:
            sign = None
        if at > position:
            self._thinks(text[position:at], parts)
        if sign is None:
            return at
        parts.put("sign", text[at : sign.end])
        self._closing, self.is_opened = sign.closing, False
        self._has_signs, self._before, self._is_start = True, "", not sign.closing
        self._last = ""
        return sign.end

    def _thinks(self, piece: str, parts: "_Parts") -> None:
        parts.put("assumed" if self.is_opened else "thought", piece)
        self._before = piece[-1]
        self._last = _last_sign(piece, self._last)

    def _next_closing_start(self, text: str, position: int) -> int:
        if self._closing and self._closing[0].isalpha():
            found = text.find(self._closing[0], position)
            return found if found >= 0 else len(text)
        return next_start(text, position)

    def _edge(self, text: str, at: int, position: int) -> Sign | None:
        """The sign that ends the thinking, or that marks its start after all."""
        if (text[at - 1] if at > position else self._before) == "`":
            return None
        if not self.is_opened:
            end = closing_end(text, at, self._closing)
            return Sign("closes", at, end) if end >= 0 else None
        sign = sign_at(text, at)
        if sign is None or sign.role == "dropped":
            return None
        is_first = not self._last and not text[position:at].strip()
        return sign if sign.role == "closes" or is_first else None

    def _may_become_edge(self, text: str, at: int) -> bool:
        return may_become_sign(text, at) if self.is_opened else may_become_closing(text, at, self._closing)

    # In text.

    def _text(self, position: int, at_end: bool, parts: "_Parts") -> int:
        text = self._rest
        if self._is_start:
            head = text[position : position + 20]
            if not at_end and may_become_bare(head):
                return position
            self._is_start = False
            if (bare := bare_opening(head)) is not None:
                return self._open(Sign("opens", position, position + bare.end, bare.closing), parts)
        in_code = self._code or self._fence or self._opens_fence
        edge = (_EDGES_IN_CODE if in_code else _EDGES).search(text, position)
        if edge is None or edge.start() > position:
            return self._plain(position, edge.start() if edge else len(text), parts)
        if edge[0] == "\n":
            return self._line_end(position, parts)
        return (self._run if edge[0] in "`~" else self._sign)(position, at_end, parts)

    def _plain(self, position: int, end: int, parts: "_Parts") -> int:
        piece = self._rest[position:end]
        parts.put("text", piece)
        if len(self._line) < _LINE_CHARS:
            self._line = (self._line + piece)[:_LINE_CHARS]
        self._before = piece[-1]
        self._last = _last_sign(piece, self._last)
        return end

    def _line_end(self, position: int, parts: "_Parts") -> int:
        parts.put("text", "\n")
        if self._fence:
            bare = self._line.strip(" \t\r>")
            if bare.startswith(self._fence) and not bare.strip(self._fence[0]):
                self._fence = ""
        elif self._opens_fence:
            after = self._line[self._line.find(self._opens_fence) + len(self._opens_fence) :]
            self._fence = self._opens_fence if self._opens_fence[0] == "~" or "`" not in after else ""
        self._line, self._last, self._code, self._opens_fence, self._before = "", "", 0, "", "\n"
        return position + 1

    def _run(self, position: int, at_end: bool, parts: "_Parts") -> int:
        """Backticks or tildes, which may begin or end code."""
        found = _RUN.match(self._rest, position)
        run = found[0] if found else ""
        end = position + len(run)
        if end == len(self._rest) and len(run) < _LONGEST_RUN and not at_end:
            return position
        if not (self._fence or self._opens_fence):
            if len(run) >= 3 and _FENCE_BEFORE.match(self._line):
                self._opens_fence = run
            elif run[0] == "`":
                self._code = 0 if self._code == len(run) else self._code or len(run)
        return self._plain(position, end, parts)

    def _sign(self, start: int, at_end: bool, parts: "_Parts") -> int:
        text = self._rest
        if not at_end and may_become_sign(text, start):
            return start
        sign = self._sign_that_counts(start)
        if sign is None:
            return self._plain(start, start + 1, parts)
        is_word = sign.role != "dropped" or not text.startswith("<|", start)
        if is_word and self._last and self._last not in _SENTENCE_ENDS:
            after = text[sign.end : sign.end + 21]
            if not at_end and _UNDECIDED.match(after):
                return start
            if _MENTIONED.match(after):
                return self._plain(start, sign.end, parts)
        if sign.role == "opens":
            return self._open(sign, parts)
        parts.put("unopened" if sign.role == "closes" and not self._has_signs else "sign", text[start : sign.end])
        self._has_signs, self._is_start = True, True
        return sign.end

    def _sign_that_counts(self, start: int) -> Sign | None:
        """Signs around an answer count only beside signs of thinking, or where they name a channel or who writes."""
        sign = sign_at(self._rest, start)
        if sign is None or sign.role != "dropped" or self._has_signs:
            return sign
        return sign if self._rest.startswith(("<|channel|>", "<|start|>"), start) else None

    def _open(self, sign: Sign, parts: "_Parts") -> int:
        parts.put("sign", self._rest[sign.start : sign.end])
        self._closing, self._has_signs, self._before, self._last = sign.closing, True, "", ""
        return sign.end


class _Parts:
    """Parts in order; neighbours of text or of thinking are one."""

    def __init__(self) -> None:
        self._parts: list[tuple[PartKind, list[str]]] = []

    def put(self, kind: PartKind, text: str) -> None:
        if self._parts and self._parts[-1][0] == kind and kind not in ("sign", "unopened"):
            self._parts[-1][1].append(text)
        elif text:
            self._parts.append((kind, [text]))

    def joined(self) -> list[WrittenPart]:
        return [WrittenPart(kind, "".join(pieces)) for kind, pieces in self._parts]


def _last_sign(piece: str, before: str) -> str:
    bare = piece[-100:].rstrip() or piece.rstrip()
    return bare[-1] if bare else before
