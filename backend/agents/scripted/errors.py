"""The one error of a scenario that cannot be read, and how its sentence is worded."""

from collections.abc import Iterable
from difflib import get_close_matches


class ScenarioError(ValueError):
    """A malformed scenario: one sentence with the file, the line (from 1) and what was expected there."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}")
        self.file = file
        self.line = line
        self.message = message


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for a near match, else which words there are."""
    words = list(known)
    near = get_close_matches(word, words, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; expected one of {', '.join(words)}." if words else "."


def shown(value: object) -> str:
    """A value as an error message shows it: short, and on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    text = "a list" if isinstance(value, list | tuple) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
