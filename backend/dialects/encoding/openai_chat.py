"""OpenAI chat completions: the answer as chunks, or as one completion.

Steps and artifacts have no place there and are left out. Citations become ``url_citation`` annotations, sent once,
before the finish reason: with the citation's own spans, else with the places of its markers, all in code points of the
answer. ``finish_reason`` is only ever ``stop``: a run that did not complete ends with an error object in place of a
finish reason and of ``[DONE]``, so that no client takes it for a success. Usage is given where the agent reported it,
and never made up.
"""

from backend.dialects.encoding.encoder import (
    AnsweredRun,
    JsonFields,
    data_frame,
    end_of,
    failure_of,
)
from backend.protocol.addresses import safe_url
from backend.protocol.citations import find_markers
from backend.protocol.events import CitationEvent, DoneEvent, ErrorEvent, Event, TokenEvent, WarningEvent

DONE_MARKER = b"data: [DONE]\n\n"

_USAGE_NAMES = (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))


class OpenAIChatEncoder:
    """Writes the chunks of one run. ``include_usage`` asks for a last chunk with the usage, where it is known."""

    def __init__(self, run: AnsweredRun, *, include_usage: bool = False) -> None:
        self._run = run
        self._include_usage = include_usage
        self._answer = OpenAIAnswer(run)

    def begin(self) -> bytes:
        """The chunk that names the role."""
        return self._chunk({"role": "assistant", "content": ""})

    def encode(self, event: Event) -> bytes:
        """A token as a delta; the end as annotations, finish reason and marker, or as an error."""
        self._answer.take(event)
        if isinstance(event, TokenEvent) and event.text:
            return self._chunk({"content": event.text})
        if not isinstance(event, DoneEvent):
            return b""
        if event.outcome != "completed":
            return data_frame({"error": self._answer.error_fields(event)})
        annotations = self._answer.annotations()
        end = self._chunk({"annotations": annotations}) if annotations else b""
        end += self._chunk({}, "stop", end_of(self._run, event))
        usage = usage_fields(event)
        if self._include_usage and usage is not None:
            end += data_frame({**self._answer.heading("chat.completion.chunk"), "choices": [], "usage": usage})
        return end + DONE_MARKER

    def _chunk(self, delta: JsonFields, finish_reason: str | None = None, end: JsonFields | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk = {**self._answer.heading("chat.completion.chunk"), "choices": [choice]}
        if self._include_usage:
            chunk["usage"] = None
        if end is not None:
            chunk["playhead"] = end
        return data_frame(chunk)


class OpenAIAnswer:
    """Collects a run for what can only be said at its end, and for an answer that is not streamed."""

    def __init__(self, run: AnsweredRun) -> None:
        self._run = run
        self._pieces: list[str] = []
        self._citations: dict[str, CitationEvent] = {}
        self._warnings: list[JsonFields] = []
        self.error: ErrorEvent | None = None
        self.done: DoneEvent | None = None

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self._pieces)

    def take(self, event: Event) -> None:
        """One more event of the run."""
        if isinstance(event, TokenEvent):
            self._pieces.append(event.text)
        elif isinstance(event, CitationEvent):
            key = f"{len(self._citations)} without id" if event.citation_id is None else f"id {event.citation_id}"
            self._citations[key] = event
        elif isinstance(event, WarningEvent):
            self._warnings.append({"code": event.code, "message": event.message})
        elif isinstance(event, ErrorEvent):
            self.error = event
        elif isinstance(event, DoneEvent):
            self.done = event

    def heading(self, kind: str) -> JsonFields:
        """The fields that every object of the answer begins with; ``created`` is in seconds since 1970."""
        return {
            "id": f"chatcmpl-{self._run.run_id}",
            "object": kind,
            "created": self._run.created_ms // 1000,
            "model": self._run.agent,
        }

    def completion(self, done: DoneEvent) -> JsonFields:
        """The whole answer of a run that completed, as one object."""
        message = {"role": "assistant", "content": self.text, "refusal": None, "annotations": self.annotations()}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        told = {**end_of(self._run, done), "warnings": self._warnings}
        usage = usage_fields(done)
        counted = {"usage": usage} if usage is not None else {}
        return {**self.heading("chat.completion"), "choices": [choice], **counted, "playhead": told}

    def error_fields(self, done: DoneEvent) -> JsonFields:
        """The error object of a run that did not complete."""
        code, message = failure_of(done, self.error)
        kind = "timeout_error" if done.outcome == "timed_out" else "server_error"
        return {"message": message, "type": kind, "param": None, "code": code, "playhead": end_of(self._run, done)}

    def annotations(self) -> list[JsonFields]:
        """Where the answer rests on which source; a citation that is referred to nowhere gets an empty range."""
        text = self.text
        places: dict[int, list[tuple[int, int]]] = {}
        cited = {citation.number for citation in self._citations.values() if citation.number is not None}
        for marker in find_markers(text, cited):
            places.setdefault(marker.number, []).append((marker.start, marker.end))
        made = []
        for key, citation in self._citations.items():
            ranges = [(span.start, span.end) for span in citation.spans]
            ranges = ranges or (places.get(citation.number, []) if citation.number is not None else [])
            for start, end in ranges or [(0, 0)]:
                made.append(_annotation(citation, key, start, end))
        return made


def usage_fields(done: DoneEvent) -> JsonFields | None:
    """Usage under OpenAI's names, or None where the agent reported none."""
    told = done.usage or {}
    found = {theirs: told.get(ours) for theirs, ours in _USAGE_NAMES}
    counts = {name: value for name, value in found.items() if isinstance(value, int) and not isinstance(value, bool)}
    if not counts:
        return None
    both = {theirs: counts.get(theirs, 0) for theirs, _ in _USAGE_NAMES}
    return {**both, "total_tokens": sum(both.values())}


def _annotation(citation: CitationEvent, key: str, start: int, end: int) -> JsonFields:
    # The dialect knows only sources with an address: one without gets a name that leads nowhere.
    url = safe_url(citation.url) or f"urn:playhead:citation:{key.removeprefix('id ')}"
    cited = {"start_index": start, "end_index": end, "title": citation.title, "url": url}
    if citation.quote:
        cited["content"] = citation.quote
    return {"type": "url_citation", "url_citation": cited}
