"""OpenAI chat completions: the answer as chunks.

Steps and artifacts have no place there and are left out. Citations become ``url_citation`` annotations, sent once,
before the finish reason: with the citation's own spans, else with the places of its markers, all in code points of the
answer. What people are asked is a call of the tool ``ask_person``, and the answer continues in the completion after its
result: until then ``finish_reason`` is ``tool_calls``. Else it is ``stop``: a run that did not complete ends with an
error object in place of a finish reason and of ``[DONE]``, so that no client takes it for a success. Usage is given
where the agent reported it, and never made up.
"""

from backend.dialects.encoding.encoder import AnsweredRun, JsonFields, data_frame, end_of
from backend.dialects.encoding.openai_answer import OpenAIAnswer, usage_fields
from backend.protocol.events import DoneEvent, Event, TokenEvent

DONE_MARKER = b"data: [DONE]\n\n"


class OpenAIChatEncoder:
    """Writes the chunks of one run. ``include_usage`` asks for a last chunk with the usage, where it is known."""

    def __init__(self, run: AnsweredRun, *, include_usage: bool = False) -> None:
        self._run = run
        self._include_usage = include_usage
        self._answer = OpenAIAnswer(run)
        self.suspended = False
        """Whether the completion ended with what people are asked: then the run is not over."""

    def begin(self) -> bytes:
        """The chunk that names the role."""
        return self._chunk({"role": "assistant", "content": ""})

    @property
    def waits(self) -> bool:
        """Whether the run asks something that nobody has answered yet."""
        return self._answer.waits

    def absorb(self, event: Event) -> None:
        """An event that the completion before had."""
        self._answer.take(event)

    def resume(self) -> bytes:
        """The completion that follows the answers begins."""
        self._answer.begin_here()
        return self.begin()

    def suspend(self, seq: int) -> bytes:
        """The completion ends after event ``seq`` of the run, with a call for everything that people are asked."""
        self.suspended = True
        calls = [{"index": index, **call} for index, call in enumerate(self._answer.calls(seq))]
        return self._chunk({"tool_calls": calls}) + self._chunk({}, "tool_calls") + DONE_MARKER

    def warn(self, code: str, message: str) -> bytes:
        """A warning that is not the run's: about what this client sent."""
        return self._chunk({}, None, {"warnings": [{"code": code, "message": message}]})

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
