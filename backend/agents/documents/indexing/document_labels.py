"""What a document is called: its title and source as a reader is shown them. A number or a tool's name is neither."""

import re
from pathlib import PurePosixPath

from backend.agents.documents.indexing.word_evidence import is_model
from backend.agents.documents.periods import find_periods
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS, Extraction

_WORD = re.compile(r"[^\W\d_]{2,}")
_TOKEN = re.compile(r"[^\s_]+")
_NUMBERED = re.compile(
    r"(?=.*\d)[\dA-Za-z]*\d{5,}[\dA-Za-z]*|[0-9a-fA-F]{8,}|(?:scan|img|dsc|doc|file)[-_]?\d+", re.IGNORECASE
)
_SAYING_NO_MORE = """
untitled document documents doc form file scan scanned draft final copy template version microsoft word powerpoint
excel presentation slide pdf page title new prot icf sap the of and
"""
_NO_TITLE = frozenset(_SAYING_NO_MORE.split())
"""Words that say what a file is, not which one."""
_TITLE_PAGE_CHARS = 1_500
_LONGEST_TITLE = 160
_SHORTEST_SOURCE, _SOURCE_CHARS = 5, 200_000
_SENTENCE_END = re.compile(r"[.!?;:,]\Z")
_TOOL_PREFIX = re.compile(r"\AMicrosoft (?:Word|PowerPoint|Excel) - ", re.IGNORECASE)


def labels_of(extraction: Extraction, name: str) -> tuple[str, str]:
    """The title and source of the document at this path in the folder.

    The title is that of its metadata if it says something, else its file name if that does, else the first lines of
    the text. The source is what the metadata names if the text names it as well, else the file name.
    """
    origin, path = extraction.origin, PurePosixPath(name)
    title = " ".join(_TOOL_PREFIX.sub("", origin.title).split())
    if not says_something(title) or title.casefold().endswith(path.suffix.casefold()):
        title = _by_file(path, extraction.kind) or first_lines(extraction.text) or _plain(path)
    return title[:MAX_LABEL_CHARS], origin.source if _is_known(extraction, origin.source) else name


def says_something(title: str) -> bool:
    """Whether a title has a word or a model number that can tell one document from another."""
    words = [word for word in _TOKEN.findall(title) if not _NUMBERED.fullmatch(word.strip("()[],.;"))]
    return any(
        is_model(word) or any(part.casefold() not in _NO_TITLE for part in _WORD.findall(word)) for word in words
    )


def first_lines(text: str) -> str:
    """The first lines of a text that read like a title, joined; empty if it begins with something else."""
    taken: list[str] = []
    for line in text[:_TITLE_PAGE_CHARS].splitlines():
        clean = " ".join(line.split())
        if not clean or not says_something(clean):
            if taken:
                break
            continue
        if len(" ".join([*taken, clean])) > _LONGEST_TITLE:
            break
        taken.append(clean)
        if len(taken) == 3 or (_SENTENCE_END.search(clean) and not clean.endswith((":", ","))):
            break
    return " ".join(taken)


def _by_file(path: PurePosixPath, kind: str) -> str:
    if kind == "table":
        return path.name
    words = _plain(path)
    named = [word for word in words.split() if not _NUMBERED.fullmatch(word)]
    return words if named and (says_something(" ".join(named)) or find_periods(words)) else ""


def _plain(path: PurePosixPath) -> str:
    words = path.stem.replace("_", " ").replace("-", " ").strip()
    return words[0].upper() + words[1:] if words else path.name


def _is_known(extraction: Extraction, source: str) -> bool:
    """Whether the source is named by the text or its own header; a PDF's author may be the tool that made it."""
    if not source or not extraction.pages:
        return bool(source)
    text = extraction.text[:_SOURCE_CHARS]
    return len(source) >= _SHORTEST_SOURCE and re.search(rf"\b{re.escape(source)}\b", text, re.IGNORECASE) is not None
