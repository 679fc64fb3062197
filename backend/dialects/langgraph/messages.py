"""LangChain's messages as a graph sends them: in chunks, whole as far as they are, or in its state.

Several modes of one stream repeat the same message: it is known by its id, else by its text, and said once. Those of
the assistant are the answer, in their order; those of tools end the calls; those of persons are not read.
"""

from itertools import islice

from backend.dialects.answer_drafts import MAX_TEXT_CHARS, AnswerDrafts
from backend.dialects.dialect import CONTENT_FILTER, LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.langgraph.content import block_text, cite_annotations, cite_documents, text_and_blocks
from backend.dialects.said_text import count_unread

_MOST_MESSAGES = 10_000

_MOST_TWINS = 50
"""Messages before a whole one that it may repeat under another id."""

_ROLES = {
    "AIMessageChunk": "ai",
    "AIMessage": "ai",
    "assistant": "ai",
    "ToolMessage": "tool",
    "ToolMessageChunk": "tool",
}

_BESIDE_CONTENT = frozenset(
    {"content", "id", "type", "role", "name", "example", "additional_kwargs", "response_metadata", "usage_metadata"}
    | {"tool_calls", "invalid_tool_calls", "tool_call_chunks", "chunk_position", "tool_call_id", "status", "artifact"}
)
"""Fields of a message that are not its text, or are read for themselves."""

_USAGE_NAMES = ("input_tokens", "output_tokens", "total_tokens")


class GraphMessages:
    """The messages of one run."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._pieces: dict[str, list[str]] = {}
        """Text of each message so far, by its id."""
        self._last = ""
        self._calls: dict[str, str] = {}
        """Calls by message and index, to the key of their step."""
        self._known_calls: set[str] = set()
        self._usage: dict[str, dict[str, int]] = {}
        self.is_whole = False
        """Whether the last message of the assistant has ended, and calls nothing."""

    def read(self, message: JsonObject, *, whole: bool | None = None) -> None:
        """One message. ``whole``: it repeats what was said of it before; None where its type says that."""
        message = object_of(message, "kwargs") if "lc" in message else message
        role = text_of(message, "type") or text_of(message, "role")
        kind = _ROLES.get(role, role)
        if kind == "tool":
            self._read_tool(message)
        elif kind == "ai" or (not kind and "content" in message):
            is_chunk = role == "AIMessageChunk" if whole is None else not whole
            self._read_answer(message, is_chunk=is_chunk)
        elif kind not in ("human", "user", "system", "developer", "remove", "HumanMessage", "SystemMessage"):
            count_unread(message, _BESIDE_CONTENT, self._drafts.count_loss)
            self._drafts.count_loss(f"messages of type {kind[:40] or 'unknown'}")

    @property
    def waits_for_tools(self) -> bool:
        """Whether a message has called a tool that has not answered."""
        return any(self._drafts.steps.is_open(call) for call in self._known_calls)

    def read_all(self, messages: list[JsonObject]) -> None:
        """The messages of a graph's state: those after the last one of a person are of this run."""
        last = max((at for at, item in enumerate(messages) if _role_of(item) in ("human", "user")), default=-1)
        for message in messages[last + 1 :]:
            self.read(message, whole=True)

    def say_state(self, key: str, text: str) -> None:
        """A text of the state that is the answer of a graph without messages, as it now is."""
        self._say_whole(f"state {key}", text)
        self.is_whole = self.is_whole or bool(text)

    def add_text(self, key: str, text: str) -> None:
        """A piece of a text that is not a message."""
        self._say(key, text)

    def _read_answer(self, message: JsonObject, *, is_chunk: bool) -> None:
        key = text_of(message, "id")
        count_unread(message, _BESIDE_CONTENT, self._drafts.count_loss)
        if thought := text_of(object_of(message, "additional_kwargs"), "reasoning_content"):
            self._drafts.steps.add_thinking(thought)
        blocks = text_and_blocks(message.get("content"))
        texts = [block_text(block, self._drafts) for block in blocks]
        begins_at = self._drafts.length
        if is_chunk:
            self._say(key, "".join(texts))
        else:
            begins_at = self._say_whole(key, "".join(texts))
        for block, text in zip(blocks, texts, strict=True):
            cite_annotations(block, self._drafts, begins_at)
            begins_at += len(text)
        self._read_calls(key, message)
        self._read_usage(key, object_of(message, "usage_metadata"), adds=is_chunk)
        self._read_end(message, is_chunk=is_chunk)

    def _say(self, key: str, text: str) -> None:
        if not text:
            return
        if key != self._last and self._last:
            self._drafts.begin_text()
        self._last = key
        if self._drafts.length <= MAX_TEXT_CHARS and (key in self._pieces or len(self._pieces) < _MOST_MESSAGES):
            self._pieces.setdefault(key, []).append(text)
        self._drafts.add_text(text)

    def _so_far(self, key: str) -> str:
        pieces = self._pieces.get(key, [])
        if len(pieces) > 1:
            pieces[:] = ["".join(pieces)]
        return pieces[0] if pieces else ""

    def _say_whole(self, key: str, text: str) -> int:
        """Say what of a text was not said yet; gives where it begins in the answer."""
        before = self._so_far(key)
        if text and not before and self._was_said(text):
            return max(0, self._drafts.length - len(text))
        if text.startswith(before):
            self._say(key, text[len(before) :])
        elif before and not before.startswith(text):
            self._drafts.warn("text_differs", "The stream repeats a part of the answer with another text than before.")
        return max(0, self._drafts.length - len(text))

    def _was_said(self, text: str) -> bool:
        """Whether a message of another id said it: a node that makes a message of another one gives it a new id."""
        return any(self._so_far(known) == text for known in islice(reversed(self._pieces), _MOST_TWINS))

    def _read_calls(self, key: str, message: JsonObject) -> None:
        chunks = objects_of(message, "tool_call_chunks")
        for chunk in chunks:
            place = f"{key} {chunk.get('index', 0)}"
            if name := text_of(chunk, "name"):
                self._calls[place] = text_of(chunk, "id") or f"call {place}"
                self._known_calls.add(self._calls[place])
                self._drafts.steps.start_call(self._calls[place], name)
            if arguments := text_of(chunk, "args"):
                self._drafts.steps.add_arguments(self._calls.get(place, ""), arguments)
        for index, call in enumerate([] if chunks else objects_of(message, "tool_calls")):
            if not text_of(call, "name"):
                continue
            place = text_of(call, "id") or f"call {key} {index}"
            if place not in self._known_calls and len(self._known_calls) < _MOST_MESSAGES:
                self._known_calls.add(place)
                self._drafts.steps.start_call(place, text_of(call, "name"))
            self._drafts.steps.complete_arguments(place, plain(call.get("args")))

    def _read_tool(self, message: JsonObject) -> None:
        call = text_of(message, "tool_call_id")
        if call not in self._known_calls:
            if len(self._known_calls) >= _MOST_MESSAGES:
                return
            self._known_calls.add(call)
            self._drafts.steps.start_call(call, text_of(message, "name"))
        cite_documents(plain(message.get("artifact")), self._drafts)
        failed = text_of(message, "status") == "error"
        self._drafts.steps.end(call, "failed" if failed else "finished", result=plain(message.get("content")))

    def _read_usage(self, key: str, usage: JsonObject, *, adds: bool) -> None:
        if not usage or (key not in self._usage and len(self._usage) >= _MOST_MESSAGES):
            return
        counts = self._usage.setdefault(key, {})
        reasoning = object_of(usage, "output_token_details")
        told = {name: whole_number_of(usage, name) for name in _USAGE_NAMES}
        told["reasoning_tokens"] = whole_number_of(reasoning, "reasoning")
        for name, count in told.items():
            if count is not None:
                counts[name] = count + (counts.get(name, 0) if adds else 0)
        names = {name for each in self._usage.values() for name in each}
        self._drafts.end.add_usage(
            {name: sum(each.get(name, 0) for each in self._usage.values()) for name in sorted(names)}
        )

    def _read_end(self, message: JsonObject, *, is_chunk: bool) -> None:
        about = object_of(message, "response_metadata")
        reason = next(
            (text for name in ("finish_reason", "stop_reason", "done_reason") if (text := text_of(about, name))), ""
        ).lower()
        calls = bool(message.get("tool_calls")) or reason in ("tool_calls", "tool_use")
        if is_chunk:
            ended = bool(reason) or text_of(message, "chunk_position") == "last"
            self.is_whole = ended and not calls
        else:
            self.is_whole = not calls
        if is_chunk and reason in ("length", "max_tokens"):
            self._drafts.warn("length_limit", LIMIT_REACHED)
        elif is_chunk and reason == "content_filter":
            self._drafts.end.fail("content_filter", CONTENT_FILTER)


def _role_of(message: JsonObject) -> str:
    return text_of(message, "type") or text_of(message, "role")
