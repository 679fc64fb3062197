"""LangChain's callbacks as a stream: LangGraph's mode ``events``, and what LangServe sends as ``data``.

Each names what happened (``on_chat_model_stream``, ``on_tool_end``), the run it happened in, and its data. Chains only
repeat what their models and tools said, except the outermost one, whose end is the end of the answer.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of
from backend.dialects.langgraph.content import cite_documents
from backend.dialects.langgraph.messages import GraphMessages
from backend.dialects.langgraph.state import GraphState

_REPEATS = ("on_chain_", "on_prompt_", "on_parser_", "on_chat_model_start", "on_llm_start", "on_llm_end")
"""Callbacks that only repeat what others say."""

_MOST_RUNS = 10_000


class CallbackEvents:
    """The callbacks of one run."""

    def __init__(self, drafts: AnswerDrafts, messages: GraphMessages, state: GraphState) -> None:
        self._drafts = drafts
        self._messages = messages
        self._state = state
        self._steps: set[str] = set()
        self.has_ended = False
        """Whether the outermost chain has ended."""

    def read(self, event: JsonObject) -> None:
        """Read one callback."""
        kind, run, data = text_of(event, "event"), text_of(event, "run_id"), object_of(event, "data")
        if kind == "on_chat_model_stream":
            self._messages.read({"id": run, **object_of(data, "chunk")})
        elif kind == "on_chat_model_end":
            self._read_message(run, object_of(data, "output"))
        elif kind == "on_llm_stream":
            chunk = data.get("chunk")
            text = chunk if isinstance(chunk, str) else text_of(object_of(data, "chunk"), "text")
            self._messages.add_text(run, text)
        elif kind.startswith(("on_tool_", "on_retriever_")):
            self._read_step(kind, run, text_of(event, "name"), data)
        elif kind == "on_custom_event":
            self._state.read_custom(plain(event.get("data")))
        elif kind == "on_chain_end" and _is_outermost(event):
            self._read_output(data.get("output"))
        elif not kind.startswith(_REPEATS):
            self._drafts.count_loss("callback events")

    def read_piece(self, value: JsonValue) -> bool:
        """Read what LangServe streams: a text, a message, a callback, or pieces of a state. Whether it is one."""
        if isinstance(value, str):
            self._messages.add_text("data", value)
        elif not isinstance(value, Mapping):
            return False
        elif text_of(value, "event").startswith("on_"):
            self.read(value)
        elif "content" in value or "lc" in value:
            self._messages.read(value)
        else:
            for name, part in value.items():
                if isinstance(part, str) and name in ("answer", "output", "result"):
                    self._messages.add_text(name, part)
                elif not cite_documents(plain(part), self._drafts) and part not in (None, "", [], {}):
                    self._drafts.count_loss("state of the graph")
        return True

    def _read_message(self, run: str, output: JsonObject) -> None:
        generations = output.get("generations")
        last = generations[0] if isinstance(generations, list) and generations else None
        said = objects_of({"all": plain(last)}, "all")
        message = object_of(said[0], "message") if said else output
        if message:
            self._messages.read({"id": run, **message}, whole=True)

    def _read_step(self, kind: str, run: str, name: str, data: JsonObject) -> None:
        key, phase = f"run {run}", kind.rpartition("_")[2]
        output = data.get("output")
        if phase == "start":
            if not (kind.startswith("on_tool") and self._messages.waits_for_tools) and len(self._steps) < _MOST_RUNS:
                self._steps.add(key)
                self._drafts.steps.start_call(key, name, arguments=plain(data.get("input")))
            return
        if key not in self._steps and isinstance(output, Mapping) and text_of(output, "tool_call_id"):
            self._messages.read({**output, "type": "tool"})
            return
        if key not in self._steps:
            self._drafts.steps.start_call(key, name, arguments=plain(data.get("input")))
        self._steps.discard(key)
        documents = object_of(data, "output").get("documents", output)
        cite_documents(plain(documents), self._drafts)
        told = object_of(data, "output").get("content", output)
        failed = phase == "error"
        self._drafts.steps.end(key, "failed" if failed else "finished", result=plain(data.get("error", told)))

    def _read_output(self, output: JsonValue) -> None:
        self.has_ended = True
        if isinstance(output, Mapping) and ("content" in output or "lc" in output):
            self._messages.read(output, whole=True)
        elif isinstance(output, Mapping):
            self._state.read_values(output)
        elif isinstance(output, str):
            self._messages.say_state("output", output)
        elif output is not None:
            self._drafts.count_loss("state of the graph")


def _is_outermost(event: JsonObject) -> bool:
    """Whether no other run is around it. The first version of callbacks does not say so, and only names the graph."""
    return event.get("parent_ids") == [] if "parent_ids" in event else text_of(event, "name") == "LangGraph"
