"""Blocks of content of one message of LangGraph's protocol: text, reasoning and calls that start, grow and finish."""

from dataclasses import dataclass

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, plain, text_of
from backend.dialects.langgraph.content import block_text, cite_annotations
from backend.dialects.said_text import said_text

_CALLS = ("tool_call", "tool_call_chunk", "server_tool_call", "server_tool_call_chunk")

_MOST_BLOCKS = 1_000


@dataclass(slots=True)
class _Block:
    kind: str
    start: int
    """Where its text begins in the answer, in code points."""
    said: int = 0
    """Code points of it that were said."""
    call: str = ""


class ProtocolBlocks:
    """The blocks of one message, by their index."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._open: dict[str, _Block] = {}
        self._spoke = False
        """Whether the message has said something."""

    def read(self, phase: str, data: JsonObject) -> None:
        """A block starts, grows or finishes."""
        index = str(data.get("index", 0))
        content = object_of(data, "content") or object_of(data, "contentBlock")
        if phase == "start":
            self._start(index, content)
        elif phase == "delta":
            delta = object_of(data, "delta") or content
            self._grow(self._block(index, text_of(delta, "type")), delta, data)
        elif phase == "finish":
            self._finish(self._block(index, text_of(content, "type")), content)
            self._open.pop(index, None)
        else:
            self._drafts.count_loss(f"messages of type content-block-{phase[:40]}")

    def finish(self) -> None:
        """The message is whole."""
        self._drafts.steps.end_thinking()
        self._open.clear()

    def _block(self, index: str, kind: str) -> _Block:
        if index not in self._open:
            if len(self._open) >= _MOST_BLOCKS:
                self._open.clear()
            self._open[index] = _Block(kind.removesuffix("-delta"), self._drafts.length)
        return self._open[index]

    def _start(self, index: str, content: JsonObject) -> None:
        self._open.pop(index, None)
        block = self._block(index, text_of(content, "type"))
        if block.kind in _CALLS:
            self._call(block, content)
        elif block.kind == "reasoning":
            self._drafts.steps.begin_thinking()
        elif content:
            self._say(block, block_text(content, self._drafts))

    def _grow(self, block: _Block, delta: JsonObject, data: JsonObject) -> None:
        kind = text_of(delta, "type")
        if kind == "reasoning-delta" or (kind in ("reasoning", "") and block.kind == "reasoning"):
            self._drafts.steps.add_thinking(text_of(delta, "reasoning") or text_of(delta, "text"))
        elif kind == "block-delta":
            fields = object_of(delta, "fields")
            if text_of(fields, "type") in _CALLS or block.kind in _CALLS:
                self._call(block, fields)
            else:
                cite_annotations(fields, self._drafts, block.start)
        elif kind in _CALLS:
            self._call(block, delta)
        elif kind == "data-delta":
            self._drafts.count_loss("images and files")
        else:
            beside = ("type", "event", "index")
            self._say(block, said_text(delta or data, "text", beside, self._drafts.count_loss, required=True))

    def _finish(self, block: _Block, content: JsonObject) -> None:
        kind = text_of(content, "type")
        if kind in _CALLS:
            self._call(block, content)
            self._drafts.steps.complete_arguments(block.call, plain(content.get("args")))
        elif kind == "server_tool_result":
            failed = text_of(content, "status") == "error"
            call = text_of(content, "toolCallId") or text_of(content, "tool_call_id")
            self._drafts.steps.end(call, "failed" if failed else "finished", result=plain(content.get("output")))
        elif kind == "reasoning":
            self._drafts.steps.end_thinking()
        elif kind == "invalid_tool_call":
            self._drafts.steps.end(block.call, "failed", detail=text_of(content, "error")[:2000] or None)
        elif content:
            if not block.said:
                self._say(block, block_text(content, self._drafts))
            cite_annotations(content, self._drafts, block.start)

    def _say(self, block: _Block, text: str) -> None:
        if text and not block.said:
            self._drafts.begin_text(apart=not self._spoke)
            self._spoke = True
            block.start = self._drafts.length
        block.said += len(text)
        self._drafts.add_text(text)

    def _call(self, block: _Block, call: JsonObject) -> None:
        block.kind = "tool_call"
        if name := text_of(call, "name"):
            block.call = text_of(call, "id") or block.call or f"call {block.start} {name}"
            self._drafts.steps.start_call(block.call, name)
