"""YAML text to parser events, with every syntax error worded as one sentence with its line."""

import re
from bisect import bisect_right
from typing import Final

import yaml
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner

from backend.yaml_lines.complaints import SourceError

MAX_FILE_BYTES: Final = 512 * 1024
"""The largest file that is read."""

ALIAS: Final = "aliases ('*name') are not supported; write the value out, or put text that begins with '*' in quotes."
ANCHOR: Final = "anchors ('&name') are not supported; remove this one, or put text that begins with '&' in quotes."
TAG: Final = "tags ('!name') are not supported; remove this one, or put text that begins with '!' in quotes."

_LINE_END = re.compile(r"\r\n|\r|\n")

_ADVICE = (
    (r"character '\\t'", "there is a tab where YAML needs spaces; indent with spaces."),
    (r"cannot start any token|scanning a directive", "put text that begins with this character in quotes."),
    (r"scanning an alias", ALIAS),
    (r"scanning an anchor", ANCHOR),
    (r"(scanning|parsing) a tag|tag handle", TAG),
    (r"mapping values are not allowed", "put text that contains ': ' in quotes, or check the indentation."),
    (r"could not find expected ':'", "expected 'key: value'; check for a missing colon, or text that needs quotes."),
    (r"quoted scalar \| .*(end of stream|document separator)", "the quote that is opened here is never closed."),
    (r"flow (sequence|mapping|node) \| ", "a bracket opened here or above is not closed, or a comma is missing."),
    (r"expected (<block end>|'<document)", "this does not fit the lines above; check the indentation and the quotes."),
    (
        r"unknown escape character|escape sequence of",
        "this is not an escape; in double quotes, write a backslash twice.",
    ),
)


class YamlEvents:
    """The parser's events of a text, one after the other."""

    def __init__(self, content: bytes, file: str) -> None:
        """Raises ``SourceError`` for what is too large, not UTF-8, or has a character that YAML does not allow."""
        self._file = file
        text = self._decoded(content)
        self._line_ends = [found.end() for found in _LINE_END.finditer(text)]
        try:
            self._parser = _Parser(text)
        except ReaderError as error:
            code = ord(text[error.position])
            message = f"the character U+{code:04X} is not allowed; write it as an escape in double quotes."
            raise self._error(error.position, message) from error

    def take(self) -> yaml.Event:
        """The next event. Raises ``SourceError`` where the text is not YAML."""
        try:
            event: yaml.Event = self._parser.get_event()  # type: ignore[no-untyped-call]
        except yaml.MarkedYAMLError as error:
            raise self._syntax_error(error) from error
        except (ValueError, OverflowError) as error:
            # The library lets these through from chr(), for an escape beyond the last code point.
            message = "this escape does not name a character; the last one is \\U0010FFFF."
            raise self._error(self._parser.index, message) from error
        return event

    def line(self, event: yaml.Event) -> int:
        """The line an event begins on, from 1."""
        return self._line(_position(event.start_mark))

    def error(self, event: yaml.Event, message: str) -> SourceError:
        """A complaint about what begins with an event."""
        return self._error(_position(event.start_mark), message)

    def _decoded(self, content: bytes) -> str:
        if len(content) > MAX_FILE_BYTES:
            message = f"the file is larger than {MAX_FILE_BYTES:,} bytes, the limit; make it smaller."
            raise SourceError(self._file, 1, message)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = len(_LINE_END.findall(content[: error.start].decode("utf-8"))) + 1
            raise SourceError(self._file, line, "this is not UTF-8 text; save the file as UTF-8.") from error

    def _line(self, position: int) -> int:
        # As editors count. The library's own count takes some other characters for ends of lines, too.
        return bisect_right(self._line_ends, position) + 1

    def _error(self, position: int, message: str) -> SourceError:
        return SourceError(self._file, self._line(position), message)

    def _syntax_error(self, error: yaml.MarkedYAMLError) -> SourceError:
        """What to do about a syntax error. The library's own words are used where there is no better advice."""
        problem, context = error.problem or "", error.context or ""
        mark = error.problem_mark or error.context_mark
        if "end of stream" in problem or "<stream end>" in problem:
            # Where the quote or bracket was opened says more than the end of the file.
            mark = self._parser.marks[-1] if " flow " in context else error.context_mark or mark
        said = f"{context} | {problem}"
        found = (advice for seen, advice in _ADVICE if re.search(seen, said))
        message = next(found, f"this is not valid YAML ({problem or context}).")
        return self._error(_position(mark), message)


def _position(mark: object) -> int:
    return mark.index if isinstance(mark, yaml.Mark) else 0


class _Parser(Reader, Scanner, Parser):
    """The library's parser without what makes objects of events."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
