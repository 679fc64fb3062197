"""OpenAI's chat completions, read by OpenAI's own Python client: normal, failed, cancelled by closing, and refused."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import openai
import pytest
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.foreign_streams.agents import ForeignProvider
from tests.api.foreign_streams.runs import RUN_ID, answer_of, opened, run_now, wait_until_ended
from tests.dialects.foreign_readers import objects_in, text_of_chunks

pytestmark = pytest.mark.server

ANSWER = "Rising [1], fast [2]."
MESSAGES: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Who?"},
    {"role": "assistant", "content": "Them."},
    {"role": "user", "content": [{"type": "text", "text": "Why?"}]},
]


@pytest.fixture
def their_client(backend: BackendServer) -> Iterator[openai.OpenAI]:
    """OpenAI's client of ``backend``."""
    with openai.OpenAI(base_url=f"{backend.url}/openai/v1", api_key="none", max_retries=0) as client:
        yield client


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def test_an_answer_is_ours_streamed_and_not(their_client: openai.OpenAI, client: httpx2.Client) -> None:
    streamed = their_client.chat.completions.with_raw_response.create(model="to:full", messages=MESSAGES, stream=True)
    chunks = list(streamed.parse())
    assert text_of(chunks) == answer_of(client, streamed.headers[RUN_ID]) == ANSWER
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason] == ["stop"]
    assert {(chunk.object, chunk.model) for chunk in chunks} == {("chat.completion.chunk", "to:full")}
    raw = their_client.chat.completions.with_raw_response.create(model="to:full", messages=MESSAGES)
    whole = raw.parse()
    assert whole.choices[0].message.content == answer_of(client, raw.headers[RUN_ID]) == ANSWER
    assert whole.id == f"chatcmpl-{raw.headers[RUN_ID]}"
    assert whole._request_id == raw.headers[RUN_ID]


def test_citations_are_annotations_with_the_places_of_the_answer(their_client: openai.OpenAI) -> None:
    whole = their_client.chat.completions.create(model="to:full", messages=MESSAGES)
    found = [each.url_citation for each in whole.choices[0].message.annotations or []]
    assert [(each.title, ANSWER[each.start_index : each.end_index]) for each in found] == [
        ("10-Q", "Rising"),
        ("A note", "[2]"),
    ]
    assert found[0].url == "https://sec.example/10q"
    chunks = list(their_client.chat.completions.create(model="to:full", messages=MESSAGES, stream=True))
    deltas = [choice.delta.model_dump().get("annotations") for chunk in chunks for choice in chunk.choices]
    assert [[each["url_citation"]["title"] for each in annotations] for annotations in deltas if annotations] == [
        ["10-Q", "A note"]
    ]


def test_usage_and_history_are_passed_on(their_client: openai.OpenAI) -> None:
    chunks = list(
        their_client.chat.completions.create(
            model="to:recall", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    assert text_of(chunks) == '["Why?", [["Who?", "Them."]]]'
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.total_tokens) == (3, 8)
    whole = their_client.chat.completions.create(model="to:recall", messages=MESSAGES)
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 5
    assert their_client.chat.completions.create(model="to:full", messages=MESSAGES).usage is None


@pytest.mark.parametrize(
    ("model", "status", "code", "retry"),
    [
        ("to:fail", 500, "no_quota", "false"),
        ("to:break", 503, "stream_cut", "true"),
        ("to:silent", 504, "timeout", "true"),
    ],
)
def test_a_run_that_does_not_end_well_raises_streamed_and_not(
    their_client: openai.OpenAI, client: httpx2.Client, model: str, status: int, code: str, retry: str
) -> None:
    options = {"options": {"timeout_s": 0.05 if model == "to:silent" else 30}}
    seen: list[ChatCompletionChunk] = []
    stream = their_client.chat.completions.create(model=model, messages=MESSAGES, stream=True, extra_body=options)
    with pytest.raises(openai.APIError) as streamed:
        seen.extend(stream)
    assert streamed.value.code == code
    with pytest.raises(openai.InternalServerError) as whole:
        their_client.chat.completions.create(model=model, messages=MESSAGES, extra_body=options)
    assert (whole.value.status_code, whole.value.code) == (status, code)
    assert whole.value.response.headers["x-should-retry"] == retry
    run = run_now(client, whole.value.response.headers[RUN_ID])
    told = whole.value.response.json()
    assert (run["outcome"], run["view"]["message"]["answer"]) == (told["outcome"], told["answer"])


def test_what_was_read_of_a_run_that_fails_has_no_finish_reason(client: httpx2.Client) -> None:
    body = {"model": "to:fail", "messages": MESSAGES, "stream": True}
    chunks = objects_in(client.post("/openai/v1/chat/completions", json=body).content)
    assert text_of_chunks(chunks) == "half "
    assert [choice["finish_reason"] for chunk in chunks for choice in chunk.get("choices", [])] == [None, None]
    assert chunks[-1]["error"]["code"] == "no_quota"


def test_closing_a_stream_cancels_the_run(
    their_client: openai.OpenAI, backend: BackendServer, client: httpx2.Client, agents: ForeignProvider
) -> None:
    raw = their_client.chat.completions.with_raw_response.create(model="to:hold", messages=MESSAGES, stream=True)
    stream = raw.parse()
    assert any(chunk.choices[0].delta.content == "before " for chunk in stream)
    stream.close()
    assert agents.held.cancelled.wait(DEADLINE_S)
    wait_until_ended(backend, raw.headers[RUN_ID])
    run = run_now(client, raw.headers[RUN_ID])
    assert (run["outcome"], run["view"]["message"]["answer"]) == ("cancelled", "before ")


def test_giving_up_on_an_answer_that_is_not_streamed_cancels_the_run(
    backend: BackendServer, client: httpx2.Client, agents: ForeignProvider
) -> None:
    address = urlsplit(backend.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=DEADLINE_S)
    body = json.dumps({"model": "to:hold", "messages": MESSAGES})
    connection.request("POST", "/openai/v1/chat/completions", body, {"Content-Type": "application/json"})
    assert agents.held.begun.wait(DEADLINE_S)
    connection.close()
    assert agents.held.cancelled.wait(DEADLINE_S)
    (run,) = client.get("/v1/runs").json()["runs"]
    wait_until_ended(backend, run["run_id"])
    assert run_now(client, run["run_id"])["outcome"] == "cancelled"


def test_a_run_that_was_cancelled_elsewhere_is_an_error(client: httpx2.Client) -> None:
    body = {"model": "to:hold", "messages": [{"role": "user", "content": "Why?"}], "stream": True}
    with opened(client, "POST", "/openai/v1/chat/completions", body) as stream:
        begun = stream.read_until(b"before ")
        client.post(f"/v1/runs/{stream.run_id}/cancel")
        received = begun + stream.rest()
    assert b'"code":"cancelled"' in received
    assert b"[DONE]" not in received
    assert b"retry:" not in received


def test_a_server_that_stops_ends_an_answer_as_interrupted(backend: BackendServer, client: httpx2.Client) -> None:
    body = {"model": "to:hold", "messages": [{"role": "user", "content": "Why?"}], "stream": True}
    with opened(client, "POST", "/openai/v1/chat/completions", body) as stream:
        begun = stream.read_until(b"before ")
        backend.stop()
        received = begun + stream.rest()
    assert b'"outcome":"interrupted"' in received
    assert b"[DONE]" not in received


def test_agents_are_models(their_client: openai.OpenAI) -> None:
    assert [model.id for model in their_client.models.list()] == ["to:full"]
    assert their_client.models.retrieve("to:full").owned_by == "playhead"
    with pytest.raises(openai.NotFoundError) as unknown:
        their_client.models.retrieve("gpt-9")
    assert unknown.value.code == "model_not_found"


def test_what_cannot_be_answered_is_refused_in_their_words(their_client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        their_client.chat.completions.create(model="gpt-9", messages=MESSAGES)
    assert (unknown.value.code, unknown.value.type) == ("model_not_found", "not_found_error")
    assert "gpt-9" in str(unknown.value)
    with pytest.raises(openai.UnprocessableEntityError) as nothing:
        their_client.chat.completions.create(model="to:full", messages=[])
    assert (nothing.value.code, nothing.value.type) == ("no_question", "invalid_request_error")
    with pytest.raises(openai.UnprocessableEntityError) as two:
        their_client.chat.completions.create(model="to:full", messages=MESSAGES, n=2)
    assert two.value.type == "invalid_request_error"
    with pytest.raises(openai.APIStatusError) as large:
        their_client.chat.completions.create(model="to:full", messages=[{"role": "user", "content": "x" * 20_000}])
    assert (large.value.status_code, large.value.code) == (413, "question_too_large")


def test_a_problem_is_in_their_shape_only_under_their_path(client: httpx2.Client) -> None:
    theirs = client.post("/openai/v1/chat/completions", json={"model": "x", "messages": [{"role": "user"}]}).json()
    ours = client.post("/v1/runs", json={"question": ""}).json()
    assert theirs["error"]["message"] == theirs["detail"]
    assert "error" not in ours
    assert client.get("/openai/v1/embeddings").json()["error"]["code"] == "unknown_path"
