"""What a graph says of its state: the update of a node, the whole state after a step, and what a node sends itself."""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import objects_of, plain, text_of
from backend.dialects.langgraph.content import cite_documents
from backend.dialects.langgraph.messages import GraphMessages
from backend.dialects.person_requests import asked_in

_ANSWERS = ("answer", "generation", "response", "output", "final_answer", "result")
"""Keys of a state that contain the answer of a graph without messages."""

_PIECES = ("token", "delta", "chunk", "text", "custom_llm_chunk", "content")
_PROGRESS = ("status", "progress", "message", "step", "title")
"""Keys of an object that a node sends itself: a piece of the answer, and what it is doing."""

_INTERRUPT = "__interrupt__"

_MOST_ASKED = 100


class GraphState:
    """The state of one run."""

    def __init__(self, drafts: AnswerDrafts, messages: GraphMessages) -> None:
        self._drafts = drafts
        self._messages = messages
        self._asked: set[str] = set()

    @property
    def is_waiting(self) -> bool:
        """Whether the graph stopped to ask a person."""
        return bool(self._asked)

    def read_update(self, update: JsonObject) -> None:
        """What nodes changed, by the name of each."""
        for node, change in update.items():
            if node == _INTERRUPT:
                self.ask(change)
                continue
            key = f"node {node}"
            self._drafts.steps.start(key, "running_node", label=node[:200])
            for part in change if isinstance(change, list) else [change]:
                if isinstance(part, Mapping):
                    self._read_state(part, whole_state=False)
            self._drafts.steps.end(key)

    def read_values(self, state: JsonObject) -> None:
        """The whole state."""
        self._read_state(state, whole_state=True)

    def read_custom(self, value: JsonValue) -> None:
        """What a node sent itself: a piece of the answer, what it is doing, or anything else, which is lost."""
        said = value if isinstance(value, Mapping) else {}
        piece = next((text for name in _PIECES if (text := text_of(said, name))), "")
        told = (
            value if isinstance(value, str) else next((text for name in _PROGRESS if (text := text_of(said, name))), "")
        )
        if piece:
            self._messages.add_text("custom", piece)
        elif told:
            self._drafts.steps.start("custom", "working", label="Working")
            self._drafts.steps.progress("custom", detail=told[:2000])
        else:
            self._drafts.count_loss("custom data")

    def ask(self, interrupts: JsonValue) -> None:
        """The graph stopped to ask a person. Several modes repeat it."""
        for interrupt in interrupts if isinstance(interrupts, list) else [interrupts]:
            asked = asked_in(plain(interrupt))
            if asked not in self._asked and len(self._asked) < _MOST_ASKED:
                self._asked.add(asked)
                self._drafts.ask_person(asked)

    def _read_state(self, state: JsonObject, *, whole_state: bool) -> None:
        if _INTERRUPT in state:
            self.ask(plain(state[_INTERRUPT]))
        messages = objects_of(state, "messages")
        if isinstance(state.get("messages"), Mapping):
            messages = [m for m in [state["messages"]] if isinstance(m, Mapping)]
        if whole_state:
            self._messages.read_all(messages)
        else:
            for message in messages:
                self._messages.read(message, whole=True)
        for name, value in state.items():
            if name in ("messages", _INTERRUPT) or cite_documents(plain(value), self._drafts):
                continue
            if name in _ANSWERS and isinstance(value, str) and not messages:
                self._messages.say_state(name, value)
            elif value not in (None, "", [], {}):
                self._drafts.count_loss("state of the graph")
