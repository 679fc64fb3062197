"""The sources of one run by number: passages that the model may cite, and sources that its provider names.

A passage keeps its number however often it is found, so that ``[3]`` means the same throughout the answer. Sources that
the provider names are numbered from there on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from backend.agents.documents.answering.quotes import Quote
from backend.agents.documents.indexing.stored_documents import Document, Passage
from backend.protocol.events import CitationEvent, Locator, Span


@dataclass(slots=True)
class Sources:
    """The sources that may be cited, and those already cited."""

    _numbers: dict[object, int] = field(default_factory=dict)
    _citations: dict[int, CitationEvent] = field(default_factory=dict)
    _told: set[int] = field(default_factory=set)

    def number_of_passage(self, passage: Passage) -> int:
        """The number by which the model may cite this passage."""
        document = passage.document
        locator = Locator(page=passage.page, line=passage.line, start=passage.start, end=passage.end)
        fields = _described(document) | {"quote": passage.text, "locator": locator}
        return self._number((document.digest, document.name, passage.start, passage.end), fields)

    def number_of_quote(self, quote: Quote) -> int:
        """The number by which the model may cite this quote."""
        citation = quote.citation(1)
        fields = citation.model_dump(include={"title", "source", "url", "quote", "document_id", "locator"})
        return self._number((quote.document.digest, *quote.key), fields)

    def number_of_table(self, document: Document) -> int:
        """The number by which the model may cite figures of this table. A table has no quote."""
        return self.number_of_document(document)

    def number_of_document(self, document: Document) -> int:
        """The number by which the model may cite a document as a whole, without a quote."""
        return self._number((document.digest, document.name), _described(document))

    def cite(self, number: int, span: Span | None) -> CitationEvent | None:
        """The event with which the source supports this range of the answer.

        None if it adds nothing, or if no source has that number (see ``has``).
        """
        known = self._citations.get(number)
        if known is None:
            return None
        if number in self._told and (span is None or span in known.spans):
            return None
        self._told.add(number)
        spans = known.spans if span is None or span in known.spans else (*known.spans, span)
        self._citations[number] = known.model_copy(update={"spans": spans})
        return self._citations[number]

    def cite_named(self, key: object, fields: Mapping[str, object], span: Span | None) -> CitationEvent | None:
        """The same for a source that the provider names: ``key`` distinguishes it from others, ``fields`` describe
        it."""
        return self.cite(self._number(("named", key), fields), span)

    @property
    def numbers(self) -> Collection[int]:
        """The numbers that may be cited."""
        return self._citations.keys()

    def has(self, number: int) -> bool:
        """True if a source has that number."""
        return number in self._citations

    def _number(self, key: object, fields: Mapping[str, object]) -> int:
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        if number not in self._citations:
            described = {"citation_id": f"c{number}", "number": number, **fields}
            self._citations[number] = CitationEvent.model_validate(described)
        return number


def _described(document: Document) -> dict[str, object]:
    return {
        "title": document.title,
        "source": document.source,
        "url": document.url or None,
        "document_id": document.name,
    }
