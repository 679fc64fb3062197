"""The sources of chat completions: annotations of the text, retrieved passages, and lists beside the answer."""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, text_of, whole_number_of
from backend.protocol.events import Span


class ChatSources:
    """The sources of one answer."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts

    def read_delta(self, delta: JsonObject) -> None:
        """The sources in one piece of a message."""
        for annotation in objects_of(delta, "annotations"):
            self._read_annotation(annotation)
        for passage in objects_of(object_of(delta, "context"), "citations"):
            self._read_passage(passage)
        beside = object_of(delta, "provider_specific_fields")
        if cited := object_of(beside, "citation"):
            self._read_cited(cited)
        listed = beside.get("citations")
        for group in listed if isinstance(listed, list) else []:
            for cited in objects_of({"group": group if isinstance(group, list) else [group]}, "group"):
                self._read_cited(cited)

    def _read_cited(self, cited: JsonObject) -> None:
        """A citation of Anthropic's that LiteLLM hands on: it names what is quoted, and not what it supports."""
        url, quote = text_of(cited, "url"), text_of(cited, "cited_text")
        title = text_of(cited, "title") or text_of(cited, "document_title")
        if not (url or quote or title):
            self._drafts.count_loss(f"annotations of type {text_of(cited, 'type')[:40] or 'unknown'}")
            return
        self._drafts.count_loss("places of citations that name no range")
        self._drafts.add_citation(f"{url or title}\n{quote}", title=title or url or "Cited text", url=url, quote=quote)

    def _read_annotation(self, annotation: JsonObject) -> None:
        cited = object_of(annotation, "url_citation")
        url = text_of(cited, "url")
        if text_of(annotation, "type") != "url_citation" or not url:
            self._drafts.count_loss(f"annotations of type {text_of(annotation, 'type')[:40] or 'unknown'}")
            return
        self._drafts.add_citation(
            url, title=text_of(cited, "title") or url, url=url, quote=text_of(cited, "content"), span=_span_of(cited)
        )

    def _read_passage(self, passage: JsonObject) -> None:
        url, quote = text_of(passage, "url"), text_of(passage, "content")
        file = text_of(passage, "filepath")
        title = text_of(passage, "title") or file or url or "Retrieved text"
        self._drafts.add_citation(f"{url or file}\n{quote}", title=title, url=url, quote=quote, source=file)

    def read_lists(self, message: JsonObject) -> None:
        """The sources that a chunk lists beside its choices."""
        results = {text_of(result, "url"): result for result in objects_of(message, "search_results")}
        citations = message.get("citations")
        listed = citations if isinstance(citations, list) else list(results)
        for source in listed:
            url = source if isinstance(source, str) else text_of(source, "url") if isinstance(source, dict) else ""
            if url:
                result = results.get(url, {})
                quote = text_of(result, "snippet")
                self._drafts.add_citation(url, title=text_of(result, "title") or url, url=url, quote=quote)


def _span_of(cited: JsonObject) -> Span | None:
    """The supported range; equal ends (0 and 0) are how servers say that they know none."""
    start, end = whole_number_of(cited, "start_index"), whole_number_of(cited, "end_index")
    return Span(start=start, end=end) if start is not None and end is not None and 0 <= start < end else None
