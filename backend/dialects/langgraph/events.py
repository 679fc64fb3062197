"""LangGraph's server: the stream of a run, in the modes that it was asked for, and its newer protocol of events.

Names and fields are those of LangGraph's API reference. The first protocol names each mode in the event of the frame
(``messages``, ``messages/partial``, ``updates``, ``values``, ``custom``), with the names of subgraphs after a bar; the
second has objects of type ``event`` (``langgraph.protocol``). The first has no end of its own but an ``end`` that older
servers send: a run is whole if its last message is.
LangServe sends texts, messages, states or callbacks as ``data``, and then ``end``.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, plain, text_of
from backend.dialects.langgraph.callbacks import CallbackEvents
from backend.dialects.langgraph.messages import GraphMessages
from backend.dialects.langgraph.protocol import ProtocolEvents
from backend.dialects.langgraph.state import GraphState

_MODES = frozenset(
    {
        "metadata",
        "messages",
        "messages/partial",
        "messages/complete",
        "messages/metadata",
        "updates",
        "values",
        "custom",
    }
    | {"tasks", "checkpoints", "debug", "events", "feedback", "end", "error", "heartbeat"}
)

_LOST = {
    "checkpoints": "checkpoints",
    "debug": "debug events",
    "feedback": "addresses for feedback",
}


class LangGraph:
    """One stream of a run."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._messages = GraphMessages(drafts)
        self._state = GraphState(drafts, self._messages)
        self._callbacks = CallbackEvents(drafts, self._messages, self._state)
        self._protocol = ProtocolEvents(drafts, self._state)
        self._ended = False
        self._pieces_from = ""
        """The mode that says the pieces of messages."""

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one message that is an object: its mode stands in the name of its event."""
        if text_of(message, "type") == "event" and isinstance(message.get("params"), Mapping):
            return self._protocol.read(message)
        mode, _, within = event.partition("|")
        if event == "data":
            return self._callbacks.read_piece(plain(message))
        if mode not in _MODES or ("type" in message and mode in ("error", "metadata")):
            return self._read_refusal(message)
        if mode == "error":
            self._read_error(message)
        elif mode == "updates":
            self._state.read_update(message)
        elif mode == "values":
            self._read_values(message, within)
        elif mode in ("messages", "messages/partial", "messages/complete"):
            self._read_messages(mode, [message])
        else:
            self._read_further(mode, message)
        return True

    def read_other(self, value: JsonValue, event: str) -> bool:
        """Read a message that is not an object: lists of messages, custom data, or the empty ``end``."""
        mode = event.partition("|")[0]
        if event == "data" and value is not None:
            return self._callbacks.read_piece(value)
        if mode not in _MODES:
            return False
        if mode.startswith("messages") and mode != "messages/metadata" and isinstance(value, list):
            items: list[JsonObject] = [item for item in value if isinstance(item, Mapping)]
            self._read_messages(mode, items)
            if len(items) < len(value) or not items:
                self._drafts.count_loss("messages of another form than known")
        elif mode == "custom":
            self._state.read_custom(value)
        elif mode == "end":
            self._ended = True
        elif value is not None:
            self._drafts.count_loss(f"messages of type {mode[:40]} in another form than known")
        return True

    def done_marker(self) -> None:
        """``[DONE]`` is not a part of this dialect, and no end."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The connection has ended: whole if the server said so, or if the last message is."""
        self._protocol.finish()
        if self._ended or self._callbacks.has_ended or self._messages.is_whole or self._state.is_waiting:
            self._drafts.end.complete()

    def _read_further(self, mode: str, message: JsonObject) -> None:
        if mode == "custom":
            self._state.read_custom(plain(message))
        elif mode == "events":
            # Together with ``messages`` both repeat each piece: the first one that does so says it.
            if text_of(message, "event") != "on_chat_model_stream" or self._says(mode):
                self._callbacks.read(message)
        elif mode == "tasks":
            self._read_task(message)
        elif mode == "end":
            self._ended = True
        elif mode in _LOST:
            self._drafts.count_loss(_LOST[mode])

    def _says(self, mode: str) -> bool:
        self._pieces_from = self._pieces_from or mode
        return self._pieces_from == mode

    def _read_messages(self, mode: str, items: list[JsonObject]) -> None:
        if mode == "messages":
            # A pair: a chunk, and what is known of the node that made it.
            for item in items[:1]:
                if text_of(item, "type") != "AIMessageChunk" or self._says(mode):
                    self._messages.read(item)
            return
        for item in items:
            self._messages.read(item, whole=True)
        if mode == "messages/partial":
            self._messages.is_whole = False

    def _read_values(self, state: JsonObject, within: str) -> None:
        if within:
            self._drafts.count_loss("states of subgraphs")
        else:
            self._state.read_values(state)

    def _read_task(self, task: JsonObject) -> None:
        key, name = f"task {text_of(task, 'id')}", text_of(task, "name")
        if "result" not in task and "error" not in task:
            self._drafts.steps.start(key, "running_node", label=name[:200] or "Node")
            return
        failed = text_of(task, "error")
        self._drafts.steps.end(key, "failed" if failed else "finished", detail=failed[:2000] or None)
        if task.get("interrupts"):
            self._state.ask(plain(task["interrupts"]))

    def _read_error(self, message: JsonObject) -> None:
        code = text_of(message, "error")[:80] or "graph_error"
        told = text_of(message, "message") or text_of(message, "error")
        self._drafts.end.fail(code, told)

    def _read_refusal(self, message: JsonObject) -> bool:
        """An error in place of a stream."""
        told = text_of(message, "detail") or text_of(object_of(message, "detail"), "message")
        if not told or set(message) - {"detail"}:
            return False
        self._drafts.end.fail("refused", told)
        return True
