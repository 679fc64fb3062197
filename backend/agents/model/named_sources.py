"""A source that the provider names itself, as the fields of a citation."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_ai.messages import CitationSource

_MOST_QUOTED = 2_000
"""Characters of an excerpt that are shown: some providers send a whole page."""


def described(source: "CitationSource") -> tuple[object, dict[str, object]]:
    """A key that distinguishes the source from others, and the fields of its citation."""
    quote = source.excerpts[0][:_MOST_QUOTED] if source.excerpts else None
    if source.kind == "web":
        return ("web", source.url), {"title": source.title or source.url, "url": source.url, "quote": quote}
    title = source.title or source.document_id or "Document"
    fields: dict[str, object] = {"title": title, "document_id": source.document_id, "quote": quote}
    return ("document", source.document_id or source.title, quote if not source.document_id else None), fields
