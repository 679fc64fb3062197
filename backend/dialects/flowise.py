"""Flowise's predictions: messages whose ``event`` says what they are, and whose ``data`` is what it says.

Events and fields are those of Flowise's documentation of streaming. An answer ends with ``end``. A flow that cannot
stream answers with one object. Documents that were
retrieved are sources without a range; tools come with their results, and the nodes of an agent flow are steps.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.person_requests import asked_in
from backend.dialects.said_text import said_text
from backend.protocol.events import Locator

_QUIET = frozenset({"start", "metadata", "agentFlowEvent", "nextAgent", "tts_start", "tts_end"})

_LOST = {
    "agentFlowExecutedData": "data of the nodes of a flow",
    "agentReasoning": "reports of agents",
    "artifacts": "files",
    "fileAnnotations": "files",
    "tts_data": "speech",
}

_OF_TOOLS = ("calledTools", "usedTools")

_OF_WHOLE = frozenset({"chatId", "chatMessageId", "sessionId"})
"""Fields of which an answer that is not streamed has at least one."""

_USAGE = ("input_tokens", "output_tokens", "total_tokens")


class Flowise:
    """One streamed prediction."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._tools: set[str] = set()

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one message."""
        kind, data = text_of(message, "event"), message.get("data")
        if not kind and isinstance(message.get("text"), str) and _OF_WHOLE & set(message):
            self._read_whole(message)
        elif kind == "token":
            self._drafts.add_text(
                said_text(message, "data", ("event", "chatId"), self._drafts.count_loss, required=True)
            )
        elif kind == "sourceDocuments":
            for document in objects_of(message, "data"):
                self._cite(document)
        elif kind in _OF_TOOLS:
            for tool in objects_of(message, "data"):
                self._read_tool(tool, over=kind == "usedTools")
        elif kind == "nextAgentFlow":
            self._read_node(object_of(message, "data"))
        elif kind == "usageMetadata":
            usage = object_of(message, "data")
            self._drafts.end.add_usage({name: plain(usage.get(name)) for name in _USAGE})
        elif kind == "action":
            self._drafts.ask_person(asked_in(plain(data)))
        elif "data" not in message or kind not in {"end", "error", "abort", *_QUIET, *_LOST}:
            return False
        else:
            self._read_end(kind, data)
        return True

    def done_marker(self) -> None:
        """``[DONE]`` adds nothing to ``end``."""

    def finish(self) -> None:
        """The connection has ended: without ``end`` it was cut."""

    def _read_whole(self, message: JsonObject) -> None:
        for tool in objects_of(message, "usedTools"):
            self._read_tool(tool, over=True)
        self._drafts.add_text(text_of(message, "text"))
        for document in objects_of(message, "sourceDocuments"):
            self._cite(document)
        for field, what in _LOST.items():
            if message.get(field):
                self._drafts.count_loss(what)
        self._drafts.end.complete()

    def _read_end(self, kind: str, data: JsonValue) -> None:
        if kind == "error":
            told = data if isinstance(data, str) else text_of(data, "message") if isinstance(data, Mapping) else ""
            self._drafts.end.fail("agent_error", told)
        elif kind == "end":
            self._drafts.end.complete()
        elif kind == "abort":
            self._drafts.end.complete("cancelled")
        elif kind in _LOST and data:
            self._drafts.count_loss(_LOST[kind])

    def _cite(self, document: JsonObject) -> None:
        about, quote = object_of(document, "metadata"), text_of(document, "pageContent")
        source = text_of(about, "source") or text_of(about, "url")
        url = source if source.startswith(("http://", "https://")) else ""
        title = text_of(about, "title") or source or "Retrieved text"
        page = whole_number_of(object_of(about, "loc"), "pageNumber")
        self._drafts.count_loss("spans of citations, which the stream has none of")
        self._drafts.add_citation(
            f"{source or title}\n{quote}",
            title=title,
            source=source,
            url=url,
            quote=quote,
            locator=Locator(page=page) if page is not None and page > 0 else None,
        )

    def _read_tool(self, tool: JsonObject, *, over: bool) -> None:
        """A call of a tool: most flows name it only once it is over, and may list it again."""
        name, arguments, result = text_of(tool, "tool"), plain(tool.get("toolInput")), plain(tool.get("toolOutput"))
        key = f"{name}\n{arguments}"[:1000]
        if key not in self._tools and len(self._tools) < 10_000:
            self._tools.add(key)
            self._drafts.steps.start_call(key, name, arguments=arguments)
        if not over:
            return
        failed = text_of(tool, "error")
        self._drafts.steps.end(key, "failed" if failed else "finished", result=result, detail=failed[:2000] or None)

    def _read_node(self, node: JsonObject) -> None:
        key, status = f"node {text_of(node, 'nodeId')}", text_of(node, "status")
        if status == "INPROGRESS":
            self._drafts.steps.start(key, "running_node", label=(text_of(node, "nodeLabel") or "Node")[:200])
        else:
            failed = status in ("ERROR", "TIMEOUT", "TERMINATED")
            self._drafts.steps.end(
                key, "failed" if failed else "finished", detail=text_of(node, "error")[:2000] or None
            )
