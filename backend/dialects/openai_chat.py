"""OpenAI chat completions as many providers speak it: ``chat.completion.chunk`` messages, ended by ``[DONE]``.

The fields are those of OpenAI's API reference for streamed chat completions, with what others add: sources as
``citations`` and ``search_results`` (Perplexity, xAI), ``annotations`` of type ``url_citation`` (OpenAI, OpenRouter) or
``context`` (Azure), thinking as ``reasoning`` or ``reasoning_content``, and tools that the server itself ran as
``executed_tools`` (Groq).
A whole ``chat.completion``, that was not streamed, is read as well. Only the first choice is an answer.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.chat_calls import ChatCalls
from backend.dialects.chat_sources import ChatSources
from backend.dialects.dialect import CONTENT_FILTER, LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.said_text import count_unread, said_objects, said_text

_USAGE_NAMES = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens", "total_tokens": "total_tokens"}

_LOST = {
    "related_questions": "suggested questions",
    "images": "audio and images",
    "timings": "durations that the server measured",
    "stats": "durations that the server measured",
}
"""Fields that servers add to a chunk, and that no event of Playhead can represent."""

_BESIDE_CHOICES = frozenset(
    {"id", "object", "model", "usage", "choices", "system_fingerprint", "service_tier", "provider", "x_groq", "type"}
    | {"error", "citations", "search_results", "obfuscation", "request_id"}
)
"""Fields of a chunk that are not the answer."""

_BESIDE_DELTA = frozenset(
    {"finish_reason", "native_finish_reason", "stop_reason", "matched_stop", "logprobs", "error", "delta", "message"}
    | {"usage"}
    | {"content_filter_offsets", "content_filter_result", "content_filter_results"}
)
"""Fields of a choice beside its piece of the answer; ``delta`` and ``message`` are null in some last chunks."""

_BESIDE_CONTENT = frozenset(
    {"role", "reasoning", "reasoning_content", "reasoning_details", "refusal", "tool_calls", "function_call", "name"}
    | {"executed_tools", "annotations", "context", "audio", "images", "id", "type", "provider_specific_fields"}
    | {"channel", "tool_call_id", "reasoning_signature", "thinking_blocks", "encrypted_content", "token_ids"}
    | {"extra_content"}
)
"""Fields of a piece that are not its text, or are read for themselves."""

_RETRYABLE = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_RETRYABLE_CODES = frozenset({"rate_limit_exceeded", "server_error", "overloaded_error", "timeout"})


class OpenAIChat:
    """One stream of chat completion chunks."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._finish_reason = ""
        self._ended = False
        self._sources = ChatSources(drafts)
        self._calls = ChatCalls(drafts)

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one chunk, a whole completion, or an error that came in place of either."""
        kind = text_of(message, "object")
        error = message.get("error") or (dict(message) if kind == "error" else None)
        if error:
            self._read_error(error)
        if kind == "text_completion" or not isinstance(message.get("choices"), list):
            # Legacy completions have choices too, which contain a text and no message.
            return (bool(error) and "jsonrpc" not in message) or self._read_usage_alone(kind, message)
        self._sources.read_lists(message)
        for field, what in _LOST.items():
            if message.get(field):
                self._drafts.count_loss(what)
        self._read_usage(object_of(message, "usage") or object_of(object_of(message, "x_groq"), "usage"))
        for choice in said_objects(message["choices"], self._drafts.count_loss):
            if choice.get("index", 0) in (0, None):
                self._read_choice(choice)
            else:
                self._drafts.count_loss("further choices")
        return True

    def _read_usage_alone(self, kind: str, message: JsonObject) -> bool:
        """A chunk without choices that says what the answer used: some servers send null, or no field."""
        usage = object_of(message, "usage") or object_of(object_of(message, "x_groq"), "usage")
        if kind not in ("", "chat.completion.chunk", "chat.completion") or not set(usage) & set(_USAGE_NAMES):
            return False
        self._read_usage(usage)
        if message.get("choices") is None:
            count_unread(message, _BESIDE_CHOICES, self._drafts.count_loss)
        else:
            self._drafts.count_loss("choices of another form than known")
        return True

    def _read_choice(self, choice: JsonObject) -> None:
        self._read_usage(object_of(choice, "usage"))
        if self._finish_reason and not self._ended:
            # A server that calls tools itself may send several messages as one stream.
            self._drafts.begin_text()
        said = choice.get("delta") or choice.get("message")
        if isinstance(said, Mapping):
            self._read_delta(said)
        else:
            self._drafts.add_text(said_text(choice, "delta", _BESIDE_DELTA, self._drafts.count_loss))
        if failed := choice.get("error"):
            self._read_error(failed)
        if reason := text_of(choice, "finish_reason"):
            self._finish_reason = reason
        if "message" in choice and "delta" not in choice:
            self.done_marker()

    def done_marker(self) -> None:
        """``[DONE]``: the answer is whole, unless its finish reason says otherwise."""
        self._calls.end()
        if self._ended:
            return
        self._ended = True
        if self._finish_reason == "content_filter":
            self._drafts.end.fail("content_filter", CONTENT_FILTER)
        elif self._finish_reason == "error":
            self._drafts.end.fail("provider_error", "The provider ended the answer with an error.", retryable=True)
        else:
            if self._finish_reason == "length":
                self._drafts.warn("length_limit", LIMIT_REACHED)
            # Some servers give no reason: if they count the tokens, the answer is whole and was not given up.
            is_whole = self._finish_reason != "" or self._drafts.end.usage.get("output_tokens") is not None
            self._drafts.end.complete("completed" if is_whole else "interrupted")

    def finish(self) -> None:
        """Without ``[DONE]`` a finish reason is the end as well: some servers close the connection after it."""
        if self._finish_reason:
            self.done_marker()

    def _read_delta(self, delta: JsonObject) -> None:
        thought = text_of(delta, "reasoning") or text_of(delta, "reasoning_content")
        if thought or delta.get("reasoning_details"):
            self._drafts.steps.add_thinking(thought)
        if object_of(object_of(delta, "extra_content"), "google").get("thought") is True:
            # Gemini marks a piece of thinking beside it.
            self._drafts.steps.add_thinking(text_of(delta, "content"))
        elif isinstance(delta.get("content"), list):
            self._read_parts(said_objects(delta["content"], self._drafts.count_loss))
        else:
            self._drafts.add_text(said_text(delta, "content", _BESIDE_CONTENT, self._drafts.count_loss))
        if refusal := text_of(delta, "refusal"):
            self._drafts.add_text(refusal)
            self._drafts.count_loss("refusal marked as such")
        self._calls.read(delta)
        self._sources.read_delta(delta)
        # What is spoken is the answer; a transcript says it in text.
        self._drafts.add_text(text_of(object_of(delta, "audio"), "transcript"))
        if object_of(delta, "audio").get("data") or delta.get("images"):
            self._drafts.count_loss("audio and images")

    def _read_parts(self, parts: list[JsonObject]) -> None:
        for part in parts:
            kind = text_of(part, "type")
            if kind == "text":
                self._drafts.add_text(said_text(part, "text", ("type",), self._drafts.count_loss, required=True))
            elif kind == "thinking":
                self._drafts.steps.add_thinking("".join(text_of(each, "text") for each in objects_of(part, "thinking")))
            else:
                self._drafts.count_loss(f"content of type {kind[:40] or 'unknown'}")

    def _read_usage(self, usage: JsonObject) -> None:
        if not usage:
            return
        known = {ours: usage.get(theirs) for theirs, ours in _USAGE_NAMES.items()}
        self._drafts.end.add_usage({name: plain(value) for name, value in known.items()})
        details = object_of(usage, "completion_tokens_details")
        self._drafts.end.add_usage({"reasoning_tokens": plain(details.get("reasoning_tokens"))})

    def _read_error(self, error: JsonValue) -> None:
        fields: JsonObject = error if isinstance(error, dict) else {"message": str(error)}
        code = fields.get("code") or fields.get("type") or "provider_error"
        status = whole_number_of(fields, "status_code") or whole_number_of(fields, "code")
        retryable = status in _RETRYABLE or code in {*_RETRYABLE_CODES, *map(str, _RETRYABLE)}
        self._drafts.end.fail(str(code)[:80], text_of(fields, "message"), retryable=retryable)
