"""What of an agent's yield reaches the log."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    Draft,
    ErrorEvent,
    StatusEvent,
    TokenEvent,
    ToolLog,
    UnknownEvent,
    WarningEvent,
    body_of,
    event_body,
    event_json,
)
from backend.runs.screening import (
    MAX_EVENT_BYTES,
    MAX_TOKEN_CHARACTERS,
    BadDraftError,
    clean_text,
    error_draft,
    plain_token_body,
    screen as screened,
)
from tests import strategies


def screen(draft: object) -> list[Draft]:
    """The drafts to write, each with the body that it is encoded as."""
    found = screened(draft)
    assert all(body == event_body(written) for written, body in found)
    return [written for written, _ in found]


@given(strategies.drafts())
def test_good_drafts_pass_as_they_are(drafts: list[Draft]) -> None:
    for draft in drafts:
        assert list(screen(draft)) == [draft]


@pytest.mark.parametrize(
    "draft",
    [None, "token", b"token", 1, {"type": "token", "text": "x"}, DoneEvent(), UnknownEvent(type="thought"), TokenEvent],
    ids=repr,
)
def test_what_is_no_draft_is_refused_with_its_kind(draft: object) -> None:
    with pytest.raises(BadDraftError, match=type(draft).__name__):
        screen(draft)


@pytest.mark.parametrize(
    "draft",
    [
        TokenEvent(text="").model_copy(update={"text": 7}),
        StatusEvent(step="a").model_copy(update={"step": None}),
        CitationEvent().model_copy(update={"number": "first"}),
        WarningEvent().model_copy(update={"message": ["x"]}),
        ArtifactEvent(kind="value", content={"value": 1}).model_copy(update={"kind": "film"}),
        StatusEvent(step="a").model_copy(update={"state": "asleep"}),
    ],
    ids=repr,
)
def test_an_event_built_around_its_own_rules_is_refused(draft: Draft) -> None:
    with pytest.raises(BadDraftError):
        screen(draft)


@given(st.text(alphabet=st.sampled_from("ab\ud83d\ude00\ud800\udc00é\U0001f30d")))
def test_half_characters_never_reach_the_wire(text: str) -> None:
    (draft,) = screen(TokenEvent(text=text))
    assert isinstance(draft, TokenEvent)
    event_json(draft)
    assert clean_text(draft.text) == draft.text


def test_two_halves_of_a_character_become_one_and_a_lone_one_is_replaced() -> None:
    assert clean_text("a\ud83d\ude00b\ud83dc") == "a\U0001f600b\ufffdc"


@given(st.one_of(st.text(), st.text(alphabet=st.sampled_from('a"\\\x00\x7f\né\ud83d\ude00\U0001f30d'))))
def test_a_plain_token_is_written_as_screening_would_write_it(text: str) -> None:
    token = TokenEvent(text=text)
    body = plain_token_body(token)
    assert (body is None) is ("\x7f" in text or clean_text(text) != text)
    if body is not None:
        assert screened(token) == [(token, body)]
        assert body_of(event_json(token)) == body == event_body(token)


def test_only_a_token_of_the_right_size_and_kind_is_plain() -> None:
    assert plain_token_body(TokenEvent(text="x" * MAX_TOKEN_CHARACTERS)) is not None
    token = TokenEvent(text="a")
    changes: list[dict[str, object]] = [{"text": 7}, {"attempt": 2}, {"resumes_after": "1-1"}, {"more": 1}]
    others = [TokenEvent(text="x" * (MAX_TOKEN_CHARACTERS + 1)), *(token.model_copy(update=each) for each in changes)]
    assert [plain_token_body(other) for other in others] == [None] * len(others)


@pytest.mark.parametrize("extra", [0, 1, MAX_TOKEN_CHARACTERS * 3])
def test_a_long_token_keeps_its_text(extra: int) -> None:
    text = "äb" * (MAX_TOKEN_CHARACTERS // 2) + "x" * extra
    drafts = screen(TokenEvent(text=text))
    assert "".join(draft.text for draft in drafts if isinstance(draft, TokenEvent)) == text
    assert all(len(event_json(draft)) < MAX_EVENT_BYTES for draft in drafts)
    assert len(drafts) == 1 + -(-extra // MAX_TOKEN_CHARACTERS)


def test_an_event_that_is_too_large_becomes_a_warning() -> None:
    (warning,) = screen(CitationEvent(title="x", quote="x" * MAX_EVENT_BYTES))
    assert isinstance(warning, WarningEvent)
    assert warning.code == "event_refused"
    assert "A citation event was left out" in warning.message
    assert "at most 2,097,152 are kept" in warning.message


def test_a_step_goes_on_without_a_tool_log_that_is_too_large() -> None:
    log = ToolLog(name="sql", result="x" * MAX_EVENT_BYTES)
    warning, status = screen(StatusEvent(step_id="s", step="running_tool", state="finished", tool=log))
    assert isinstance(warning, WarningEvent)
    assert "A tool log was left out" in warning.message
    assert status == StatusEvent(step_id="s", step="running_tool", state="finished")


def test_a_tool_log_that_is_no_json_becomes_a_warning_and_its_step_goes_on() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    log = ToolLog(name="sql").model_copy(update={"result": endless})
    warning, status = screen(StatusEvent(step_id="s", step="running_tool", state="finished", tool=log))
    assert isinstance(warning, WarningEvent)
    assert warning.message == "A tool log was left out: it cannot be written as JSON."
    assert status == StatusEvent(step_id="s", step="running_tool", state="finished")


def test_half_characters_inside_an_event_are_mended() -> None:
    log = ToolLog(name="a\ud83d\ude00", arguments={"\udc00k": ["\ud800", 1, None]})
    (status,) = screen(StatusEvent(step="a", label="\ud800", tool=log))
    mended = ToolLog(name="a\U0001f600", arguments={"\ufffdk": ["\ufffd", 1, None]})
    assert status == StatusEvent(step="a", label="\ufffd", tool=mended)
    assert list(screen(CitationEvent(title="\ud800"))) == [CitationEvent(title="\ufffd")]


def test_a_refused_artifact_becomes_a_warning_that_names_it() -> None:
    (warning,) = screen(ArtifactEvent(kind="table", title="Shares", content={"columns": ["a"], "rows": [[1, 2]]}))
    assert isinstance(warning, WarningEvent)
    assert warning.code == "artifact_refused"
    assert warning.message == "“Shares” is not shown: A table needs rows under 'rows', each as long as its columns."


def test_an_error_s_message_is_cut_to_what_people_read() -> None:
    (error,) = screen(ErrorEvent(code="x", message="y" * 100_000, retryable=True))
    assert isinstance(error, ErrorEvent)
    assert len(error.message) == 2000
    assert error.retryable
    assert error_draft("\ud800", "\ud800") == ErrorEvent(code="\ufffd", message="\ufffd")


def test_what_a_model_thought_is_kept_only_where_readers_may_see_it() -> None:
    draft = StatusEvent(step_id="t", step="thinking", state="progress", thought="Hm", activity_ms=(1.0,))
    assert screen(draft) == [draft.model_copy(update={"thought": None})]
    assert [kept.draft for kept in screened(draft, show_reasoning=True)] == [draft]
