"""A2A, the protocol between agents: JSON-RPC results of ``message/stream``, up to a task's last state or one message.

Kinds and fields are those of the protocol's specification, versions 0.2 to 0.3 (``kind``) and 1.0 (one field that names
the kind); results of the versions before are known by their fields. The answer is the text of a task's artifacts, of
the message of its last state, and of messages in place of a task. What an agent says while it works is a step; it is
the answer where nothing else was said. A2A has no citations.
"""

from pydantic import JsonValue

from backend.dialects.a2a_texts import A2aTexts
from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of
from backend.dialects.said_text import count_unread

_KINDS = {
    "task": "task",
    "message": "message",
    "statusUpdate": "status-update",
    "artifactUpdate": "artifact-update",
}
"""The fields of version 1.0, and the kinds of the versions before."""

_ASKS = ("input-required", "auth-required")

_WORKING = "working"

_BESIDE_ARTIFACT = frozenset({"kind", "taskId", "contextId", "append", "lastChunk", "metadata", "final"})
"""Fields of an update that are not its artifact."""


class A2a:
    """One stream of a task."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._texts = A2aTexts(drafts)
        self._over = False

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one response: a task, a message, an update of either, or an error."""
        if isinstance(message.get("error"), dict) and "jsonrpc" in message:
            error = object_of(message, "error")
            self._drafts.end.fail(f"rpc{error.get('code', '')}"[:80], text_of(error, "message"))
            return True
        result = object_of(message, "result") if "jsonrpc" in message else message
        kind, body = _kind_of(result)
        if not kind and "jsonrpc" in message and "kind" not in result:
            kind, body = _kind_by_fields(result), result
        if kind == "task":
            self._read_task(body)
        elif kind == "message":
            self._texts.say("message", body)
            self._drafts.end.complete()
        elif kind == "status-update":
            self._read_status(object_of(body, "status"), final=body.get("final") is True)
        elif kind == "artifact-update":
            self._read_update(body)
        elif "jsonrpc" in message and result and text_of(result, "kind"):
            self._drafts.count_loss(f"messages of type {text_of(result, 'kind')[:60]}")
        else:
            return False
        return True

    def done_marker(self) -> None:
        """``[DONE]`` is not a part of this dialect, and no end."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The connection has ended."""
        self._texts.finish(is_whole=self._over)
        if self._over:
            self._drafts.end.complete()

    def _read_task(self, task: JsonObject) -> None:
        for artifact in objects_of(task, "artifacts"):
            self._read_artifact(artifact, grows=False)
        self._read_status(object_of(task, "status"), final=False)

    def _read_update(self, update: JsonObject) -> None:
        artifact = update.get("artifact")
        if isinstance(artifact, dict):
            self._read_artifact(artifact, grows=True in (update.get("append"), artifact.get("append")))
        else:
            count_unread(update, _BESIDE_ARTIFACT, self._drafts.count_loss)

    def _read_artifact(self, artifact: JsonObject, *, grows: bool) -> None:
        key = f"artifact {text_of(artifact, 'artifactId') or plain(artifact.get('index'))}"
        if grows:
            self._texts.grow(key, artifact)
        else:
            self._texts.say(key, artifact)

    def _read_status(self, status: JsonObject, *, final: bool) -> None:
        state = text_of(status, "state").lower().removeprefix("task_state_").replace("_", "-")
        message = object_of(status, "message")
        parts = objects_of(message, "parts")
        if state in _ASKS:
            self._ask(state, message)
        elif state == "completed":
            self._texts.say("status", message)
            self._over = True
            self._texts.finish(is_whole=True)
            self._drafts.end.complete()
        elif state in ("failed", "rejected"):
            told = self._texts.text_of(parts) or f"The agent's task was {state}."
            self._drafts.end.fail(f"task_{state}", told)
        elif state in ("canceled", "cancelled"):
            self._drafts.end.complete("cancelled")
        else:
            self._read_work(state, parts)
            self._over = self._over or (final and state not in ("submitted", _WORKING))

    def _read_work(self, state: str, parts: list[JsonObject]) -> None:
        if state not in ("", "submitted", _WORKING):
            self._drafts.count_loss(f"states of a task named {state[:40]}")
        if state == _WORKING:
            self._drafts.steps.start(_WORKING, _WORKING, label="Working")
        if parts:
            self._texts.note_work(_WORKING, parts)

    def _ask(self, state: str, message: JsonObject) -> None:
        parts = objects_of(message, "parts")
        self._texts.say("question", message)
        asked = self._texts.text_of(parts) or ("It needs you to sign in." if state == "auth-required" else "")
        self._drafts.ask_person(asked)
        self._over = True


def _kind_by_fields(result: JsonObject) -> str:
    """The kind of a result of the versions before 0.2; empty for one of another protocol."""
    if isinstance(result.get("artifact"), dict):
        return "artifact-update"
    if "state" in object_of(result, "status"):
        return "status-update" if "final" in result else "task"
    return "message" if isinstance(result.get("parts"), list) and "role" in result else ""


def _kind_of(result: JsonObject) -> tuple[str, JsonObject]:
    """The kind of a result, and the object that has its fields; empty for any other object."""
    kind = text_of(result, "kind")
    if kind in _KINDS.values() and ({"status", "artifact", "parts", "taskId", "contextId", "id"} & set(result)):
        return kind, result
    for name, known in _KINDS.items():
        body: JsonValue = plain(result.get(name))
        if isinstance(body, dict) and {"status", "artifact", "parts", "content"} & set(body) and len(result) <= 2:
            return known, body
    return "", {}
