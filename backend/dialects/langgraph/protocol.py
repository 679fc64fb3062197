"""LangGraph's protocol of events: envelopes with a channel (``method``) and its data; messages come in blocks.

Names and fields are those of the protocol's published schema; names in snake case, as servers in Python write them, are
read as well. The run ends with the ``lifecycle`` of its root. Subgraphs are steps.
"""

from dataclasses import dataclass, field

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import camel_case, object_of, plain, text_of
from backend.dialects.langgraph.blocks import ProtocolBlocks
from backend.dialects.langgraph.state import GraphState

_LOST = {"checkpoints": "checkpoints", "tasks": "tasks of the graph"}

_USAGE_NAMES = {"inputTokens": "input_tokens", "outputTokens": "output_tokens", "totalTokens": "total_tokens"}

_MOST_OPEN = 1_000


@dataclass(slots=True)
class _Message:
    """A message that is being written."""

    is_answer: bool
    blocks: ProtocolBlocks = field(repr=False)


class ProtocolEvents:
    """The events of one run."""

    def __init__(self, drafts: AnswerDrafts, state: GraphState) -> None:
        self._drafts = drafts
        self._state = state
        self._open: dict[str, _Message] = {}
        self._ended = False
        self._usage: dict[str, int] = {}
        self._spoke = False
        """Whether messages come by their blocks: then states repeat them."""

    def read(self, message: JsonObject) -> bool:
        """Read one event."""
        method, params = text_of(message, "method"), object_of(message, "params")
        data = params.get("data")
        if isinstance(data, list) and data and isinstance(data[0], dict):
            # In one process an event is a pair of its data and what is known of the node.
            data = data[0]
        said = camel_case(data) if isinstance(data, dict) else {}
        namespace = params.get("namespace")
        place = "/".join(str(part) for part in namespace) if isinstance(namespace, list) else ""
        if method == "messages":
            self._read_message(f"{place} {text_of(params, 'node')}", said)
        elif method == "tools":
            self._read_tool(said)
        elif method == "lifecycle":
            self._read_lifecycle(place, said)
        elif method == "input.requested":
            self._state.ask(plain(said.get("payload")))
        elif method in ("values", "updates"):
            self._read_state(method, place, said)
        elif method.startswith("custom"):
            self._state.read_custom(plain(said.get("payload", data)))
        else:
            self._drafts.count_loss(_LOST.get(method, f"events of type {method[:40] or 'unknown'}"))
        return True

    def finish(self) -> None:
        """The connection has ended."""
        if self._ended or (self._state.is_waiting and self._spoke):
            self._drafts.end.complete()

    def _read_message(self, place: str, data: JsonObject) -> None:
        event = text_of(data, "event")
        if event == "message-start":
            role = text_of(data, "role")
            if len(self._open) < _MOST_OPEN or place in self._open:
                self._open[place] = _Message(role in ("ai", "assistant", ""), ProtocolBlocks(self._drafts))
            return
        message = self._open.setdefault(place, _Message(True, ProtocolBlocks(self._drafts)))
        if not message.is_answer:
            if event.startswith("content-block"):
                self._drafts.count_loss("text of messages that are not the assistant's")
        elif event == "error":
            self._drafts.end.fail(text_of(data, "code")[:80] or "graph_error", text_of(data, "message"))
        elif event == "message-finish":
            message.blocks.finish()
            self._read_usage(camel_case(object_of(data, "usage")))
        elif event.startswith("content-block-"):
            self._spoke = True
            message.blocks.read(event.removeprefix("content-block-"), data)
        else:
            self._drafts.count_loss(f"messages of type {event[:40] or 'unknown'}")

    def _read_usage(self, usage: JsonObject) -> None:
        for theirs, ours in _USAGE_NAMES.items():
            count = usage.get(theirs)
            if isinstance(count, int) and not isinstance(count, bool):
                self._usage[ours] = self._usage.get(ours, 0) + count
        self._drafts.end.add_usage(self._usage)

    def _read_tool(self, data: JsonObject) -> None:
        event, call = text_of(data, "event"), text_of(data, "toolCallId")
        if event == "tool-started":
            self._drafts.steps.start_call(call, text_of(data, "toolName"), arguments=plain(data.get("input")))
        elif event == "tool-output-delta":
            self._drafts.steps.progress(call)
            self._drafts.count_loss("preliminary results of tools")
        elif event == "tool-finished":
            self._drafts.steps.end(call, result=plain(data.get("output")))
        elif event == "tool-error":
            self._drafts.steps.end(call, "failed", detail=text_of(data, "message")[:2000] or None)
        else:
            self._drafts.count_loss(f"messages of type {event[:40] or 'unknown'}")

    def _read_lifecycle(self, place: str, data: JsonObject) -> None:
        status = text_of(data, "event")
        if place:
            self._read_subgraph(place, status, data)
        elif status == "completed":
            self._ended = True
            self._drafts.end.complete()
        elif status == "failed":
            self._drafts.end.fail("graph_failed", text_of(data, "error") or "The graph failed.")
        elif status == "interrupted":
            self._ended = True
            if not self._state.is_waiting:
                self._drafts.ask_person("")
            self._drafts.end.complete()
        elif status not in ("started", "running"):
            self._drafts.count_loss(f"states of a run named {status[:40]}")

    def _read_subgraph(self, place: str, status: str, data: JsonObject) -> None:
        key = f"graph {place}"
        if status == "started":
            self._drafts.steps.start(key, "running_node", label=(text_of(data, "graphName") or place)[:200])
        elif status in ("completed", "failed"):
            failed = status == "failed"
            detail = text_of(data, "error")[:2000] or None
            self._drafts.steps.end(key, "failed" if failed else "finished", detail=detail)

    def _read_state(self, method: str, place: str, data: JsonObject) -> None:
        if place or self._spoke:
            # What the messages said is in the state once more.
            if "__interrupt__" in data:
                self._state.ask(plain(data["__interrupt__"]))
            self._drafts.count_loss("states of subgraphs" if place else "state of the graph")
        elif method == "values":
            self._state.read_values(data)
        else:
            node = text_of(data, "node")
            self._state.read_update({node: plain(data.get("values"))} if node else data)
