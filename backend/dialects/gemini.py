"""Google's Gemini API, ``generateContent`` streamed or whole, and its successor, the Interactions API.

Which of both it is shows in the messages: those of interactions have an ``event_type`` (``gemini_interactions``). The
fields are those of Google's API reference; names in snake case, as some gateways write them, are read as well, and
reasons by their number, as servers send them that are asked for numbers in place of names. The end is a
``finishReason``, as there is no other.
"""

from collections.abc import Mapping

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import LIMIT_REACHED, JsonObject
from backend.dialects.gemini_interactions import GeminiInteractions
from backend.dialects.gemini_parts import GeminiParts
from backend.dialects.gemini_sources import GeminiSources
from backend.dialects.json_values import camel_case, object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.said_text import count_unread, said_objects
from backend.dialects.text_offsets import TextOffsets

_USAGE_NAMES = {
    "promptTokenCount": "input_tokens",
    "candidatesTokenCount": "output_tokens",
    "totalTokenCount": "total_tokens",
    "thoughtsTokenCount": "reasoning_tokens",
    "cachedContentTokenCount": "cached_tokens",
}

_FIELDS = ("candidates", "promptFeedback", "usageMetadata")

_BESIDE_CANDIDATES = frozenset(
    {"promptFeedback", "usageMetadata", "modelVersion", "responseId", "createTime", "modelStatus", "sdkHttpResponse"}
)
_BESIDE_CONTENT = frozenset(
    {"finishReason", "finishMessage", "safetyRatings", "groundingMetadata", "citationMetadata", "urlContextMetadata"}
    | {"logprobsResult", "groundingAttributions", "index"}
)
"""Fields of a response, and of a candidate, that are not the answer."""

_UNSPECIFIED = "FINISH_REASON_UNSPECIFIED"

_FINISH_REASONS = {0: _UNSPECIFIED, 1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY", 4: "RECITATION", 5: "OTHER"}
"""Beyond these the numbers of Google's two servers differ."""

_BLOCK_REASONS = {0: "", 1: "SAFETY", 2: "OTHER"}

_RETRYABLE = frozenset({"UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "DEADLINE_EXCEEDED", "ABORTED"})

_RETRYABLE_CODES = frozenset({408, 429, 500, 502, 503, 504})


class Gemini:
    """One stream of either API."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        text = TextOffsets()
        self._parts = GeminiParts(drafts, text)
        self._sources = GeminiSources(drafts, text)
        self._interactions = GeminiInteractions(drafts, text)

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one response of the stream, a whole one, or an error that came in place of either."""
        if self._interactions.is_one(message):
            return self._interactions.read(message)
        if "candidates" in object_of(message, "response"):
            # Some gateways put each response into an envelope.
            message = object_of(message, "response")
        error = message.get("error")
        if isinstance(error, Mapping) and "jsonrpc" not in message:
            self._read_error(error)
            return True
        message = camel_case(message)
        if not any(isinstance(message.get(name), list | Mapping) for name in _FIELDS) or "choices" in message:
            return False
        self._read_usage(object_of(message, "usageMetadata"))
        feedback = camel_case(object_of(message, "promptFeedback"))
        if reason := _reason_of(feedback, "blockReason", _BLOCK_REASONS):
            said = text_of(feedback, "blockReasonMessage").rstrip(".")
            told = f"The provider blocked the question ({reason[:60]}){f': {said}' if said else ''}."
            self._drafts.end.fail(f"blocked_{reason[:60].lower()}", told)
        if "candidates" not in message:
            count_unread(message, _BESIDE_CANDIDATES, self._drafts.count_loss)
        for candidate in said_objects(message.get("candidates", []), self._drafts.count_loss):
            if candidate.get("index", 0) not in (0, None):
                self._drafts.count_loss("further candidates")
            else:
                self._read_candidate(camel_case(candidate))
        return True

    def done_marker(self) -> None:
        """``[DONE]``, which ends some streams of interactions, adds nothing to their last message."""

    def finish(self) -> None:
        """The connection has ended: cited sources are sent with their ranges."""
        if tool := self._sources.tool:
            self._parts.found(tool)
        self._sources.finish()

    def _read_candidate(self, candidate: JsonObject) -> None:
        self._read_content(candidate)
        grounding = object_of(candidate, "groundingMetadata")
        self._parts.searched(camel_case(grounding))
        self._sources.read_grounding(camel_case(grounding), self._parts.starts)
        self._sources.read_citations(camel_case(object_of(candidate, "citationMetadata")))
        fetched = camel_case(object_of(candidate, "urlContextMetadata"))
        self._parts.fetched(objects_of(fetched, "urlMetadata"))
        reason = _reason_of(candidate, "finishReason", _FINISH_REASONS)
        if reason and reason != _UNSPECIFIED:
            self._read_end(reason, text_of(candidate, "finishMessage"))

    def _read_content(self, candidate: JsonObject) -> None:
        content = candidate.get("content")
        if isinstance(content, Mapping):
            if isinstance(content.get("parts"), list):
                for part in said_objects(content["parts"], self._drafts.count_loss):
                    self._parts.read(camel_case(part))
            else:
                count_unread(content, ("role",), self._drafts.count_loss)
        elif content is not None:
            self._drafts.count_loss("content of an unknown form")
        else:
            count_unread(candidate, _BESIDE_CONTENT, self._drafts.count_loss)

    def _read_end(self, reason: str, said: str) -> None:
        if reason not in ("STOP", "MAX_TOKENS"):
            told = said or f"The provider ended the answer: {reason[:60]}."
            self._drafts.end.fail(reason[:60].lower(), told, retryable=reason in ("OTHER", "MALFORMED_FUNCTION_CALL"))
            return
        self._parts.end_calls()
        if reason == "MAX_TOKENS":
            self._drafts.warn("length_limit", LIMIT_REACHED)
        self._drafts.end.complete()

    def _read_usage(self, usage: JsonObject) -> None:
        usage = camel_case(usage)
        self._drafts.end.add_usage({ours: plain(usage.get(theirs)) for theirs, ours in _USAGE_NAMES.items()})

    def _read_error(self, error: JsonObject) -> None:
        status = text_of(error, "status")
        code = whole_number_of(error, "code")
        retryable = status in _RETRYABLE or code in _RETRYABLE_CODES
        name = status or text_of(error, "code") or (str(code) if code is not None else "provider_error")
        self._drafts.end.fail(name[:80].lower(), text_of(error, "message"), retryable=retryable)


def _reason_of(holder: JsonObject, name: str, names: Mapping[int, str]) -> str:
    number = whole_number_of(holder, name)
    return text_of(holder, name) if number is None else names.get(number, f"REASON_{number}")
