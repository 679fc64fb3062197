"""What a document is called: its title and source as a reader is shown them. A number or a tool's name is neither."""

import re
from pathlib import PurePosixPath

from backend.agents.documents.indexing.file_names import KIND_OF_FILE, without_numbers
from backend.agents.documents.indexing.profile import Profile
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
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|xlsx?|pptx?|odt|rtf|txt|html?|indd|tex|pages)\Z", re.IGNORECASE)
_TOOL_PREFIX = re.compile(r"\AMicrosoft (?:Word|PowerPoint|Excel) - ", re.IGNORECASE)


def stated_title(extraction: Extraction, name: str) -> str:
    """The title that a document gives itself, or its file name where that says more; empty if neither says anything.

    The first heading of pages is not taken as their title: it may be that of a form, or of the person who receives it.
    """
    path = PurePosixPath(name)
    given = extraction.fields.get("title", "") if extraction.pages else extraction.origin.title
    title = " ".join(_TOOL_PREFIX.sub("", given).split())
    return (title if says_something(title) and not _FILE_NAME.search(title) else _by_file(path, extraction.kind))[
        :MAX_LABEL_CHARS
    ]


def title_by_content(extraction: Extraction, profile: Profile, name: str) -> str:
    """What a document without a title is called: by whom and when it is about, its first lines, or its file name."""
    about = profile.subjects[0] if profile.subjects else ""
    when = profile.periods[0].label if profile.periods else ""
    by_profile = f"{about}, {when}" if about and when else ""
    return (by_profile or first_lines(extraction.text) or about or PurePosixPath(name).name)[:MAX_LABEL_CHARS]


def source_of(extraction: Extraction, name: str) -> str:
    """The source that the metadata names if the text names it as well, else the file name."""
    return extraction.origin.source if _is_known(extraction, extraction.origin.source) else name


def says_something(title: str) -> bool:
    """Whether a title has a word or a model number that can tell one document from another."""
    words = [word.strip("()[],.;") for word in _TOKEN.findall(without_numbers(title))]
    return any(
        is_model(word) or any(part.casefold() not in _NO_TITLE for part in _WORD.findall(word))
        for word in words
        if not _NUMBERED.fullmatch(word) and word.casefold() not in KIND_OF_FILE
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
    words = path.stem.replace("_", " ").replace("-", " ").strip()
    left = without_numbers(path.stem)
    return words[0].upper() + words[1:] if says_something(left) or find_periods(left) else ""


def _is_known(extraction: Extraction, source: str) -> bool:
    """Whether the source is named by the text or its own header; a PDF's author may be the tool that made it."""
    if not source or not extraction.pages:
        return bool(source)
    text = extraction.text[:_SOURCE_CHARS]
    return len(source) >= _SHORTEST_SOURCE and re.search(rf"\b{re.escape(source)}\b", text, re.IGNORECASE) is not None
