"""Addresses of foreign agents as an operator writes them, and the requests that go there."""

import json

import pytest

from backend.dialects.addresses import AddressError, remote_address
from backend.dialects.registry import DIALECTS
from backend.dialects.requests import ForeignQuestion, remote_request

HOST = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        (f"openai-chat:{HOST}/v1", f"{HOST}/v1/chat/completions"),
        (f"openai-chat:{HOST}/v1/chat/completions", f"{HOST}/v1/chat/completions"),
        (f"openai-responses:{HOST}/v1/", f"{HOST}/v1/responses"),
        (f"anthropic:{HOST}", f"{HOST}/v1/messages"),
        (f"anthropic:{HOST}/v1", f"{HOST}/v1/messages"),
        (f"gemini:{HOST}#pro", f"{HOST}/v1beta/models/pro:streamGenerateContent?alt=sse"),
        (f"gemini:{HOST}/v1?key=1#pro", f"{HOST}/v1/models/pro:streamGenerateContent?key=1&alt=sse"),
        (f"ag-ui:{HOST}/agent/", f"{HOST}/agent/"),
        (f"ag-ui:{HOST}", f"{HOST}/"),
        (f"ai-sdk:{HOST}/api/chat?x=1", f"{HOST}/api/chat?x=1"),
        (f"native:{HOST}", f"{HOST}/v1/runs"),
        (f"langgraph:{HOST}#agent", f"{HOST}/runs/stream"),
        (f"langgraph:{HOST}/threads/t1/runs/stream", f"{HOST}/threads/t1/runs/stream"),
        (f"ollama:{HOST}", f"{HOST}/api/chat"),
        (f"ollama:{HOST}/api", f"{HOST}/api/chat"),
        (f"dify:{HOST}/v1", f"{HOST}/v1/chat-messages"),
        (f"mastra:{HOST}#weather", f"{HOST}/api/agents/weather/stream"),
        (f"mastra:{HOST}/api/agents/weather/stream", f"{HOST}/api/agents/weather/stream"),
        (f"flowise:{HOST}#f1", f"{HOST}/api/v1/prediction/f1"),
        (f"flowise:{HOST}/api/v1/#f1", f"{HOST}/api/v1/prediction/f1"),
        (f"flowise:{HOST}/api/v1/prediction/f1", f"{HOST}/api/v1/prediction/f1"),
        (f"cohere:{HOST}", f"{HOST}/v2/chat"),
        (f"a2a:{HOST}/agent", f"{HOST}/agent"),
        (f"bedrock:{HOST}/converse", f"{HOST}/converse"),
    ],
)
def test_an_api_s_address_is_completed_to_where_it_takes_questions(setting: str, url: str) -> None:
    assert remote_address(setting, DIALECTS).url == url


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (f"{HOST}/v1", "Say what is spoken at"),
        (f"klingon:{HOST}", "There is no dialect 'klingon': choose one of "),
        (f"ollama:{HOST}/api/generate", "leave the path out"),
        (f"mastra:{HOST}", "The address names no agent: write mastra:http://HOST:PORT#AGENT-ID."),
        (f"flowise:{HOST}", "The address names no flow: write flowise:http://HOST:PORT#FLOW-ID."),
        ("ag-ui", "ag-ui names no address: write ag-ui:http://HOST:PORT/PATH."),
        ("ag-ui:localhost:8000", "'localhost:8000' is not an address"),
        ("ag-ui:ftp://localhost/x", "is not an address"),
        ("ag-ui:http://", "is not an address"),
        ("ag-ui:http://localhost:99999/", "is not an address"),
        ("ag-ui:http://[::1", "is not an address"),
    ],
)
def test_what_is_no_address_is_refused_with_what_to_write(setting: str, sentence: str) -> None:
    with pytest.raises(AddressError) as refused:
        remote_address(setting, DIALECTS)
    assert sentence in str(refused.value)


def test_the_model_is_the_address_s_own_before_the_environment_s() -> None:
    assert remote_address(f"openai-chat:{HOST}#llama", DIALECTS, "other").model == "llama"
    assert remote_address(f"openai-chat:{HOST}", DIALECTS, "other").model == "other"


def test_a_sentence_shows_the_host_and_no_secret() -> None:
    address = remote_address("ag-ui:http://user:secret@127.0.0.1:9/agent?key=secret", DIALECTS)
    assert address.host == "127.0.0.1:9"


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_dialect_is_asked_the_question(dialect: str) -> None:
    address = remote_address(f"{dialect}:{HOST}/x", DIALECTS)
    request = remote_request(address, ForeignQuestion("Wie \u00fcberall?", [("Before?", "Yes."), ("Lost?", "")]), "k3y")
    body = json.loads(request.body)
    texts = json.dumps(body, ensure_ascii=False)
    assert "Wie \u00fcberall?" in texts
    assert "Lost?" not in texts
    assert ("Before?" in texts) == (dialect not in ("native", "dify", "a2a"))
    assert "k3y" in " ".join(request.headers.values())
    assert "k3y" not in texts
