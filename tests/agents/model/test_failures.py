"""What goes wrong with a provider: each is one clear sentence, and the run ends as what it is."""

import gzip
import json

import pytest

from backend.agents.model.requests import LONGEST_WAIT_S
from tests.agents.model.conftest import KEY, Talk
from tests.agents.model.scripted_provider import Reply, error
from tests.agents.model.wire import (
    ANTHROPIC,
    CHAT,
    GEMINI,
    anthropic,
    anthropic_error,
    chat,
    chat_text,
    chat_tool_call,
    gemini,
    said,
    text_block,
)

OPENAI_LIMIT = error(429, {"error": {"message": "Slow down", "code": "rate_limit_exceeded"}}, retry_after="3")
ANTHROPIC_LIMIT = error(
    429, {"type": "error", "error": {"type": "rate_limit_error", "message": "Slow"}}, retry_after="3"
)
GEMINI_LIMIT = error(
    429,
    {
        "error": {
            "code": 429,
            "message": "Resource has been exhausted",
            "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3s"}],
        }
    },
)
ANSWERS = {CHAT: chat_text("Well."), ANTHROPIC: anthropic(text_block("Well.")), GEMINI: gemini({"text": "Well."})}


@pytest.mark.parametrize(
    ("setting", "reply", "variable"),
    [
        (CHAT, error(401, {"error": {"message": f"Wrong key {KEY}", "code": "invalid_api_key"}}), "OPENAI_API_KEY"),
        (
            ANTHROPIC,
            error(401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}),
            "ANTHROPIC_API_KEY",
        ),
        (
            GEMINI,
            error(403, {"error": {"code": 403, "message": "No.", "status": "PERMISSION_DENIED"}}),
            "GOOGLE_API_KEY",
        ),
    ],
)
async def test_a_refused_key_names_its_variable_and_never_the_key(
    talk: Talk, setting: str, reply: Reply, variable: str
) -> None:
    heard = await talk(setting, reply)

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.outcome, heard.failure.retryable) == (
        "provider_key_refused",
        "failed",
        False,
    )
    assert "refuses the key (40" in heard.failed_with
    assert variable in heard.failed_with
    assert KEY not in heard.failed_with
    assert len(talk.provider.asked) == 1
    assert heard.statuses[-1].state == "failed", "no step stays open"


@pytest.mark.parametrize(
    ("setting", "limit"), [(CHAT, OPENAI_LIMIT), (ANTHROPIC, ANTHROPIC_LIMIT), (GEMINI, GEMINI_LIMIT)]
)
async def test_a_busy_provider_is_asked_again_after_the_wait_it_names(talk: Talk, setting: str, limit: Reply) -> None:
    heard = await talk(setting, limit, limit, ANSWERS[setting])

    assert heard.failure is None
    assert heard.answer == "Well."
    assert heard.violations() == []
    warnings = [draft.message for draft in heard.drafts if draft.type == "warning"]
    assert [warning.partition(": ")[2] for warning in warnings] == [
        "trying again in 3 s (1 of 2).",
        "trying again in 3 s (2 of 2).",
    ]
    assert all("accepts no more requests now" in warning for warning in warnings)
    assert heard.waited_s == pytest.approx(6)
    types = [draft.type for draft in heard.drafts]
    assert types.index("warning") < types.index("token")


async def test_without_a_wait_named_each_is_twice_the_one_before(talk: Talk) -> None:
    overloaded = error(503, {"error": {"message": "The engine is overloaded"}})
    heard = await talk(CHAT, overloaded, overloaded, ANSWERS[CHAT])

    assert heard.answer == "Well."
    assert heard.waited_s == pytest.approx(3)


async def test_two_retries_are_all(talk: Talk) -> None:
    heard = await talk(CHAT, *[OPENAI_LIMIT] * 4)

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.retryable) == ("provider_rate_limit", True)
    assert "accepts no more requests now (429): try again in 3 s. It says: Slow down." in heard.failed_with
    assert len(talk.provider.asked) == 3


async def test_a_long_wait_is_not_waited_for(talk: Talk) -> None:
    heard = await talk(CHAT, error(429, {"error": {"message": "Slow"}}, retry_after=str(int(LONGEST_WAIT_S) + 1)))

    assert heard.waited_s == 0
    assert "try again in 31 s" in heard.failed_with
    assert len(talk.provider.asked) == 1


async def test_a_fault_of_the_provider_that_lasts(talk: Talk) -> None:
    fault = error(500, {"error": {"message": "Internal error"}})
    heard = await talk(CHAT, fault, fault, fault)

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.retryable) == ("provider_error", True)
    assert "has a fault or is overloaded (500): try again in a moment. It says: Internal error." in heard.failed_with


@pytest.mark.parametrize(
    ("setting", "reply", "kept"),
    [
        (CHAT, chat(*said("Well, ", "no"), finish="content_filter"), "Well, no"),
        (CHAT, chat(finish="content_filter"), ""),
        (ANTHROPIC, anthropic(text_block("Well, ", "no"), stop="refusal"), "Well, no"),
        (GEMINI, gemini({"text": "Well, "}, {"text": "no"}, finish="SAFETY"), "Well, no"),
    ],
)
async def test_a_filtered_answer_is_told_as_that(talk: Talk, setting: str, reply: bytes, kept: str) -> None:
    heard = await talk(setting, reply)

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.outcome) == ("content_filter", "failed")
    assert heard.answer == kept
    assert len(talk.provider.asked) == 1


@pytest.mark.parametrize(
    ("setting", "reply"),
    [
        (CHAT, Reply(chat(*said("Half an "), finish=None))),
        (CHAT, Reply(chat(*said("Half an "), finish=None), then="break")),
        ("ollama:llama", Reply(chat(*said("Half an "), finish=None))),
        (ANTHROPIC, Reply(anthropic(text_block("Half an "), stop=None))),
        (ANTHROPIC, Reply(anthropic(text_block("Half an "), stop=None), then="break")),
        (GEMINI, Reply(gemini({"text": "Half an "}, finish=None))),
        (GEMINI, Reply(gemini({"text": "Half an "}, finish=None), then="break")),
    ],
)
async def test_a_stream_that_breaks_off_is_never_success(talk: Talk, setting: str, reply: Reply) -> None:
    heard = await talk(setting, reply)

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.outcome, heard.failure.retryable) == ("stream_cut", "interrupted", True)
    assert heard.answer == "Half an ", "what was written is kept"
    assert len(talk.provider.asked) == 1, "text was shown, so it is not asked again"


@pytest.mark.parametrize("setting", [CHAT, ANTHROPIC, GEMINI])
async def test_a_stream_without_anything_is_cut(talk: Talk, setting: str) -> None:
    heard = await talk(setting, b"")

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.outcome) == ("stream_cut", "interrupted")


@pytest.mark.parametrize(
    ("setting", "reply", "code", "told"),
    [
        (
            CHAT,
            b'data: {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}\n\n',
            "provider_quota",
            "quota is used up (429, within the stream): check its plan and billing. It says: You exceeded your quota.",
        ),
        (
            ANTHROPIC,
            anthropic(text_block("Well"), stop=None) + anthropic_error("api_error", "Internal"),
            "provider_error",
            "(500, within the stream)",
        ),
        (
            GEMINI,
            b'data: {"error": {"code": 400, "message": "Bad input", "status": "INVALID_ARGUMENT"}}\r\n\r\n',
            "provider_refused",
            "It says: Bad input.",
        ),
    ],
)
async def test_an_error_inside_a_200(talk: Talk, setting: str, reply: bytes, code: str, told: str) -> None:
    heard = await talk(setting, reply)

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.outcome) == (code, "failed")
    assert told in heard.failed_with
    assert len(talk.provider.asked) == 1


async def test_an_overload_inside_a_200_is_asked_again_while_nothing_was_shown(talk: Talk) -> None:
    heard = await talk(ANTHROPIC, anthropic_error("overloaded_error", "Overloaded"), ANSWERS[ANTHROPIC])

    assert heard.answer == "Well."
    assert list(heard.warnings) == ["provider_retry"]


async def test_an_unknown_model(talk: Talk) -> None:
    heard = await talk(CHAT, error(404, {"error": {"message": "No such model", "code": "model_not_found"}}))

    assert heard.failure is not None
    assert heard.failure.code == "provider_model_unknown"
    assert "has no model 'small' (404)" in heard.failed_with


async def test_nobody_at_the_address(talk: Talk, free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://me:secret@127.0.0.1:{free_port}/v1")
    heard = await talk(CHAT)

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.retryable) == ("provider_unreachable", True)
    assert f"cannot be reached at http://127.0.0.1:{free_port}/v1: check OPENAI_BASE_URL" in heard.failed_with


async def test_a_model_that_goes_on_calling_tools_is_stopped(talk: Talk) -> None:
    heard = await talk(CHAT, *[chat_tool_call("list_tables")] * 25)

    assert heard.failure is not None
    assert heard.failure.code == "too_many_requests"
    assert len(talk.provider.asked) == 20


EVERY_PROVIDER = [CHAT, ANTHROPIC, GEMINI, "openai-responses:small", "ollama:llama"]
JSON = {"content-type": "application/json; charset=utf-8"}


@pytest.mark.parametrize("setting", EVERY_PROVIDER)
async def test_a_page_of_a_proxy_in_place_of_a_stream(talk: Talk, setting: str) -> None:
    heard = await talk(setting, Reply(b"<html>Welcome</html>", headers={"content-type": "text/html"}))

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.outcome) == ("provider_no_stream", "failed")
    assert "answers with text/html, which is not a stream: check " in heard.failed_with
    assert "_BASE_URL" in heard.failed_with


@pytest.mark.parametrize("setting", EVERY_PROVIDER)
@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_an_error_as_a_document_inside_a_200(talk: Talk, setting: str, encoding: str) -> None:
    body = json.dumps({"error": {"message": f"Over it, {KEY}", "code": "insufficient_quota"}}).encode()
    headers = JSON | ({"content-encoding": encoding} if encoding else {})
    heard = await talk(setting, Reply(gzip.compress(body) if encoding else body, headers=headers))

    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.outcome) == ("provider_quota", "failed")
    assert heard.failed_with.endswith("quota is used up: check its plan and billing. It says: Over it, …")
    assert len(talk.provider.asked) == 1


async def test_a_stream_that_is_called_a_document_is_read(talk: Talk) -> None:
    heard = await talk(CHAT, Reply(chat_text("Well, ", "yes."), headers=JSON, piece=40))

    assert heard.failure is None
    assert heard.answer == "Well, yes."


@pytest.mark.parametrize("setting", EVERY_PROVIDER)
async def test_a_redirect_is_told_and_not_followed(talk: Talk, setting: str, free_port: int) -> None:
    """Key and question go nowhere but where the operator said: not every header of a key is left out on the way."""
    place = f"http://127.0.0.1:{free_port}/v1"
    heard = await talk(setting, Reply(status=307, headers={"location": f"{place}?key=secret"}), ANSWERS[CHAT])

    assert heard.failure is not None
    assert heard.failure.code == "provider_moved"
    assert f"redirects to {place}: put that address into " in heard.failed_with
    assert "secret" not in heard.failed_with
    assert len(talk.provider.asked) == 1
