"""The names on a document's title page: lines of names, ``Label: value`` lines, ticker symbols, running headers."""

import re
from collections import Counter
from collections.abc import Iterator

from backend.agents.documents.indexing.file_names import KIND_OF_FILE
from backend.agents.documents.indexing.word_evidence import WordEvidence, is_model
from backend.agents.documents.periods import find_periods
from backend.agents.documents.readers.extraction import Extraction

TITLE_PAGE_CHARS = 5_000
_FIRST_LINES = 6
_TOKEN = re.compile(r"[^\s,;:()\[\]\"“”|/]+|[,;:()\[\]\"“”|/]")
_JOINING_WORDS = "of and & de von van der the for"
_JOINING = frozenset(_JOINING_WORDS.split())
_LABELLED = re.compile(
    r"\b([A-Z][A-Za-z&/ ]{2,30}?)\s?[:：]\s+([^\n:]{2,60}?)(?=\s{2,}|\n|\s+[A-Z][A-Za-z&/ ]{2,30}:|\Z)"
)
_NUMBER_OF_NAME = re.compile(r"\d{1,4}")
"""A number right after a name belongs to it: ``Aerix 300``, ``Harbour Street 12``."""
_SYMBOL_LABEL = re.compile(r"(?:trading|ticker)\s+symbol|\bticker\b", re.IGNORECASE)
_SYMBOL = re.compile(r"(?<![\w.&-])[A-Z]{2,5}(?![\w&-])")
_EXCHANGE = re.compile(r"\((?:NASDAQ|NYSE|LSE|XETRA|Euronext|ETR|TSX|ASX)\s*:\s*([A-Z.]{1,6})\)", re.IGNORECASE)
_EXCHANGES_WORDS = "NASDAQ NYSE LLC LSE AMEX INC USD EUR CORP THE AND FORM"
_EXCHANGES = frozenset(_EXCHANGES_WORDS.split())
_SYMBOL_CHARS = 500
_RUNNING_SHARE = 0.3
_FEWEST_PAGES = 3


def name_runs(line: str, evidence: WordEvidence) -> Iterator[str]:
    """Names in a line: words that the text never writes in lower case, next to one another, and model numbers."""
    run: list[str] = []
    for _, start, end in reversed(find_periods(line)):
        line = f"{line[:start]} . {line[end:]}"
    for token in [*_TOKEN.findall(line), ""]:
        word = token.strip(".'’*#")
        bare = re.sub(r"['’]s\Z", "", word)
        if bare and _may_name(bare, evidence):
            run.append(bare)
        elif run and (word.casefold() in _JOINING or _NUMBER_OF_NAME.fullmatch(word)):
            run.append(word)
        else:
            while run and run[-1].casefold() in _JOINING:
                run.pop()
            if run:
                yield " ".join(run)
            run = []


def _may_name(word: str, evidence: WordEvidence) -> bool:
    if len(word) < 2 or word.casefold() in KIND_OF_FILE:
        return False
    return is_model(word) or (word[0].isupper() and not evidence.nouns_have_capitals and not evidence.is_common(word))


def first_lines(text: str) -> list[str]:
    """The first lines with anything in them."""
    lines = (line.strip() for line in text[:TITLE_PAGE_CHARS].splitlines())
    return [line for line in lines if line][:_FIRST_LINES]


def labelled_values(text: str) -> Iterator[tuple[str, str]]:
    """Pairs (label, value) of lines such as ``Aircraft: Cessna 152``."""
    for match in _LABELLED.finditer(text[:TITLE_PAGE_CHARS]):
        yield match[1].strip(), match[2].strip()


def ticker_symbols(text: str) -> list[str]:
    """Symbols that the title page gives below ``Trading symbol`` or beside the name of an exchange; mostly one."""
    page = text[:TITLE_PAGE_CHARS]
    found = [match[1] for match in _EXCHANGE.finditer(page)]
    label = _SYMBOL_LABEL.search(page)
    if label:
        near = [one for one in _SYMBOL.findall(page, label.end(), label.end() + _SYMBOL_CHARS) if one not in _EXCHANGES]
        found += [near[0]] if near else []
    return list(dict.fromkeys(found))


def running_lines(extraction: Extraction) -> list[str]:
    """Lines that many pages begin or end with, page numbers apart."""
    starts = [offset for offset, _ in extraction.pages]
    if len(starts) < _FEWEST_PAGES:
        return []
    counts: Counter[str] = Counter()
    for start, end in zip(starts, [*starts[1:], len(extraction.text)], strict=True):
        lines = [line.strip() for line in extraction.text[start:end].splitlines() if line.strip()]
        counts.update({re.sub(r"\d+", "#", line) for line in (*lines[:2], *lines[-2:]) if len(line) < 120})
    return [line.replace("#", " ") for line, count in counts.most_common(4) if count >= len(starts) * _RUNNING_SHARE]
