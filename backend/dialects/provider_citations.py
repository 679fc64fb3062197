"""Citations that an AI SDK stream carries only in its providers' metadata: with their spans, which its sources lack.

pydantic-ai's encoder hands on what the provider said of a text part (``provider_details.citations``) and makes one
source of all that share an address. Read here are three providers' forms: OpenAI's ``url_citation`` (code points of
the part), Google's grounding supports (UTF-8 bytes of the part) and Anthropic's search results (a quote, no range).
"""

from dataclasses import dataclass

from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, text_of, whole_number_of
from backend.protocol.events import Span

MAX_CITATIONS = 1_000
"""What is read of one text part."""


@dataclass(frozen=True, slots=True)
class ProviderCitation:
    """A source's address, what is quoted of it, and what it supports, in code points of the answer."""

    url: str
    quote: str = ""
    span: Span | None = None


def provider_citations(metadata: JsonObject) -> list[JsonObject]:
    """The citations in the metadata of a text part, as their provider wrote them."""
    details = object_of(object_of(metadata, "pydantic_ai"), "provider_details")
    return objects_of(details, "citations")[:MAX_CITATIONS]


def read_citations(told: list[JsonObject], part: str, begins_at: int) -> list[ProviderCitation]:
    """The citations of the text ``part`` that begins ``begins_at`` code points into the answer."""
    found = []
    part_bytes = part.encode()
    for citation in told:
        if url := text_of(citation, "url"):
            span = _span(whole_number_of(citation, "start_index"), whole_number_of(citation, "end_index"), len(part))
            found.append(ProviderCitation(url, text_of(citation, "cited_text"), _moved(span, begins_at)))
            continue
        segment = object_of(citation, "segment")
        start, end = whole_number_of(segment, "start_index") or 0, whole_number_of(segment, "end_index")
        in_bytes = _span(start, end, len(part_bytes))
        span = _code_points(in_bytes, part_bytes) if in_bytes else None
        chunks = [object_of(chunk, "web") for chunk in objects_of(citation, "grounding_chunks")]
        urls = [url for chunk in chunks if (url := text_of(chunk, "uri"))]
        found += [ProviderCitation(url, span=_moved(span, begins_at)) for url in urls]
    return found


def _span(start: int | None, end: int | None, length: int) -> Span | None:
    return Span(start=start, end=end) if start is not None and end is not None and 0 <= start < end <= length else None


def _code_points(span: Span, text: bytes) -> Span:
    start = len(text[: span.start].decode("utf-8", "ignore"))
    return Span(start=start, end=start + len(text[span.start : span.end].decode("utf-8", "ignore")))


def _moved(span: Span | None, by: int) -> Span | None:
    return Span(start=span.start + by, end=span.end + by) if span else None
