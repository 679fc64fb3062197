"""A run as OpenAI's chat completions have it: what is only known at its end, and a completion that is not streamed."""

from backend.dialects.encoding.encoder import AnsweredRun, JsonFields, end_of, failure_of, json_text
from backend.dialects.encoding.open_requests import OpenRequests, RequestName
from backend.dialects.encoding.request_answers import ASK_PERSON, asked_as_tool
from backend.protocol.addresses import safe_url
from backend.protocol.citations import find_markers
from backend.protocol.events import CitationEvent, DoneEvent, ErrorEvent, Event, TokenEvent, WarningEvent

_USAGE_NAMES = (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))


class OpenAICompletion:
    """Collects a run for an answer that is not streamed: ``answer`` at its end, or ``calls`` if people are asked."""

    def __init__(self, run: AnsweredRun) -> None:
        self.answer = OpenAIAnswer(run)
        self.calls: list[JsonFields] = []
        """What people are asked, once the completion ends with it."""

    @property
    def waits(self) -> bool:
        """Whether the run asks something that nobody has answered yet."""
        return self.answer.waits

    def begin(self) -> bytes:
        """Nothing is sent before the end."""
        return b""

    def encode(self, event: Event) -> bytes:
        """Keep the event."""
        self.answer.take(event)
        return b""

    def absorb(self, event: Event) -> None:
        """Keep an event of the completion before."""
        self.answer.take(event)

    def resume(self) -> bytes:
        """What follows is this completion."""
        self.answer.begin_here()
        return b""

    def suspend(self, seq: int) -> bytes:
        """The completion ends with what people are asked."""
        self.calls = self.answer.calls(seq)
        return b""


class OpenAIAnswer:
    """Collects a run for what can only be said at its end, and for an answer that is not streamed."""

    def __init__(self, run: AnsweredRun) -> None:
        self._run = run
        self._pieces: list[str] = []
        self._citations: dict[str, CitationEvent] = {}
        self.warnings: list[JsonFields] = []
        """Code and message of each."""
        self._requests = OpenRequests()
        self._begins_at = 0
        """Where this completion begins in the answer."""
        self.error: ErrorEvent | None = None
        self.done: DoneEvent | None = None

    @property
    def text(self) -> str:
        """The answer so far, without what the completions before had."""
        return "".join(self._pieces)[self._begins_at :]

    @property
    def waits(self) -> bool:
        """Whether the run asks something that nobody has answered yet."""
        return bool(self._requests.open)

    def begin_here(self) -> None:
        """What comes from now on is this completion."""
        self._begins_at = len("".join(self._pieces))

    def calls(self, seq: int) -> list[JsonFields]:
        """A tool call for everything that people are asked after event ``seq``."""
        made = []
        for asked in self._requests.open:
            name = str(RequestName(self._run.run_id, asked.input_id, seq))
            function = {"name": ASK_PERSON, "arguments": json_text(asked_as_tool(asked.request))}
            made.append({"id": name, "type": "function", "function": function})
        return made

    def take(self, event: Event) -> None:
        """One more event of the run."""
        self._requests.take(event)
        if isinstance(event, TokenEvent):
            self._pieces.append(event.text)
        elif isinstance(event, CitationEvent):
            key = f"{len(self._citations)} without id" if event.citation_id is None else f"id {event.citation_id}"
            self._citations[key] = event
        elif isinstance(event, WarningEvent):
            self.warnings.append({"code": event.code, "message": event.message})
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

    def suspended_completion(self, calls: list[JsonFields]) -> JsonFields:
        """The answer so far as one object that ends with tool calls."""
        message = {"role": "assistant", "content": self.text, "refusal": None, "tool_calls": calls}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls"}
        return {**self.heading("chat.completion"), "choices": [choice]}

    def completion(self, done: DoneEvent) -> JsonFields:
        """The whole answer of a run that completed, as one object."""
        message = {"role": "assistant", "content": self.text, "refusal": None, "annotations": self.annotations()}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        told = {**end_of(self._run, done), "warnings": self.warnings}
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
        text = "".join(self._pieces)
        places: dict[int, list[tuple[int, int]]] = {}
        cited = {citation.number for citation in self._citations.values() if citation.number is not None}
        for marker in find_markers(text, cited):
            places.setdefault(marker.number, []).append((marker.start, marker.end))
        made = []
        for key, citation in self._citations.items():
            ranges = [(span.start, span.end) for span in citation.spans]
            ranges = ranges or (places.get(citation.number, []) if citation.number is not None else [])
            shifted = [(start - self._begins_at, end - self._begins_at) for start, end in ranges]
            here = [place for place in shifted if place[0] >= 0]
            if ranges and not here:
                # The completion before had it.
                continue
            made += [_annotation(citation, key, start, end) for start, end in here or [(0, 0)]]
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
