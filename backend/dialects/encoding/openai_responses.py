"""OpenAI's Responses API: the answer as one message item, in events with numbers, or as one response.

Steps and artifacts have no place there and are left out. Citations become ``url_citation`` annotations of the text,
sent once, at its end. What people are asked is a ``function_call`` of ``ask_person`` after the message: the response is
complete, and the one after its ``function_call_output`` has the rest of the answer. A run that did not complete is a
response that failed.
"""

from backend.dialects.encoding.encoder import AnsweredRun, JsonFields, data_frame, end_of
from backend.dialects.encoding.openai_answer import OpenAIAnswer, usage_fields
from backend.protocol.events import DoneEvent, Event, TokenEvent

PREFIX = "resp_"


class OpenAIResponsesEncoder:
    """Writes the events of one response to one reader."""

    def __init__(self, run: AnsweredRun) -> None:
        self._answer = OpenAIAnswer(run)
        self._shape = ResponseShape(run, self._answer)
        self._number = 0
        self._writing = False
        self.suspended = False
        """Whether the response ended with what people are asked: then the run is not over."""

    @property
    def waits(self) -> bool:
        """Whether the run asks something that nobody has answered yet."""
        return self._answer.waits

    def begin(self) -> bytes:
        """The response begins."""
        begun = self._shape.response("in_progress", [])
        return self._event("response.created", response=begun) + self._event("response.in_progress", response=begun)

    def absorb(self, event: Event) -> None:
        """An event that the response before had."""
        self._answer.take(event)

    def resume(self) -> bytes:
        """The response that follows the answers begins."""
        self._answer.begin_here()
        return self.begin()

    def suspend(self, seq: int) -> bytes:
        """The response ends after event ``seq`` of the run, with a call for everything that people are asked."""
        self.suspended = True
        sent = self._end_text()
        calls = self._shape.call_items(seq)
        for at, item in enumerate(calls, start=len(self._shape.message_items())):
            begun = {**item, "arguments": "", "status": "in_progress"}
            sent += self._event("response.output_item.added", output_index=at, item=begun)
            place: JsonFields = {"item_id": item["id"], "output_index": at}
            arguments = item["arguments"]
            sent += self._event("response.function_call_arguments.delta", **place, delta=arguments)
            sent += self._event(
                "response.function_call_arguments.done", **place, name=item["name"], arguments=arguments
            )
            sent += self._event("response.output_item.done", output_index=at, item=item)
        whole = self._shape.response("completed", [*self._shape.message_items(), *calls])
        return sent + self._event("response.completed", response=whole)

    def encode(self, event: Event) -> bytes:
        """A token as a delta; the end as the whole message and response, or as a failure."""
        self._answer.take(event)
        if isinstance(event, TokenEvent) and event.text:
            return self._begin_text() + self._event(
                "response.output_text.delta", **self._place, delta=event.text, logprobs=[]
            )
        if not isinstance(event, DoneEvent):
            return b""
        sent = self._end_text()
        kind = "response.completed" if event.outcome == "completed" else "response.failed"
        return sent + self._event(kind, response=self._shape.whole(event))

    @property
    def _place(self) -> JsonFields:
        return {"item_id": self._shape.message_id, "output_index": 0, "content_index": 0}

    def _begin_text(self) -> bytes:
        if self._writing:
            return b""
        self._writing = True
        item = {**self._shape.message("in_progress"), "content": []}
        part = {"type": "output_text", "text": "", "annotations": []}
        added = self._event("response.output_item.added", output_index=0, item=item)
        return added + self._event("response.content_part.added", **self._place, part=part)

    def _end_text(self) -> bytes:
        if not self._writing:
            return b""
        self._writing = False
        sent = b""
        message = self._shape.message("completed")
        [part] = message["content"]
        for index, annotation in enumerate(part["annotations"]):
            added = {"annotation_index": index, "annotation": annotation}
            sent += self._event("response.output_text.annotation.added", **self._place, **added)
        sent += self._event("response.output_text.done", **self._place, text=part["text"], logprobs=[])
        sent += self._event("response.content_part.done", **self._place, part=part)
        return sent + self._event("response.output_item.done", output_index=0, item=message)

    def _event(self, kind: str, **fields: object) -> bytes:
        frame = data_frame({"type": kind, "sequence_number": self._number, **fields})
        self._number += 1
        return frame


class ResponseShape:
    """The objects of a response, out of what is collected of its run."""

    def __init__(self, run: AnsweredRun, answer: OpenAIAnswer) -> None:
        self._run = run
        self._answer = answer

    @property
    def message_id(self) -> str:
        """The id of the message item."""
        return self._run.message_id

    def response(self, status: str, output: list[JsonFields], **fields: object) -> JsonFields:
        """The response with these items; ``created_at`` is in seconds since 1970."""
        return {
            "id": response_id(self._run.run_id), "object": "response", "created_at": self._run.created_ms // 1000,
            "status": status, "model": self._run.agent, "output": output, "error": None, "incomplete_details": None,
            "instructions": None, "metadata": {}, "parallel_tool_calls": True, "temperature": None, "top_p": None,
            "tool_choice": "auto", "tools": [], "usage": None, **fields,
        }  # fmt: skip

    def whole(self, done: DoneEvent) -> JsonFields:
        """The response of a run that has ended."""
        told = {"playhead": {**end_of(self._run, done), "warnings": self._answer.warnings}}
        if done.outcome != "completed":
            error = self._answer.error_fields(done)
            failed = {"code": error["code"], "message": error["message"]}
            return self.response("failed", self.message_items(), error=failed, **told)
        return self.response("completed", self.message_items(), usage=_usage(done), **told)

    def suspended(self, calls: list[JsonFields]) -> JsonFields:
        """The response that ends with calls, as ``OpenAIAnswer.calls`` gives them."""
        return self.response("completed", [*self.message_items(), *map(_call_item, calls)])

    def call_items(self, seq: int) -> list[JsonFields]:
        """A function call for everything that people are asked after event ``seq``."""
        return [_call_item(call) for call in self._answer.calls(seq)]

    def message_items(self) -> list[JsonFields]:
        """The message, if something was said."""
        return [self.message("completed")] if self._answer.text else []

    def message(self, status: str) -> JsonFields:
        """The message item, with what was said so far."""
        annotations = [{"type": each["type"], **each["url_citation"]} for each in self._answer.annotations()]
        part = {"type": "output_text", "text": self._answer.text, "annotations": annotations}
        return {"id": self.message_id, "type": "message", "role": "assistant", "status": status, "content": [part]}


def response_id(run_id: str) -> str:
    """The id of the responses of a run."""
    return PREFIX + run_id


def _call_item(call: JsonFields) -> JsonFields:
    name, function = call["id"], call["function"]
    item = {"id": f"fc_{name}", "type": "function_call", "call_id": name, "name": function["name"]}
    return {**item, "arguments": function["arguments"], "status": "completed"}


def _usage(done: DoneEvent) -> JsonFields | None:
    counted = usage_fields(done)
    if counted is None:
        return None
    return {
        "input_tokens": counted["prompt_tokens"], "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": counted["completion_tokens"], "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": counted["total_tokens"],
    }  # fmt: skip
