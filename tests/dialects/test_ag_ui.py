"""AG-UI: every event type, several messages and runs, rejoining, and ends that are none."""

from typing import Any

import pytest

from tests.dialects.streams import ReadStream, frames, read

START = {"type": "RUN_STARTED", "threadId": "t", "runId": "r"}
FINISH = {"type": "RUN_FINISHED", "threadId": "t", "runId": "r"}


def ag_ui(*events: dict[str, Any]) -> ReadStream:
    return read("ag-ui", frames(events))


def text(message: str, delta: str, kind: str = "CONTENT", **fields: str) -> dict[str, Any]:
    return {"type": f"TEXT_MESSAGE_{kind}", "messageId": message, "delta": delta, **fields}


def test_messages_of_one_run_are_one_answer_in_order() -> None:
    stream = ag_ui(
        START,
        {"type": "TEXT_MESSAGE_START", "messageId": "a", "role": "assistant"},
        text("a", "First. "),
        {"type": "TEXT_MESSAGE_END", "messageId": "a"},
        text("b", "Second", "CHUNK", role="assistant"),
        {"type": "TEXT_MESSAGE_CHUNK", "delta": "."},
        FINISH,
    )
    assert stream.text == "First. \n\nSecond."
    assert stream.end.outcome == "completed"
    assert stream.losses == {}


def test_messages_that_are_not_the_assistants_are_no_answer() -> None:
    stream = ag_ui(
        START,
        {"type": "TEXT_MESSAGE_START", "messageId": "a", "role": "user"},
        text("a", "What?"),
        {"type": "TEXT_MESSAGE_START", "messageId": "b", "role": "assistant"},
        text("b", "That."),
        text("a", "Well?"),
        FINISH,
    )
    assert stream.text == "That."
    assert stream.losses == {"text of messages that are not the assistant's": 2}


def test_a_tool_call_is_a_step_with_its_log() -> None:
    stream = ag_ui(
        START,
        {"type": "TOOL_CALL_START", "toolCallId": "1", "toolCallName": "web_search", "parentMessageId": "m"},
        {"type": "TOOL_CALL_ARGS", "toolCallId": "1", "delta": '{"query": '},
        {"type": "TOOL_CALL_ARGS", "toolCallId": "1", "delta": '"rain"}'},
        {"type": "TOOL_CALL_END", "toolCallId": "1"},
        {"type": "TOOL_CALL_RESULT", "messageId": "m2", "toolCallId": "1", "content": '[{"title": "Sky"}]'},
        FINISH,
    )
    assert stream.states == [("retrieving", "started"), ("retrieving", "progress"), ("retrieving", "finished")]
    log = stream.statuses[-1].tool
    assert log is not None
    assert (log.name, log.arguments, log.result) == ("web_search", {"query": "rain"}, [{"title": "Sky"}])
    assert stream.losses == {"citations of what was searched, which the stream has none of": 1}
    assert stream.tools == 1


def test_a_tool_call_in_chunks_and_one_that_only_a_result_tells_of() -> None:
    stream = ag_ui(
        START,
        {"type": "TOOL_CALL_CHUNK", "toolCallId": "1", "toolCallName": "add", "delta": '{"a":'},
        {"type": "TOOL_CALL_CHUNK", "delta": "1}"},
        {"type": "TOOL_CALL_RESULT", "toolCallId": "2", "content": "plain words"},
        FINISH,
    )
    ended = {status.label: status for status in stream.statuses if status.state in ("finished", "cancelled")}
    assert ended["add"].tool is not None
    assert ended["add"].tool.arguments == {"a": 1}
    assert ended["Tool"].tool is not None
    assert ended["Tool"].tool.result == "plain words"
    assert stream.losses == {"names and arguments of tool calls of which only the result was sent": 1}
    assert stream.tools == 2


def test_a_call_that_the_caller_runs_ends_with_the_run_and_says_so() -> None:
    stream = ag_ui(START, {"type": "TOOL_CALL_START", "toolCallId": "1", "toolCallName": "locate"}, FINISH)
    assert stream.statuses[-1].state == "cancelled"
    assert [warning.code for warning in stream.warnings] == ["call_not_run"]


def test_steps_keep_a_slug_and_show_other_names() -> None:
    stream = ag_ui(
        START,
        {"type": "STEP_STARTED", "stepName": "retrieving"},
        {"type": "STEP_FINISHED", "stepName": "retrieving"},
        {"type": "STEP_STARTED", "stepName": "Plan the trip!"},
        {"type": "STEP_FINISHED", "stepName": "Plan the trip!"},
        FINISH,
    )
    assert [(status.step, status.label) for status in stream.statuses] == [
        ("retrieving", None),
        ("retrieving", None),
        ("plan_the_trip", "Plan the trip!"),
        ("plan_the_trip", "Plan the trip!"),
    ]


@pytest.mark.parametrize(
    ("block", "family"), [("REASONING", "REASONING_MESSAGE"), ("THINKING", "THINKING_TEXT_MESSAGE")]
)
def test_thinking_shows_and_its_text_does_not(block: str, family: str) -> None:
    stream = ag_ui(
        START,
        {"type": f"{block}_START"},
        {"type": f"{family}_START"},
        {"type": f"{family}_CONTENT", "delta": "secret"},
        {"type": f"{family}_END"},
        {"type": f"{block}_END"},
        text("a", "Open."),
        FINISH,
    )
    assert stream.states == [("thinking", "started"), ("thinking", "finished")]
    assert "secret" not in repr(stream.drafts)
    assert stream.losses == {"reasoning text": 1}


def test_what_has_no_place_here_is_counted() -> None:
    stream = ag_ui(
        START,
        {"type": "STATE_SNAPSHOT", "snapshot": {}},
        {"type": "STATE_DELTA", "delta": []},
        {"type": "ACTIVITY_SNAPSHOT", "messageId": "p", "activityType": "PLAN", "content": {}},
        {"type": "ACTIVITY_DELTA", "messageId": "p", "activityType": "PLAN", "patch": []},
        {"type": "RAW", "event": {}},
        {"type": "CUSTOM", "name": "x", "value": 1},
        {"type": "REASONING_ENCRYPTED_VALUE", "encryptedValue": "x"},
        {"type": "RUN_PAUSED"},
        FINISH,
    )
    assert stream.losses == {
        "shared state": 2,
        "activity of type PLAN": 2,
        "raw events of the provider": 1,
        "custom events": 1,
        "encrypted reasoning": 1,
        "events of type RUN_PAUSED": 1,
    }
    assert stream.end.outcome == "completed"


@pytest.mark.parametrize(
    ("events", "outcome", "code"),
    [
        ([START, text("a", "Hal")], "interrupted", "stream_cut"),
        ([START, text("a", "Hal"), {"type": "RUN_ERROR", "message": "No.", "code": "E7"}], "failed", "E7"),
        ([START, {"type": "RUN_ERROR"}, FINISH], "failed", "agent_error"),
        ([START, FINISH, START, text("a", "Hal")], "interrupted", "stream_cut"),
    ],
)
def test_what_is_no_success(events: list[dict[str, Any]], outcome: str, code: str) -> None:
    end = ag_ui(*events).end
    assert end.outcome == outcome
    assert end.error is not None
    assert end.error.code == code


def test_a_done_marker_is_no_end_here() -> None:
    stream = read("ag-ui", frames([START, text("a", "Hal"), "[DONE]"]))
    assert stream.end.outcome == "interrupted"


def test_usage_of_several_models_is_summed() -> None:
    usage = [{"inputTokens": 3, "outputTokens": 4}, {"inputTokens": 10, "reasoningTokens": 2}]
    assert ag_ui(START, {**FINISH, "usage": usage}).end.usage == {
        "input_tokens": 13,
        "output_tokens": 4,
        "reasoning_tokens": 2,
    }


def test_a_run_that_stops_to_ask_a_person_says_so() -> None:
    outcome = {"type": "interrupt", "interrupts": [{"id": "i", "message": "Delete it?"}]}
    stream = ag_ui(START, {**FINISH, "outcome": outcome})
    assert [warning.code for warning in stream.warnings] == ["input_requested"]
    assert "Delete it?" in stream.warnings[0].message
    assert stream.end.outcome == "interrupted"
    assert stream.end.error is not None
    assert stream.end.error.code == "input_requested"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("on_interrupt", '{"question": "Delete it?"}'),
        ("on_interrupt", "Delete it?"),
        ("on_interrupt", [{"value": {"prompt": "Delete it?"}, "id": "i"}]),
        ("LangGraphInterruptEvent", {"question": "Delete it?"}),
        ("my_graph_interrupt", [{"value": "Delete it?"}]),
        ("CopilotKitLangGraphInterruptEvent", {"value": '{"message": "Delete it?"}', "messages": []}),
    ],
)
def test_a_graph_that_stops_to_ask_a_person_says_so(name: str, value: Any) -> None:
    stream = ag_ui(START, {"type": "CUSTOM", "name": name, "value": value}, FINISH)
    assert [warning.message for warning in stream.warnings] == ["The agent stopped to ask a person: Delete it?"]
    assert stream.end.outcome == "interrupted"


def test_a_run_that_continues_after_its_question_is_whole() -> None:
    asked = {"type": "CUSTOM", "name": "on_interrupt", "value": "Delete it?"}
    stream = ag_ui(START, asked, FINISH, START, text("a", "Done."), FINISH)
    assert stream.end.outcome == "completed"
    assert len(stream.warnings) == 1


def test_an_interrupt_in_the_words_of_a_draft_is_read() -> None:
    stream = ag_ui(START, {**FINISH, "outcome": "interrupt", "interrupt": {"id": "i", "reason": "Delete it?"}})
    assert "Delete it?" in stream.warnings[0].message
    assert stream.end.outcome == "interrupted"


def snapshot(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"type": "MESSAGES_SNAPSHOT", "messages": list(messages)}


QUESTION = {"id": "q", "role": "user", "content": "What?"}


def test_rejoining_says_what_a_snapshot_holds_and_then_the_rest() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "sql", "arguments": '{"q": 1}'}}
    stream = ag_ui(
        START,
        snapshot(
            {"id": "o", "role": "assistant", "content": "An older answer."},
            QUESTION,
            {"id": "c", "role": "assistant", "toolCalls": [call]},
            {"id": "c2", "role": "tool", "toolCallId": "1", "content": "7"},
            {"id": "a", "role": "assistant", "content": "It is "},
        ),
        {"type": "TEXT_MESSAGE_START", "messageId": "a", "role": "assistant"},
        text("a", "seven."),
        FINISH,
    )
    assert stream.text == "It is seven."
    log = stream.statuses[-1].tool
    assert log is not None
    assert (log.arguments, log.result) == ({"q": 1}, 7)


def test_a_snapshot_of_what_was_said_already_says_nothing_twice() -> None:
    said = {"id": "a", "role": "assistant", "content": "Seven."}
    assert ag_ui(START, text("a", "Seven."), snapshot(QUESTION, said), FINISH).text == "Seven."
    assert ag_ui(START, text("a", "Sev"), snapshot(QUESTION, said), FINISH).text == "Seven."
    contradicts = ag_ui(START, text("a", "Six."), snapshot(QUESTION, said), FINISH)
    assert contradicts.text == "Six."
    assert contradicts.losses == {"a snapshot that contradicts the answer before it": 1}


def test_other_streams_are_not_taken_for_ag_ui() -> None:
    assert ag_ui({"type": "text-delta", "delta": "a"}, {"type": "token", "text": "a"}, {"choices": []}).recognised == 0


@pytest.mark.parametrize(
    ("tool", "step"),
    [("web_search", "retrieving"), ("WebFetch", "retrieving"), ("url_context", "retrieving"), ("sql", "running_tool")],
)
def test_tools_that_look_something_up_are_retrieving(tool: str, step: str) -> None:
    stream = ag_ui(START, {"type": "TOOL_CALL_START", "toolCallId": "1", "toolCallName": tool}, FINISH)
    assert [status.step for status in stream.statuses] == [step, step]
