"""The remote agent against real servers on loopback that answer as foreign agents do."""

import asyncio

import pytest

from backend.agents.agent import RunContext, RunRequest, Turn, UnknownAgentError
from backend.agents.remote.agent import RemoteAgent
from backend.agents.remote.provider import RemoteProvider
from backend.dialects.addresses import remote_address
from backend.protocol.events import StatusEvent, TokenEvent, WarningEvent
from tests.agents.model.scripted_provider import Reply, ScriptedProvider, error
from tests.agents.remote.hearing import chat, hear


async def test_an_answer_is_played_as_it_comes(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(Reply(chat("Be", "cause."), piece=7))
    heard = await hear(f"openai-chat:{url}/v1#llama", key="k3y", history=(Turn("Before?", "Yes."),))
    assert (heard.text, heard.failure, heard.warnings) == ("Because.", None, [])
    assert heard.usage == {"input_tokens": 3, "output_tokens": 2}
    states = [(draft.step, draft.state) for draft in heard.drafts if isinstance(draft, StatusEvent)]
    assert states == [("connecting", "started"), ("connecting", "finished")]
    (asked,) = provider.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer k3y"
    assert asked.body["model"] == "llama"
    assert [message["content"] for message in asked.body["messages"]] == ["Before?", "Yes.", "Why?"]


async def test_what_is_not_shown_is_told_at_the_end(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    thinking = b'data: {"choices": [{"index": 0, "delta": {"reasoning": "Hm"}}]}\n\n'
    provider.script(thinking + chat("Yes."))
    heard = await hear(f"openai-chat:{url}")
    assert heard.warnings == ["lost"]
    last = heard.drafts[-1]
    assert isinstance(last, WarningEvent)
    assert last.message == "Not shown: reasoning text (1)."


@pytest.mark.parametrize("then", ["end", "break"])
async def test_a_stream_without_its_end_is_interrupted(served: tuple[ScriptedProvider, str], then: str) -> None:
    provider, url = served
    provider.script(Reply(chat("Half").partition(b"\n\n")[0] + b"\n\n", then=then))
    heard = await hear(f"openai-chat:{url}")
    assert heard.text == "Half"
    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.outcome) == ("stream_cut", "interrupted")


async def test_an_error_inside_the_stream_is_the_run_s(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(b'data: {"error": {"message": "No quota.", "code": "insufficient_quota"}}\n\ndata: [DONE]\n\n')
    heard = await hear(f"openai-chat:{url}")
    assert heard.failure is not None
    assert (heard.failure.code, heard.failure.message) == ("insufficient_quota", "No quota.")
    assert heard.failure.outcome == "failed"


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (error(401, {"error": {"message": "bad key"}}), "remote_unauthorized", ["PLAYHEAD_REMOTE_KEY", "bad key"]),
        (error(404, {"detail": "no"}), "remote_not_found", ["check its path"]),
        (error(400, {"error": {"message": "no such model"}}), "remote_http_400", ["no such model"]),
        (error(500, {}), "remote_http_500", ["failed (500)"]),
        (Reply(b"", 307, {"location": "/elsewhere"}), "remote_moved", ["/elsewhere"]),
        (Reply(b"<html>", 200, {"content-type": "text/html"}), "remote_no_stream", ["text/html"]),
        (Reply(b"data: {}\n\n"), "remote_wrong_dialect", ["openai-chat"]),
        (Reply(b""), "remote_wrong_dialect", ["openai-chat"]),
    ],
    ids=["401", "404", "400", "500", "redirect", "a web page", "another dialect", "nothing"],
)
async def test_an_answer_that_is_no_stream_is_a_sentence(
    served: tuple[ScriptedProvider, str], reply: Reply, code: str, words: list[str]
) -> None:
    provider, url = served
    provider.script(reply)
    heard = await hear(f"openai-chat:{url}/v1?key=secret")
    assert heard.failure is not None
    assert heard.failure.code == code
    assert [word for word in words if word not in heard.failure.message] == []
    assert "secret" not in heard.failure.message
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b'data: {"error": {"message": "Wrong key s3cr3t-k3y", "code": "invalid_api_key"}}\n\n'),
        error(401, {"error": {"message": "Wrong key s3cr3t-k3y"}}),
        Reply(b"", 307, {"location": "/v1?api_key=s3cr3t-k3y"}),
    ],
    ids=["in the stream", "refused", "in a redirect"],
)
async def test_a_key_that_the_server_repeats_is_not_shown(served: tuple[ScriptedProvider, str], reply: Reply) -> None:
    provider, url = served
    provider.script(reply)
    heard = await hear(f"openai-chat:{url}", key="s3cr3t-k3y")
    assert heard.failure is not None
    assert "s3cr3t" not in heard.failure.message


async def test_thinking_that_is_hidden_is_a_sign_of_life_and_a_comment_is_none(
    served: tuple[ScriptedProvider, str],
) -> None:
    provider, url = served
    thought = b'data: {"choices": [{"index": 0, "delta": {"reasoning": "Hm."}}]}\n\n'
    provider.script(
        Reply(thought * 3 + chat("Yes."), piece=len(thought)), Reply(b": hb\n" * 40 + chat("Yes."), piece=5)
    )
    thinking = await hear(f"openai-chat:{url}")
    waiting = await hear(f"openai-chat:{url}")
    assert (thinking.text, waiting.text) == ("Yes.", "Yes.")
    assert thinking.lives >= 4
    assert waiting.lives == 4, "its four messages, and none of its comments"


async def test_a_busy_server_is_asked_again_when_it_says(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(error(429, {}, retry_after="7"), error(503, {}), chat("Yes."))
    heard = await hear(f"openai-chat:{url}")
    assert (heard.text, heard.warnings) == ("Yes.", ["remote_retry", "remote_retry"])
    assert heard.clock.now() == 7 + 2


async def test_a_server_that_stays_busy_is_given_up(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(*(error(429, {"error": {"message": "slow down"}}) for _ in range(4)))
    heard = await hear(f"openai-chat:{url}")
    assert heard.failure is not None
    assert heard.failure.retryable
    assert "slow down" in heard.failure.message
    assert len(provider.asked) == 3


async def test_nobody_there_is_a_sentence(free_port: int) -> None:
    heard = await hear(f"ag-ui:http://127.0.0.1:{free_port}/agent")
    assert heard.failure is not None
    assert heard.failure.code == "remote_unreachable"


async def test_leaving_the_run_closes_the_connection(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(Reply(chat("Half").partition(b"\n\n")[0] + b"\n\n", then="hold"))
    agent = RemoteAgent(remote_address(f"openai-chat:{url}", {"openai-chat": None}))
    drafts = agent.run(RunRequest("run_1", "Why?"), RunContext())
    async for draft in drafts:
        if isinstance(draft, TokenEvent):
            break
    assert not provider.gone.is_set()
    await drafts.aclose()  # type: ignore[attr-defined]
    assert await asyncio.to_thread(provider.gone.wait, 30)


async def test_only_what_the_operator_named_is_offered() -> None:
    address = remote_address("ag-ui:http://127.0.0.1:9/agent", {"ag-ui": None})
    none, one = RemoteProvider(None), RemoteProvider(address)
    assert await none.offers() == ()
    (offer,) = await one.offers()
    assert (offer.agent, offer.title) == ("remote", "Remote agent")
    assert await one.plan("", RunRequest("run_1", "Why?")) is None
    with pytest.raises(UnknownAgentError, match="--remote DIALECT:URL"):
        await none.open("")
    with pytest.raises(UnknownAgentError, match="There is no agent 'remote:other': use 'remote'"):
        await one.open("other")


async def test_an_agent_that_marks_only_the_end_of_its_thinking_is_known_from_its_second_run(
    served: tuple[ScriptedProvider, str],
) -> None:
    provider, url = served
    provider.script(chat("Hm. ", "</think> ", "It is 4."), chat("Hm. ", "</thi", "nk> It is 4."))
    agents = RemoteProvider(remote_address(f"openai-chat:{url}", {"openai-chat": None}))
    answers = []
    for _ in range(2):
        run = (await agents.open("")).run(RunRequest("r", "Why?"), RunContext())
        answers.append("".join([draft.text async for draft in run if isinstance(draft, TokenEvent)]))
    assert answers[1] == "It is 4."
    assert answers[0] == "Hm. \n\n It is 4.", "it is warned of"


@pytest.mark.parametrize(
    ("model", "text", "warnings"),
    [
        ("deepseek-r1:8b", "Yes.", ["lost"]),
        ("Qwen3-30B-A3B-Thinking-2507", "Yes.", ["lost"]),
        ("llama3", "Hm, so.\n\nYes.", ["thinking_shown"]),
    ],
)
async def test_a_model_that_thinks_by_its_name_is_read_right_from_its_first_run(
    served: tuple[ScriptedProvider, str], model: str, text: str, warnings: list[str]
) -> None:
    provider, url = served
    provider.script(chat("Hm, so.", "</think>", "Yes."))
    heard = await hear(f"openai-chat:{url}/v1#{model}")
    assert (heard.text, heard.warnings) == (text, warnings)


async def test_a_model_that_thinks_by_its_name_and_does_not_keeps_its_answer(
    served: tuple[ScriptedProvider, str],
) -> None:
    provider, url = served
    provider.script(chat("Just ", "an answer."))
    assert (await hear(f"openai-chat:{url}/v1#qwq")).text == "Just an answer."
