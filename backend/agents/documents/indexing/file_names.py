"""The names in a file's path: ``2023 Q3 ACME.pdf``, ``CV_Jane_Doe.docx``, ``clients/Globex/notes.md``."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from backend.agents.documents.indexing.word_evidence import WordEvidence, is_model
from backend.agents.documents.periods import find_periods

_PARTS = re.compile(r"[\s_.,()\[\]+&]+")
_HYPHENS = re.compile(r"-+")
_PERIOD_PART = re.compile(
    r"(?:q[1-4]|[1-4]q|h[12]|fy\d*|\d+|v\d+|rev\d*|jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)", re.IGNORECASE
)
_IDENTIFIER = re.compile(r"[A-Za-z]{2,5}-?\d{4,}")
_KINDS = """
cv resume report reports annual quarterly monthly note notes minutes contract agreement manual guide handbook
protocol letter invoice offer order summary policy policies faq readme index final draft copy scan img doc docs
file files pdf csv data version new old prot icf sap form act item table contents section page title 10k 10q 10-k
10-q the and of for january february march april may june july august september october november december
"""
KIND_OF_FILE = frozenset(_KINDS.split())
_LONGEST_SYMBOL = 6
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{10}-\d{2}-\d{6}"
    r"|(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
"""Numbers that tools and authorities give: UUIDs, accession numbers, hashes."""


def names_in_path(name: str, evidence: WordEvidence) -> tuple[list[str], list[str]]:
    """The names in a path: those that the text writes as names or that look like one, and those it does not know."""
    sure: list[str] = []
    unsure: list[str] = []
    stem, *folders = [PurePosixPath(name).stem, *reversed(PurePosixPath(name).parts[:-1])]
    for part in (stem, *folders):
        for run in _runs(part, evidence):
            known = [word for word in run if _is_sure(word, evidence)]
            if known == run and len(run) > 1:
                sure.append(" ".join(evidence.as_written(word) for word in run))
            sure += (evidence.as_written(word) for word in known)
            unsure += (word for word in run if word not in known)
    return list(dict.fromkeys(sure)), list(dict.fromkeys(unsure))


def without_numbers(text: str) -> str:
    """The text without the numbers that tools and authorities give to documents."""
    return _NUMBERS.sub(" ", text)


def _runs(part: str, evidence: WordEvidence) -> Iterator[list[str]]:
    """Words of a path that may be names, those side by side together."""
    run: list[str] = []
    for word in [*_words(part), ""]:
        if word and _may_name(word, evidence):
            run.append(word)
        elif run:
            yield run
            run = []


def _words(part: str) -> Iterator[str]:
    spaced = without_numbers(part).replace("_", " ")
    for _, start, end in reversed(find_periods(spaced)):
        spaced = f"{spaced[:start]} {spaced[end:]}"
    for word in _PARTS.split(spaced):
        if is_model(word) or _IDENTIFIER.fullmatch(word):
            yield word
        else:
            yield from _HYPHENS.split(word)


def _may_name(word: str, evidence: WordEvidence) -> bool:
    if len(word) < 2 or _PERIOD_PART.fullmatch(word) or word.casefold() in KIND_OF_FILE:
        return False
    return (
        is_model(word) or _IDENTIFIER.fullmatch(word) is not None or (word.isalpha() and not evidence.is_common(word))
    )


def _is_sure(word: str, evidence: WordEvidence) -> bool:
    symbol = word.isalpha() and word.isupper() and len(word) <= _LONGEST_SYMBOL
    written = evidence.count(word) > 0 and not evidence.nouns_have_capitals
    return is_model(word) or symbol or written
