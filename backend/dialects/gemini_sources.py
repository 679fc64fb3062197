"""The sources of a Gemini answer: grounding chunks with the ranges they support, and citations of what was recited.

Google counts in UTF-8 bytes of the part that is cited. A range also says its text, so where the text at the offsets is
another one (other units, or parts that are counted otherwise) the range goes to where that text stands.
"""

from collections.abc import Sequence

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import camel_case, object_of, objects_of, text_of, whole_number_of
from backend.dialects.text_offsets import TextOffsets
from backend.protocol.events import Span

_MAX_TRIED_PARTS = 32
_MAX_HELD = 10_000
_MAX_SEARCHES = 500
"""Ranges whose text is looked for in the whole answer."""


class GeminiSources:
    """Cites the sources of one answer."""

    def __init__(self, drafts: AnswerDrafts, text: TextOffsets) -> None:
        """``text`` is the answer as it grows."""
        self._drafts = drafts
        self._text = text
        self._chunks: list[JsonObject] = []
        self._cited: set[str] = set()
        self._supported = False
        self._searches = 0
        self._recited: list[tuple[JsonObject, int, int]] = []

    def read_grounding(self, grounding: JsonObject, starts: Sequence[int]) -> None:
        """What the answer rests on. ``starts``: where its text parts begin, in code points."""
        # A later message may repeat the list, or refer to the one before.
        self._chunks = objects_of(grounding, "groundingChunks")[:_MAX_HELD] or self._chunks
        for support in map(camel_case, objects_of(grounding, "groundingSupports")):
            self._supported = True
            span = self._span_of(camel_case(object_of(support, "segment")), starts)
            indices = support.get("groundingChunkIndices")
            for index in indices if isinstance(indices, list) else []:
                if isinstance(index, int) and 0 <= index < len(self._chunks):
                    self._cite(self._chunks[index], span)
                else:
                    self._drafts.warn("citation_unresolved", "The stream cites a source that it does not list.")

    def read_citations(self, metadata: JsonObject) -> None:
        """What the answer repeats from elsewhere, with ranges that may come before their text."""
        for source in objects_of(metadata, "citationSources") + objects_of(metadata, "citations"):
            source = camel_case(source)
            first, last = whole_number_of(source, "startIndex") or 0, whole_number_of(source, "endIndex")
            address = text_of(source, "uri") or text_of(source, "title")
            if not address:
                self._drafts.count_loss("citations without a source")
                continue
            self._cite_recited(source, None)
            if last is not None and len(self._recited) < _MAX_HELD:
                self._recited.append((source, first, last))

    @property
    def tool(self) -> str:
        """What finds sources such as the first of these; empty if there are none."""
        if not self._chunks:
            return ""
        first = camel_case(self._chunks[0])
        if "retrievedContext" in first:
            store = text_of(_source_of(first), "fileSearchStore")
            return "file_search" if store else "retrieval"
        return "google_maps" if "maps" in first else "google_search"

    def finish(self) -> None:
        """The answer is whole: ranges are sent, and sources that no range names are cited without one."""
        for source, first, last in self._recited:
            self._cite_recited(source, self._text.span_of_bytes(first, last))
        self._recited = []
        for chunk in self._chunks:
            if not self._supported:
                self._cite(chunk, None)
            elif _key_of(_source_of(chunk)) not in self._cited:
                self._drafts.count_loss("sources that were found and not cited")

    def _cite_recited(self, source: JsonObject, span: Span | None) -> None:
        address = text_of(source, "uri")
        title = text_of(source, "title") or address
        self._drafts.add_citation(f"recited {address or title}", title=title, url=address, span=span)

    def _cite(self, chunk: JsonObject, span: Span | None) -> None:
        source = _source_of(chunk)
        url = text_of(source, "uri")
        quote = text_of(source, "text") or text_of(object_of(source, "ragChunk"), "text")
        file = text_of(source, "fileSearchStore") or text_of(source, "documentName")
        key = _key_of(source)
        if not key:
            self._drafts.count_loss("sources without a name")
            return
        self._cited.add(key)
        title = text_of(source, "title") or url or file or "Retrieved text"
        self._drafts.add_citation(key, title=title, url=url, quote=quote, source=file, span=span)

    def _span_of(self, segment: JsonObject, starts: Sequence[int]) -> Span | None:
        first, last = whole_number_of(segment, "startIndex") or 0, whole_number_of(segment, "endIndex")
        said = text_of(segment, "text")
        if last is None:
            return self._where(said, 0)
        guess = self._text.span_of_bytes(first, last)
        if not said or self._stands(said, guess):
            return guess
        for start in [start for start in starts if start][:_MAX_TRIED_PARTS]:
            span = self._text.span_of_bytes(first, last, start)
            if self._stands(said, span):
                return span
        span = Span(start=first, end=last) if 0 <= first < last else None
        return span if self._stands(said, span) else self._where(said, guess.start if guess else 0)

    def _stands(self, said: str, span: Span | None) -> bool:
        return span is not None and self._text.part(span.start, span.end) == said

    def _where(self, said: str, near: int) -> Span | None:
        """Where that text stands: before the place that was meant, as too much may have been counted, or after it."""
        found = -1
        self._searches += 1
        if said and self._searches <= _MAX_SEARCHES:
            text = self._drafts.text
            found = text.rfind(said, 0, near + len(said))
            found = text.find(said, near) if found < 0 else found
        if found < 0:
            self._drafts.count_loss("ranges whose text is not in the answer")
            return None
        return Span(start=found, end=found + len(said))


def _source_of(chunk: JsonObject) -> JsonObject:
    held = (camel_case(object_of(camel_case(chunk), name)) for name in ("web", "retrievedContext", "maps"))
    return next((source for source in held if source), {})


def _key_of(source: JsonObject) -> str:
    """Each retrieved passage is one source; a page is one source however often it is listed."""
    return f"{text_of(source, 'uri') or text_of(source, 'documentName')}\n{text_of(source, 'text')}".strip()
