"""The sources of an AI SDK stream, with what a provider's metadata says of them before they come.

Sources are identified by address, so that one sent twice is one.
"""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import text_of
from backend.dialects.provider_citations import MAX_CITATIONS, ProviderCitation, provider_citations, read_citations
from backend.dialects.step_drafts import MAX_STEPS

_LONGEST_CITED = 500_000
"""Code points of an answer up to which spans are looked for in it: each text part asks for the whole of it."""


class AiSdkSources:
    """The sources of one stream."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._parts: dict[str, int] = {}
        """Open text parts: where in the answer they begin."""
        self._reported: dict[str, list[ProviderCitation]] = {}
        """Citations of sources that have not come yet, by their address."""

    def begin_part(self, part_id: str) -> None:
        """A text part begins here in the answer."""
        if len(self._parts) < MAX_STEPS:
            self._parts[part_id] = self._drafts.length

    def begin_anew(self) -> None:
        """The parts so far are not the answer's any more."""
        self._parts.clear()

    def finish(self) -> None:
        """No source comes any more."""
        for citations in self._reported.values():
            self._drafts.count_loss("citations that stand only in a provider's metadata", len(citations))

    def read_metadata(self, metadata: JsonObject, part_id: str) -> None:
        """What a provider says of a text part: its citations, if there are any."""
        told = provider_citations(metadata)
        if not told or self._drafts.length > _LONGEST_CITED:
            self._drafts.count_loss("metadata of the provider")
            return
        begins_at = self._parts.pop(part_id, self._drafts.length)
        citations = read_citations(told, self._drafts.text[begins_at:], begins_at)
        if len(told) > len(citations):
            self._drafts.count_loss("citations of a form that is not known", len(told) - len(citations))
        for citation in citations:
            known = self._reported.setdefault(citation.url, []) if len(self._reported) < MAX_CITATIONS else []
            known.append(citation)

    def read(self, kind: str, message: JsonObject) -> None:
        """Read one chunk of a source."""
        if kind == "source-url" and (url := text_of(message, "url")):
            self._read_web_source(url, text_of(message, "title"))
        elif kind == "source-document":
            self._read_document(message)
        else:
            self._drafts.count_loss(f"chunks of type {kind[:40]}")

    def _read_web_source(self, url: str, title: str) -> None:
        """A source with an address, with what a provider sent about it before it came."""
        reported = self._reported.pop(url, [])
        quotes = [citation.quote for citation in reported if citation.quote]
        spans = tuple(dict.fromkeys(citation.span for citation in reported if citation.span))
        self._count_lost_spans(url, has_spans=bool(spans))
        self._drafts.add_citation(url, title=title or url, url=url, quote=quotes[0] if quotes else "", spans=spans)
        if len(reported) > 1:
            loss = "citations that the sender made one of, since they share an address"
            self._drafts.count_loss(loss, len(reported) - 1)
        if len(quotes) > 1:
            self._drafts.count_loss("further quotes of one source", len(quotes) - 1)

    def _read_document(self, message: JsonObject) -> None:
        title, source_id, file = text_of(message, "title"), text_of(message, "sourceId"), text_of(message, "filename")
        key = f"document {source_id or file or title}"
        self._count_lost_spans(key, has_spans=False)
        self._drafts.add_citation(key, title=title or file or source_id, source=file, document_id=source_id)

    def _count_lost_spans(self, key: str, *, has_spans: bool) -> None:
        if self._drafts.citation_id(key) is not None:
            self._drafts.count_loss("citations sent twice, kept once")
        elif not has_spans:
            self._drafts.count_loss("spans of citations, which the stream has none of")
