"""Dify's apps: messages whose ``event`` says what they are, for chats, agents, chatflows and workflows.

Events and fields are those of Dify's API reference. A chat ends with ``message_end``, which has its usage and the
passages that were retrieved: they name no range of the answer. A workflow ends with ``workflow_finished``; where it
streamed no text, its outputs are the answer. Its nodes are steps.
"""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.dify_thoughts import DifyThoughts
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.person_requests import asked_in
from backend.dialects.said_text import said_text
from backend.protocol.events import Locator

_TEXTS = ("message", "agent_message", "text_chunk", "message_replace", "text_replace")

_STEPS = ("node_started", "node_finished", "iteration_started", "iteration_completed", "loop_started", "loop_completed")

_QUIET = frozenset(
    {
        "ping",
        "workflow_started",
        "tts_message_end",
        "iteration_next",
        "loop_next",
        "node_retry",
        "parallel_branch_started",
    }
    | {"parallel_branch_finished"}
)

_LOST = {"message_file": "files", "tts_message": "speech", "agent_log": "logs of an agent"}

_PAUSED = ("human_input_required", "workflow_paused")

_BESIDE_TEXT = frozenset(
    {"event", "task_id", "id", "message_id", "conversation_id", "workflow_run_id", "created_at", "mode", "metadata"}
    | {"from_variable_selector", "reason", "position"}
)
"""Fields of a message of text that are not its text."""

_USAGE_NAMES = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens", "total_tokens": "total_tokens"}


class Dify:
    """One streamed answer of an app."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._thoughts = DifyThoughts(drafts)
        self._finished = False
        """Whether the workflow has ended."""

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one message, or a whole answer, which has the same fields."""
        kind = text_of(message, "event")
        if kind in _TEXTS:
            self._read_text(kind, message)
        elif kind == "agent_thought":
            self._thoughts.read(message)
        elif kind == "message_end":
            self._read_metadata(object_of(message, "metadata"))
            self._drafts.end.complete()
        elif kind == "error":
            self._read_error(message)
        elif kind in _STEPS:
            self._read_node(kind, object_of(message, "data"))
        elif kind == "workflow_finished":
            self._finish_workflow(object_of(message, "data"))
        elif kind in _PAUSED:
            self._read_pause(object_of(message, "data") or message)
        elif kind not in _QUIET:
            return self._read_unknown(kind, message)
        return True

    def done_marker(self) -> None:
        """``[DONE]`` is not a part of this dialect, and no end."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The connection has ended: a workflow that ended is whole without ``message_end``."""
        self._thoughts.finish()
        if self._finished and not self._drafts.end.is_known:
            self._drafts.end.complete()

    def _read_text(self, kind: str, message: JsonObject) -> None:
        holder = object_of(message, "data") if kind.startswith("text_") and message.get("data") else message
        name = "text" if kind.startswith("text_") else "answer"
        text = said_text(holder, name, _BESIDE_TEXT, self._drafts.count_loss, required=True)
        if kind.endswith("_replace"):
            self._replace(text)
            return
        self._drafts.add_text(text)
        if kind == "message" and message.get("metadata") is not None:
            # A whole answer: it has what the end of a stream has.
            self._read_metadata(object_of(message, "metadata"))
            if "mode" in message:
                self._drafts.end.complete()

    def _replace(self, text: str) -> None:
        if text.startswith(self._drafts.text):
            self._drafts.add_text(text[self._drafts.length :])
            return
        self._drafts.warn("answer_restarted", "The app replaced its answer here: the text before no longer counts.")
        self._drafts.begin_text()
        self._drafts.add_text(text)

    def _read_metadata(self, metadata: JsonObject) -> None:
        usage = object_of(metadata, "usage")
        self._drafts.end.add_usage({ours: plain(usage.get(theirs)) for theirs, ours in _USAGE_NAMES.items()})
        for passage in objects_of(metadata, "retriever_resources"):
            self._read_passage(passage)

    def _read_passage(self, passage: JsonObject) -> None:
        document, quote = text_of(passage, "document_id"), text_of(passage, "content")
        url = text_of(object_of(passage, "doc_metadata"), "url")
        title = text_of(passage, "document_name") or text_of(passage, "title") or text_of(passage, "dataset_name")
        page = whole_number_of(passage, "page")
        self._drafts.count_loss("spans of citations, which the stream has none of")
        self._drafts.add_citation(
            text_of(passage, "segment_id") or f"{document or title}\n{quote}",
            title=title or url or "Retrieved text",
            source=text_of(passage, "document_name"),
            url=url,
            quote=quote,
            document_id=document,
            locator=Locator(page=page) if page is not None and page > 0 else None,
        )

    def _read_node(self, kind: str, data: JsonObject) -> None:
        node = text_of(data, "node_type")
        key = f"node {text_of(data, 'id') or text_of(data, 'node_id')}"
        if kind.endswith("_started"):
            self._drafts.steps.start(
                key,
                "retrieving" if node == "knowledge-retrieval" else "running_node",
                label=text_of(data, "title") or node or "Node",
            )
            return
        failed = text_of(data, "status") in ("failed", "exception")
        detail = text_of(data, "error")[:2000] or None
        self._drafts.steps.end(key, "failed" if failed else "finished", detail=detail if failed else None)
        if node == "knowledge-retrieval":
            # Newer servers name the passages nowhere else in a workflow.
            for passage in objects_of(object_of(data, "outputs"), "result"):
                self._read_passage({**object_of(passage, "metadata"), **passage})

    def _finish_workflow(self, data: JsonObject) -> None:
        self._finished = True
        status = text_of(data, "status")
        self._drafts.end.add_usage({"total_tokens": plain(data.get("total_tokens"))})
        if not self._drafts.length:
            outputs = object_of(data, "outputs")
            texts = [text for text in outputs.values() if isinstance(text, str) and text]
            for text in texts:
                self._drafts.begin_text()
                self._drafts.add_text(text)
            if outputs and len(texts) < len(outputs):
                self._drafts.count_loss("outputs of the workflow that are not text", len(outputs) - len(texts))
        if status in ("failed", "exception"):
            self._drafts.end.fail("workflow_failed", text_of(data, "error") or "The workflow failed.")
        elif status == "stopped":
            self._drafts.end.complete("cancelled")

    def _read_pause(self, data: JsonObject) -> None:
        self._finished = True
        asked = text_of(data, "form_content") or asked_in(plain(data.get("reasons"))) or asked_in(plain(data))
        self._drafts.ask_person(asked or text_of(data, "node_title"))

    def _read_error(self, message: JsonObject) -> None:
        status = whole_number_of(message, "status")
        code = text_of(message, "code")[:80] or "provider_error"
        retryable = status is not None and (status >= 500 or status == 429)
        self._drafts.end.fail(code, text_of(message, "message"), retryable=retryable)

    def _read_unknown(self, kind: str, message: JsonObject) -> bool:
        """A message that is lost, or an error in place of a stream: its code, message and status, and nothing else."""
        if kind in _LOST or kind.startswith(("message_", "workflow_", "node_", "agent_")):
            self._drafts.count_loss(_LOST.get(kind, f"messages of type {kind[:60]}"))
            return True
        if not (
            text_of(message, "code") and text_of(message, "message") and set(message) <= {"code", "message", "status"}
        ):
            return False
        self._read_error(message)
        return True
