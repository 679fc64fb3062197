"""OpenAI's Responses API: messages typed ``response.…``, up to ``response.completed`` or another end of the response.

Types and fields are those of OpenAI's API reference for streaming responses, as other servers (xAI, DeepSeek, Bedrock,
LM Studio, OpenRouter) speak it too. A part of the answer goes by the places of its item and content, since some servers
change the ids of items from message to message. At its end a response repeats its items, and may number those that
it keeps anew: there an id that was seen says the place. ``[DONE]``, which some add, does not end a response. A whole
``response`` that was not streamed is read as well. The items of tools are read in ``responses_tools``.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.asked_person import AskedPerson, Continuation, PersonReply
from backend.dialects.dialect import CONTENT_FILTER, LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.responses_tools import ResponsesTools
from backend.dialects.said_text import said_text
from backend.protocol.events import Span

_USAGE_NAMES = ("input_tokens", "output_tokens", "total_tokens", "cost")

_RETRYABLE = frozenset({"server_error", "rate_limit_exceeded", "server_overloaded", "overloaded_error", "timeout"})

_MAX_PARTS = 10_000

_BESIDE_TEXT = frozenset({"type", "item_id", "obfuscation", "logprobs", "output_index", "content_index", "response_id"})
_BESIDE_PART = frozenset({"type", "annotations", "logprobs"})
"""Fields of a message or part of text that are not its text."""


class OpenAIResponses:
    """One streamed response."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._tools = ResponsesTools(drafts)
        self._parts: dict[tuple[str, str], tuple[int, int]] = {}
        """Parts of the answer by their place: where each begins and how much of it was said, in code points."""
        self._response = ""
        """The id of the response."""
        self._last_item = ""
        """The item of the text that was said last."""
        self._annotated: set[tuple[str, str]] = set()
        """Parts whose annotations have come: their whole repeats them."""
        self._places: dict[str, str] = {}
        """Where the item of an id stands; empty for an id that stood at several places."""

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one message, a whole response, or an error that came in place of either."""
        kind = text_of(message, "type") or ("" if event == "message" else event)
        if text_of(message, "object") == "response" and not kind:
            self._response = text_of(message, "id")
            self._read_end(text_of(message, "status") or "completed", message)
            return True
        if kind == "keepalive":
            return True
        if kind.startswith("response."):
            self._read_typed(kind.removeprefix("response."), message)
            return True
        if (kind == "error" and "errorText" not in message) or (not kind and message.get("error")):
            self._read_error(object_of(message, "error") or message)
            return "jsonrpc" not in message
        return False

    def done_marker(self) -> None:
        """``[DONE]`` says nothing about the response: its own end does."""

    def answer(self, replies: Mapping[str, PersonReply]) -> Continuation:
        """The decisions, as the input after the response that asked for them."""
        asked = self._drafts.asked
        decisions: list[JsonValue] = [_decision(each, replies[each.key]) for each in asked]
        self._tools.begin_response(asked)
        self._parts.clear()
        self._annotated.clear()
        self._places.clear()
        self._last_item = ""
        self._drafts.end.reopen()
        return Continuation(fields={"input": decisions, "previous_response_id": self._response})

    def finish(self) -> None:
        """The connection has ended."""
        self._tools.finish()

    def _read_typed(self, kind: str, message: JsonObject) -> None:
        self._response = text_of(object_of(message, "response"), "id") or self._response
        what, _, phase = kind.rpartition(".")
        self._note_place(message)
        if kind == "output_text.delta":
            self._say(message, said_text(message, "delta", _BESIDE_TEXT, self._drafts.count_loss, required=True))
        elif kind == "output_text.done":
            self._say_whole(message, said_text(message, "text", _BESIDE_TEXT, self._drafts.count_loss, required=True))
        elif kind == "refusal.delta":
            self._refuse(message, text_of(message, "delta"))
        elif what == "content_part":
            self._read_part(message, object_of(message, "part"))
        elif kind == "output_text.annotation.added":
            self._annotated.add(self._place(message))
            self._read_annotation(message, object_of(message, "annotation"))
        elif what == "output_item":
            self._read_item(message, object_of(message, "item"), done=phase == "done")
        elif what.startswith("reasoning"):
            if phase == "delta":
                self._drafts.steps.add_thinking(text_of(message, "delta"))
        elif kind in ("completed", "failed", "incomplete", "cancelled"):
            self._read_end(kind, object_of(message, "response"))
        elif kind == "error":
            self._read_error(object_of(message, "error") or message)
        elif kind not in ("created", "in_progress", "queued", "refusal.done"):
            self._read_further(kind, message)

    def _read_further(self, kind: str, message: JsonObject) -> None:
        """A message of a tool or of speech; any other is lost."""
        what, _, phase = kind.rpartition(".")
        if not self._tools.read(what, phase, message) and not self._read_spoken(kind, message):
            self._drafts.count_loss(f"messages of type {kind[:60]}")

    def _read_spoken(self, kind: str, message: JsonObject) -> bool:
        """What is spoken is the answer; its transcript says it in text. Whether it is nothing else."""
        what, _, phase = kind.removeprefix("output_").replace("audio_", "audio.").rpartition(".")
        if what == "audio.transcript" and phase == "delta":
            self._say(message, text_of(message, "delta"))
        elif what == "audio.transcript" and text_of(message, "transcript"):
            self._say_whole(message, text_of(message, "transcript"))
        return what in ("audio", "audio.transcript") and (phase == "done" or what != "audio")

    def _note_place(self, message: JsonObject) -> None:
        item = text_of(message, "item_id") or text_of(object_of(message, "item"), "id")
        place = self._place(message)[0]
        if item and place and (item in self._places or len(self._places) < _MAX_PARTS):
            self._places[item] = place if self._places.get(item, place) == place else ""

    def _place(self, message: JsonObject) -> tuple[str, str]:
        item = message.get("output_index", message.get("item_id", ""))
        return str(item), str(message.get("content_index", 0))

    def _say(self, message: JsonObject, text: str) -> None:
        place = self._place(message)
        if place not in self._parts:
            self._drafts.begin_text(apart=place[0] != self._last_item)
            self._last_item = place[0]
        start, said = self._parts.get(place, (self._drafts.length, 0))
        self._drafts.add_text(text)
        if place in self._parts or len(self._parts) < _MAX_PARTS:
            self._parts[place] = (start, said + len(text))

    def _say_whole(self, message: JsonObject, text: str) -> None:
        """The whole of a part: said if its pieces never came, and otherwise only compared with them."""
        said = self._parts.get(self._place(message), (0, 0))[1]
        if said == 0:
            self._say(message, text)
        elif said != len(text):
            self._drafts.warn("text_differs", "The stream repeats a part of the answer with another text than before.")

    def _refuse(self, message: JsonObject, text: str) -> None:
        if self._place(message) not in self._parts:
            self._drafts.warn("refusal", "The model refused to answer.")
        self._say(message, text)

    def _read_part(self, message: JsonObject, part: JsonObject) -> None:
        kind = text_of(part, "type")
        if kind in ("output_text", "text"):
            if text := said_text(part, "text", _BESIDE_PART, self._drafts.count_loss):
                self._say_whole(message, text)
            annotations = objects_of(part, "annotations")
            if annotations and self._place(message) not in self._annotated:
                self._annotated.add(self._place(message))
                for annotation in annotations:
                    self._read_annotation(message, annotation)
        elif kind == "refusal":
            if self._place(message) not in self._parts and text_of(part, "refusal"):
                self._refuse(message, text_of(part, "refusal"))
        elif not kind.startswith(("reasoning", "summary")):
            self._drafts.count_loss(f"content of type {kind[:40] or 'unknown'}")

    def _read_item(self, message: JsonObject, item: JsonObject, *, done: bool) -> None:
        kind = text_of(item, "type")
        if kind == "message":
            for index, part in enumerate(objects_of(item, "content")):
                self._read_part({**message, "content_index": index}, part)
        elif kind == "reasoning":
            if done:
                self._drafts.steps.end_thinking()
            else:
                self._drafts.steps.begin_thinking()
        elif not self._tools.read_item(message, item, done=done):
            self._drafts.count_loss(f"items of type {kind[:40] or 'unknown'}")

    def _read_annotation(self, message: JsonObject, annotation: JsonObject) -> None:
        kind = text_of(annotation, "type")
        url = text_of(annotation, "url")
        file = text_of(annotation, "filename") or text_of(annotation, "file_id")
        if not url and not file:
            self._drafts.count_loss(f"annotations of type {kind[:40] or 'unknown'}")
            return
        span, mention = self._cited_place(message, annotation)
        self._drafts.add_citation(
            url or text_of(annotation, "file_id") or file,
            title=text_of(annotation, "title") or file or url,
            url=url,
            document_id=text_of(annotation, "file_id") or None,
            quote=text_of(annotation, "quote"),
            span=span,
            mention=mention,
        )

    def _cited_place(self, message: JsonObject, annotation: JsonObject) -> tuple[Span | None, str]:
        """The range of the answer that the annotation supports; or, if it names only a point, a name for that point."""
        start = self._parts.get(self._place(message), (self._drafts.length, 0))[0]
        first, last = whole_number_of(annotation, "start_index"), whole_number_of(annotation, "end_index")
        if first is not None and last is not None and 0 <= first < last:
            return Span(start=start + first, end=start + last), ""
        point = whole_number_of(annotation, "index")
        if point is None:
            return None, ""
        # A point after the supported text, whose start is not given.
        self._drafts.count_loss("places of citations that name no range")
        return None, str(start + point)

    def _read_end(self, status: str, response: JsonObject) -> None:
        for index, item in enumerate(objects_of(response, "output")):
            place = self._places.get(text_of(item, "id")) or str(index)
            self._read_item({"output_index": place}, item, done=True)
        if not self._parts and (text := text_of(response, "output_text")):
            self._drafts.add_text(text)
        self._read_usage(object_of(response, "usage"))
        error = object_of(response, "error")
        if error or status == "failed":
            self._read_error(error)
        else:
            self._read_status(status, text_of(object_of(response, "incomplete_details"), "reason"))

    def _read_status(self, status: str, reason: str) -> None:
        if reason == "content_filter":
            self._drafts.end.fail("content_filter", CONTENT_FILTER)
        elif status == "incomplete" and reason in ("max_output_tokens", "max_tokens"):
            self._drafts.warn("length_limit", LIMIT_REACHED)
            self._drafts.end.complete()
        elif status == "completed":
            self._drafts.end.complete()
        elif status == "cancelled":
            self._drafts.end.complete("cancelled")
        else:
            message = f"The provider ended the answer as {status[:40]}{f': {reason[:80]}' if reason else ''}."
            self._drafts.end.fail("incomplete", message, retryable=True, outcome="interrupted")

    def _read_usage(self, usage: JsonObject) -> None:
        self._drafts.end.add_usage({name: plain(usage.get(name)) for name in _USAGE_NAMES})
        cached = object_of(usage, "input_tokens_details").get("cached_tokens")
        reasoning = object_of(usage, "output_tokens_details").get("reasoning_tokens")
        self._drafts.end.add_usage({"cached_tokens": plain(cached), "reasoning_tokens": plain(reasoning)})

    def _read_error(self, error: JsonObject) -> None:
        code = str(error.get("code") or error.get("type") or "provider_error")[:80]
        code = "provider_error" if code == "error" else code
        retryable = code in _RETRYABLE or code.startswith("5") or code == "429"
        self._drafts.end.fail(code, text_of(error, "message"), retryable=retryable)


def _decision(asked: AskedPerson, reply: PersonReply) -> JsonValue:
    decision: dict[str, JsonValue] = {
        "type": "mcp_approval_response",
        "approval_request_id": asked.key,
        "approve": reply.accepted,
    }
    reason = reply.note or ("Nobody answered in time." if reply.expired else "")
    return {**decision, "reason": reason} if reason else decision
