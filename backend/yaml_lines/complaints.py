"""The one error of a file that cannot be used, and how its sentence is worded."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_MOST_SHOWN = 60
_MOST_LISTED = 100


class SourceError(ValueError):
    """A file cannot be used: one sentence with the file, the line (from 1) and what was expected there."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}")
        self.file = file
        self.line = line
        self.message = message


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: ``; did you mean 'x'?``, else which words there are."""
    words = list(islice(known, _MOST_LISTED))
    near = get_close_matches(word, words, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; expected one of {', '.join(words)}." if words else "."


def shown(value: object) -> str:
    """A value as a sentence shows it: as YAML has it, short, and on one line."""
    text = _written(value)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 3] + "..."


def _written(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    # No more than these can be shown.
    if isinstance(value, dict):
        pairs = islice(value.items(), _MOST_SHOWN)
        return "{" + ", ".join(f"{key if key.isprintable() else repr(key)}: {_written(of)}" for key, of in pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written(item) for item in islice(value, _MOST_SHOWN)) + "]"
    return repr(value)
