"""The thoughts of Dify's agents: what a model thought in one round, and the tools that it called.

Each thought comes several times, with more each time. Several tools of one round stand in one text, by semicolons.
"""

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import parsed, text_of

_MOST_TOOLS = 100


class DifyThoughts:
    """The thoughts of one answer."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._open: dict[str, None] = {}

    def read(self, message: JsonObject) -> None:
        """One thought, as far as it is known."""
        thought = text_of(message, "thought")
        if thought and thought not in self._drafts.text[-10 * len(thought) :]:
            self._drafts.steps.add_thinking(thought)
        tools = [name for name in text_of(message, "tool").split(";") if name][:_MOST_TOOLS]
        wanted, seen = parsed(text_of(message, "tool_input")), parsed(text_of(message, "observation"))
        for name in tools:
            self._read_tool(f"{text_of(message, 'id')} {name}", name, _of_tool(wanted, name), _of_tool(seen, name))

    def finish(self) -> None:
        """Nothing more comes: results that were not sent do not come."""
        for key in self._open:
            self._drafts.steps.end(key, detail="Called; its result is not part of the stream.")

    def _read_tool(self, key: str, name: str, arguments: JsonValue, result: JsonValue) -> None:
        if key not in self._open:
            self._open[key] = None
            self._drafts.steps.start_call(key, name, arguments=arguments)
        elif arguments is not None:
            self._drafts.steps.complete_arguments(key, arguments)
        if result is not None:
            self._drafts.steps.end(key, result=result)


def _of_tool(told: JsonValue, name: str) -> JsonValue:
    """What is said of one tool: by its name, where several are in one object."""
    if told == "":
        return None
    return told[name] if isinstance(told, dict) and name in told else told
