"""A2A: tasks with artifacts, messages in place of tasks, and states of both versions of the protocol."""

from typing import Any

import pytest

from tests.dialects.streams import ReadStream, frames, read


def a2a(*results: dict[str, Any]) -> ReadStream:
    return read("a2a", frames([{"jsonrpc": "2.0", "id": "1", "result": result} for result in results]))


def parts(text: str) -> list[dict[str, Any]]:
    return [{"kind": "text", "text": text}]


def status(state: str, text: str = "", *, final: bool = False) -> dict[str, Any]:
    message = {"message": {"role": "agent", "parts": parts(text)}} if text else {}
    return {"kind": "status-update", "taskId": "t", "final": final, "status": {"state": state, **message}}


def artifact(text: str, key: str = "a", *, append: bool = False) -> dict[str, Any]:
    body = {"artifactId": key, "parts": parts(text)}
    return {"kind": "artifact-update", "taskId": "t", "append": append, "artifact": body}


def test_a_message_in_place_of_a_task_is_the_answer() -> None:
    stream = a2a({"kind": "message", "role": "agent", "messageId": "m", "parts": parts("Hello")})
    assert (stream.text, stream.end.outcome) == ("Hello", "completed")


def test_an_artifact_grows_and_what_repeats_it_is_not_said_twice() -> None:
    task = {"kind": "task", "id": "t", "status": {"state": "completed"}, "artifacts": [artifact("Hello")["artifact"]]}
    assert a2a(artifact("Hel"), artifact("lo", append=True), task).text == "Hello"


def test_results_of_the_first_versions_are_told_by_their_fields() -> None:
    text = [{"type": "text", "text": "Hel"}]
    more = [{"type": "text", "text": "lo"}]
    working = {"id": "t", "status": {"state": "working"}, "final": False}
    stream = a2a(
        {"id": "t", "sessionId": "s", "status": {"state": "submitted"}},
        working,
        {"id": "t", "artifact": {"parts": text, "index": 0}},
        {"id": "t", "artifact": {"parts": more, "index": 0, "append": True}},
        {"id": "t", "status": {"state": "completed"}, "final": True},
    )
    assert (stream.text, stream.end.outcome) == ("Hello", "completed")
    assert a2a({"role": "agent", "parts": text}).text == "Hel"
    assert a2a({"tools": [], "status": "ok"}).recognised == 0


def test_two_artifacts_are_two_paragraphs() -> None:
    assert a2a(artifact("One."), artifact("Two.", "b"), status("completed")).text == "One.\n\nTwo."


def test_words_at_work_are_steps_and_the_answer_where_there_is_no_other() -> None:
    stream = a2a(status("working", "Looking"), artifact("Found."), status("completed", final=True))
    assert stream.text == "Found."
    assert "Looking" in [step.detail for step in stream.statuses]
    assert a2a(status("working", "Hel"), status("working", "lo"), status("completed")).text == "Hello"


@pytest.mark.parametrize(
    ("update", "outcome", "code"),
    [
        (status("working"), "interrupted", "stream_cut"),
        (status("completed", final=True), "completed", None),
        (status("TASK_STATE_COMPLETED"), "completed", None),
        (status("failed", "No."), "failed", "task_failed"),
        (status("rejected"), "failed", "task_rejected"),
        (status("canceled"), "cancelled", None),
        (status("input-required", "Which one?", final=True), "interrupted", "input_requested"),
        (status("TASK_STATE_AUTH_REQUIRED"), "interrupted", "input_requested"),
    ],
)
def test_the_last_state_is_the_end(update: dict[str, Any], outcome: str, code: str | None) -> None:
    end = a2a(artifact("So"), update).end
    assert (end.outcome, end.error and end.error.code) == (outcome, code)


def test_data_and_files_are_losses() -> None:
    body = {
        "artifactId": "a",
        "parts": [*parts("Hi"), {"kind": "data", "data": {"x": 1}}, {"kind": "file", "file": {}}],
    }
    stream = a2a({"kind": "artifact-update", "taskId": "t", "artifact": body}, status("completed"))
    assert (stream.text, stream.losses) == ("Hi", {"data parts": 1, "files": 1})


def test_an_error_of_the_call_is_a_failure() -> None:
    stream = read("a2a", frames([{"jsonrpc": "2.0", "id": "1", "error": {"code": -32601, "message": "No method."}}]))
    assert stream.end.error is not None
    assert (stream.end.error.code, stream.end.error.message) == ("rpc-32601", "No method.")
