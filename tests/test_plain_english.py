"""What people read is in plain English: no idiom that a reader has to translate back.

Read from the syntax trees: every text and every docstring of the four packages, among them the help of commands and the
definitions of metrics (the report's glossary). The templates and documents are read whole.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("backend", "evals", "ui_gradio", "ui_streamlit")
IDIOMS = {
    "is no": r"(?<![Tt]here )\b(?:is|are|was|were) no\b(?! longer)",
    "told": r"\btold\b",
    "tells": r"\btells\b",
    "ours": r"\bours\b",
    "our own": r"\bour own\b",
    "an own": r"\ban own\b",
    "goes on": r"\bgo(?:es)? on\b",
    "holds": r"\bholds\b",
    "whoever": r"\b[Ww]hoever\b",
    "behind, of time": r", behind\b|\bbehind (?:the (?:one|first|last)|those|done)\b",
}
"""Each with the pattern that finds it: the table of the plain-English rules in CONTRIBUTING.md."""

LISTS_OF_WORDS = {
    "backend/agents/documents/search/stop_words.py",
    "backend/agents/documents/search/vocabulary.py",
}
"""Files whose texts are words to look for in documents."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file that people may read, with their lines."""
    if path.suffix != ".py":
        yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def files(place: str) -> list[str]:
    """The files of a package, or the documents, whose texts people may read."""
    if place == "documents":
        paths = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    else:
        paths = [*(ROOT / place).rglob("*.py"), *(ROOT / place).rglob("*.jinja")]
    return sorted({str(path.relative_to(ROOT)) for path in paths} - LISTS_OF_WORDS)


def idioms(text: str) -> list[str]:
    """The idioms in a text."""
    return [name for name, pattern in IDIOMS.items() if re.search(pattern, text)]


@pytest.mark.parametrize("place", [*PACKAGES, "documents"])
def test_nobody_has_to_translate_a_text(place: str) -> None:
    paths = files(place)
    assert paths
    found = [
        f"{path}:{line}: {names}: {text.strip()[:90]}"
        for path in paths
        for line, text in texts(ROOT / path)
        if (names := idioms(text))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The tree is no tower.", ["is no"]),
        ("The link no longer works.", []),
        ("The link is no longer valid.", []),
        ("There is no agent 'x'.", []),
        ("The run goes on, and nobody is told.", ["told", "goes on"]),
        ("It holds what whoever asked sent.", ["holds", "whoever"]),
        ("The event behind the first one.", ["behind, of time"]),
        ("The button behind the picture.", []),
    ],
)
def test_an_idiom_is_found_and_plain_english_is_not(text: str, found: list[str]) -> None:
    assert idioms(text) == found
