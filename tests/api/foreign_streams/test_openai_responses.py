"""OpenAI's Responses API, read by OpenAI's own Python client: streamed and not, with citations, continued and asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer
from tests.api.foreign_streams.agents import ForeignProvider

pytestmark = pytest.mark.server

ANSWER = "Rising [1], fast [2]."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openai.OpenAI]:
    folder: Path = tmp_path_factory.mktemp("responses")
    with (
        BackendServer(folder, [ForeignProvider(), AskingProvider()]) as server,
        openai.OpenAI(base_url=f"{server.url}/openai/v1", api_key="none", max_retries=0) as client,
    ):
        yield client


def ask(client: openai.OpenAI, stream: bool, **asked: Any) -> Any:
    """The response, through the client's own reader of streams where it is streamed."""
    if not stream:
        return client.responses.create(**asked)
    with client.responses.create(**asked, stream=True) as events:
        kinds = [(event.type, event) for event in events]
    assert [event.sequence_number for _, event in kinds] == list(range(len(kinds)))
    assert kinds[-1][0] in ("response.completed", "response.failed")
    said = "".join(event.delta for kind, event in kinds if kind == "response.output_text.delta")
    assert said == kinds[-1][1].response.output_text
    return kinds[-1][1].response


@pytest.mark.parametrize("stream", [True, False])
def test_a_response_is_our_answer_with_its_citations(client: openai.OpenAI, stream: bool) -> None:
    found = ask(client, stream, model="to:full", input="Why?")
    assert (found.status, found.output_text) == ("completed", ANSWER)
    cited = found.output[0].content[0].annotations
    assert [(each.title, ANSWER[each.start_index : each.end_index]) for each in cited] == [
        ("10-Q", "Rising"),
        ("A note", "[2]"),
    ]


@pytest.mark.parametrize("stream", [True, False])
def test_a_conversation_continues_by_the_response_before(client: openai.OpenAI, stream: bool) -> None:
    first = ask(client, stream, model="to:recall", input=[{"role": "user", "content": "Why?"}])
    second = ask(client, stream, model="to:recall", input="And now?", previous_response_id=first.id)
    assert second.output_text.startswith('["And now?", [["Why?"')
    assert (second.usage.input_tokens, second.usage.output_tokens) == (3, 5)


def test_a_run_that_fails_is_a_failed_response_or_an_error(client: openai.OpenAI) -> None:
    failed = ask(client, True, model="to:fail", input="Why?")
    assert (failed.status, failed.error.code, failed.output_text) == ("failed", "no_quota", "half ")
    with pytest.raises(openai.InternalServerError, match="no quota left"):
        ask(client, False, model="to:fail", input="Why?")
    with pytest.raises(openai.NotFoundError):
        ask(client, False, model="nobody", input="Why?")


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("agent", "output", "said"),
    [
        ("approval", '{"approved": true, "editedArgs": {"amount": 40, "to": "Ben"}}',
         '["accept", null, {"amount": 40, "to": "Ben"}, false]'),
        ("approval", '{"approved": false}', '["decline", null, {"amount": 100, "to": "Ana"}, false]'),
        ("choice", "b", '["accept", "b", null, false]'),
    ],
)  # fmt: skip
def test_what_people_are_asked_is_a_call_and_its_output_continues_the_run(
    client: openai.OpenAI, stream: bool, agent: str, output: str, said: str
) -> None:
    first = ask(client, stream, model=f"asks:{agent}", input="Why?")
    *_, call = first.output
    assert (first.output_text, call.type, call.name) == ("Asked. ", "function_call", "ask_person")
    answer = {"type": "function_call_output", "call_id": call.call_id, "output": output}
    second = ask(client, stream, model=f"asks:{agent}", input=[answer], previous_response_id=first.id)
    assert second.output_text == f"[[{said}], []]"
    with pytest.raises(openai.NotFoundError):
        ask(client, stream, model="x", input=[{**answer, "call_id": "run_x.inp_y.1"}])
