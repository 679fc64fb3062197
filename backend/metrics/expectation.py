"""What a suite knows to be right about the answer to a question, for the metrics that compare a run with it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import unquote

from backend.metrics.numbers import Number
from backend.protocol.events import CitationEvent

_SUFFIX: Final = re.compile(r"\.\w{1,8}\Z")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is right.

    ``sources`` are globs over file names, one of which the answer must rest on; ``subject`` are globs for every file
    that is about what was asked, the same as ``sources`` unless given. ``numbers`` and ``text`` must stand in the
    answer or its artifacts. ``not_found`` says whether the answer must be that nothing was found; None where either
    is right.
    """

    sources: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    text: tuple[str, ...] = ()
    not_found: bool | None = None

    @property
    def of_the_subject(self) -> tuple[str, ...]:
        """The globs of files that may be quoted."""
        return self.subject or self.sources


def is_source(citation: CitationEvent, globs: Sequence[str]) -> bool:
    """Whether a citation is of a file that one of the globs names, case ignored."""
    names = set(source_names(citation))
    patterns = [glob.strip().casefold() for glob in globs]
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns for name in names)


def source_names(citation: CitationEvent) -> Iterator[str]:
    """What a citation calls its file, case folded: its document id, source, title and address, and for each the last
    part of its path, with and without its suffix."""
    for name in (citation.document_id, citation.source, citation.title, citation.url):
        if name is None or not name.strip():
            continue
        whole = unquote(name.strip()).casefold()
        last = re.split(r"[/\\]", re.split(r"[?#]", whole)[0].rstrip("/"))[-1]
        yield whole
        yield last
        yield _SUFFIX.sub("", last)


def shown_source(citation: CitationEvent) -> str:
    """The name by which people know a citation's file."""
    return citation.document_id or citation.title or citation.source or citation.url or "a source without a name"
