"""The main sections of a document: a few headings below which most of it stands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.agents.documents.answering.boilerplate import is_boilerplate
from backend.agents.documents.indexing.stored_documents import Section

MOST_SECTIONS, FEWEST_SECTIONS = 8, 4
_MUCH = 0.5
"""The share of a document from which a section with others in it is shown by these."""
_LONGEST_TITLE = 90
_WORD = re.compile(r"[^\W\d_]{3,}")
_NO_MATTER = re.compile(
    r"\A\W*(?:table of |list of )?(?:contents|figures|tables|abbreviations|acronyms|signatures?|exhibits?|references|"
    r"bibliography|certifications?|index|glossary|imprint|copyright|acknowledge?ments?|appendi(?:x|ces))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SectionNode:
    """A section with those within it, and how many passages all of them have."""

    path: tuple[str, ...]
    first: int
    page: int | None
    passages: int = 0
    within: "tuple[SectionNode, ...]" = ()

    @property
    def title(self) -> str:
        """Its heading on one line."""
        return " ".join(self.path[-1].split())


def main_sections(sections: Iterable[Section], depth: int) -> tuple[list[SectionNode], int]:
    """The main ones of these sections, in order, and how many more there are; their paths share ``depth`` headings."""
    return _chosen(_tree(sections, depth))


def _tree(sections: Iterable[Section], depth: int) -> list[SectionNode]:
    """The sections at this depth of the paths, each with those within it, in order."""
    groups: dict[tuple[str, ...], list[Section]] = {}
    for section in sections:
        if len(section.path) > depth and any(section.path):
            groups.setdefault(section.path[: depth + 1], []).append(section)
    return [
        SectionNode(
            path,
            min(one.first for one in group),
            group[0].page,
            sum(one.passages for one in group),
            tuple(_tree(group, depth + 1)),
        )
        for path, group in groups.items()
    ]


def _chosen(nodes: Sequence[SectionNode]) -> tuple[list[SectionNode], int]:
    """A few sections that are most of the document, in order, and how many more there are."""
    chosen = [node for node in nodes if not _NO_MATTER.match(node.title)]
    while parted := _to_part(chosen):
        within = [node for node in parted.within if not _NO_MATTER.match(node.title)]
        chosen = [one for node in chosen for one in (within if node is parted else [node])]
    named = [node for node in chosen if _is_title(node.title)]
    kept = sorted(named, key=lambda node: -node.passages)[:MOST_SECTIONS]
    return sorted(kept, key=lambda node: node.first), len(named) - len(kept)


def _to_part(nodes: Sequence[SectionNode]) -> SectionNode | None:
    """The section to show by those within it: one that is most of all, or the largest while there are too few."""
    whole = sum(node.passages for node in nodes)
    parents = [node for node in nodes if node.within]
    largest = max(parents, key=lambda node: node.passages, default=None)
    if largest is None:
        return None
    is_much = largest.passages > whole * _MUCH or not _is_title(largest.title)
    return largest if is_much or len(nodes) < FEWEST_SECTIONS else None


def _is_title(title: str) -> bool:
    letters, digits = sum(map(str.isalpha, title)), sum(map(str.isdigit, title))
    return (
        bool(_WORD.search(title))
        and letters > 2 * digits
        and len(title) <= _LONGEST_TITLE
        and not is_boilerplate(title)
    )
