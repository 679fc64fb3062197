"""The model agent over real HTTP: text, thinking, tools and citations, in the three dialects of providers."""

import pytest
from pydantic import JsonValue

from backend.agents.agent import Turn
from backend.protocol.events import StatusEvent, TokenEvent, WarningEvent
from tests.agents.model.conftest import KEY, Heard, Talk, hear
from tests.agents.model.scripted_provider import Reply
from tests.agents.model.wire import (
    ANTHROPIC,
    CHAT,
    GEMINI,
    anthropic,
    called,
    chat,
    chat_text,
    chat_tool_call,
    gemini,
    said,
    text_block,
    thinking_block,
    tool_block,
)

SEARCH = {"query": "gaming revenue"}


def numbered_passages(heard: Heard) -> list[dict[str, JsonValue]]:
    tool = next(status.tool for status in heard.statuses if status.tool and status.state == "finished")
    assert isinstance(tool.result, dict)
    passages = tool.result["passages"]
    assert isinstance(passages, list)
    return [passage for passage in passages if isinstance(passage, dict)]


@pytest.mark.parametrize(
    ("setting", "reply", "path"),
    [
        (CHAT, chat_text("Hello ", "there", "."), "/v1/chat/completions"),
        ("ollama:llama", chat_text("Hello ", "there", "."), "/v1/chat/completions"),
        (ANTHROPIC, anthropic(text_block("Hello ", "there", ".")), "/v1/messages"),
        (GEMINI, gemini({"text": "Hello "}, {"text": "there"}, {"text": "."}), "gemini-small:streamGenerateContent"),
    ],
    ids=["chat", "ollama", "anthropic", "gemini"],
)
async def test_text_comes_in_the_pieces_the_provider_sent(talk: Talk, setting: str, reply: bytes, path: str) -> None:
    heard = await talk(setting, Reply(reply, piece=7))

    assert [draft.text for draft in heard.drafts if isinstance(draft, TokenEvent)] == ["Hello ", "there", "."]
    assert heard.failure is None
    assert heard.violations() == []
    assert talk.provider.asked[0].path.endswith(path)
    assert heard.usage["input_tokens"] in (11, 12, 13)
    assert heard.usage["output_tokens"] in (7, 9, 5)
    assert [state for step, state in heard.steps if step == "asking_model"] == ["started", "finished"]


@pytest.mark.parametrize(
    ("setting", "call", "answer"),
    [
        (CHAT, chat_tool_call("search_documents", **SEARCH), chat_text("Gaming grew [", "1", "]. More [1].")),
        (
            ANTHROPIC,
            anthropic(tool_block("search_documents", **SEARCH), stop="tool_use"),
            anthropic(text_block("Gaming grew [", "1", "]. More [1].")),
        ),
        (
            GEMINI,
            gemini({"functionCall": {"name": "search_documents", "args": SEARCH}}),
            gemini({"text": "Gaming grew ["}, {"text": "1"}, {"text": "]. More [1]."}),
        ),
    ],
    ids=["chat", "anthropic", "gemini"],
)
async def test_a_tool_is_called_and_what_it_found_is_cited(
    talk: Talk, setting: str, call: bytes, answer: bytes
) -> None:
    heard = await talk(setting, call, answer)

    assert heard.failure is None
    assert heard.violations() == [], "among them: a citation before the token that completes its marker"
    assert heard.answer == "Gaming grew [1]. More [1]."
    passages = numbered_passages(heard)
    assert [passage["number"] for passage in passages] == list(range(1, len(passages) + 1))
    first, second = heard.citations
    assert (first.number, first.citation_id, first.quote) == (1, "c1", passages[0]["text"])
    spans = [heard.answer[span.start : span.end] for span in second.spans]
    assert spans == ["Gaming grew", "More"], "a second use of a source is an update of it"
    assert second.citation_id == first.citation_id
    assert heard.artifact("documents") is not None
    sent_back = str(talk.provider.asked[1].body)
    assert str(passages[0]["text"])[:40] in sent_back, "the model gets what the tool found"
    tools = [status for status in heard.statuses if status.step == "running_tool"]
    assert [status.state for status in tools] == ["started", "finished"]
    assert tools[0].tool is not None
    assert (tools[0].tool.name, tools[0].tool.arguments) == ("search_documents", SEARCH)


async def test_nothing_but_the_half_marker_is_held_back(talk: Talk) -> None:
    heard = await talk(CHAT, chat_text("See [", "x] and [", "12", "3"))

    assert [draft.text for draft in heard.drafts if isinstance(draft, TokenEvent)] == ["See ", "[x] and ", "[123"]


async def test_a_marker_without_a_passage_is_a_warning_and_no_citation(talk: Talk) -> None:
    heard = await talk(CHAT, chat_text("Known [7]. Again [7], and [8]."))

    assert heard.citations == []
    dangling = [draft.message for draft in heard.drafts if draft.type == "warning"]
    assert dangling == [
        "The model cites [7], but it was given no passage of that number.",
        "The model cites [8], but it was given no passage of that number.",
    ]
    assert heard.answer == "Known [7]. Again [7], and [8]."


@pytest.mark.parametrize(
    ("setting", "reply"),
    [
        (CHAT, chat({"reasoning_content": "SECRET one"}, {"reasoning_content": " two"}, *said("Yes."))),
        (CHAT, chat(*said("<think>", "SECRET one", "</think>", "Yes."))),
        (ANTHROPIC, anthropic(thinking_block("SECRET", " two"), text_block("Yes."))),
        (GEMINI, gemini({"text": "SECRET", "thought": True}, {"text": "Yes."})),
    ],
    ids=["chat", "tags", "anthropic", "gemini"],
)
async def test_that_it_thinks_is_shown_and_what_it_thinks_is_not(talk: Talk, setting: str, reply: bytes) -> None:
    heard = await talk(setting, reply)

    assert heard.answer == "Yes."
    assert [state for step, state in heard.steps if step == "thinking"] == ["started", "finished"]
    thought = next(place for place, draft in enumerate(heard.drafts) if _ends_thinking(draft))
    first = next(place for place, draft in enumerate(heard.drafts) if isinstance(draft, TokenEvent))
    assert thought < first
    assert "SECRET" not in "".join(draft.model_dump_json() for draft in heard.drafts)


async def test_a_model_that_thinks_for_long_is_not_silent(talk: Talk) -> None:
    brief = await talk(ANTHROPIC, anthropic(thinking_block("a"), text_block("Yes.")))
    long = await talk(ANTHROPIC, anthropic(thinking_block(*"abcdefghijk"), text_block("Yes.")))

    assert len(long.drafts) == len(brief.drafts)
    assert long.lives == brief.lives + 10


def _ends_thinking(draft: object) -> bool:
    return isinstance(draft, StatusEvent) and (draft.step, draft.state) == ("thinking", "finished")


@pytest.mark.parametrize("setting", [CHAT, ANTHROPIC, GEMINI])
async def test_earlier_turns_and_the_instructions_go_along(talk: Talk, setting: str) -> None:
    replies = {CHAT: chat_text("x"), ANTHROPIC: anthropic(text_block("x")), GEMINI: gemini({"text": "x"})}
    history = (Turn("First question?", "First answer [1, 2]. `a[1]`"), Turn("A question without an answer?", " "))
    await talk(setting, replies[setting], question="And now?", history=history)

    body = talk.provider.asked[0].body
    turns = body["contents"] if setting == GEMINI else body["messages"]
    told = [str(turn) for turn in turns if turn["role"] != "system"]
    assert ["First question?" in told[0], "And now?" in told[2]] == [True] * 2
    assert "First answer. `a[1]`" in told[1], "numbers of earlier passages would mean others now"
    assert "without an answer" not in str(body)
    assert "Search the documents" in str(body)


@pytest.mark.parametrize("setting", [CHAT, ANTHROPIC, GEMINI])
async def test_the_key_of_the_environment_is_sent(talk: Talk, setting: str) -> None:
    await talk(setting, b"")

    sent = [value for name, value in talk.provider.asked[0].headers.items() if KEY in value]
    assert sent in ([KEY], [f"Bearer {KEY}"])


async def test_text_around_a_tool_call_is_two_paragraphs(talk: Talk) -> None:
    first = chat(*said("Let me look."), *called("search_documents", **SEARCH), finish="tool_calls")
    heard = await talk(CHAT, first, chat_text("Found it [1]."))

    assert heard.answer == "Let me look.\n\nFound it [1]."
    assert [heard.answer[span.start : span.end] for span in heard.citations[0].spans] == ["Found it"]
    assert heard.usage["requests"] == 2
    assert heard.usage["output_tokens"] == 14


async def test_an_empty_answer_is_an_answer(talk: Talk) -> None:
    heard = await talk(CHAT, chat())

    assert heard.failure is None
    assert heard.answer == ""
    assert len(talk.provider.asked) == 1


async def test_an_answer_that_reached_its_limit_is_told_to_be_incomplete(talk: Talk) -> None:
    heard = await talk(CHAT, chat(*said("Half an ans"), finish="length"))

    assert heard.failure is None
    assert heard.answer == "Half an ans"
    assert "token_limit" in heard.warnings


async def test_thinking_that_the_model_writes_into_its_text_is_a_step(talk: Talk) -> None:
    heard = await talk(CHAT, chat_text("<thi", "nk>Hm [1].", "</think>\n\nIt ", "is 4."))

    assert heard.answer == "It is 4."
    assert [state for step, state in heard.steps if step == "thinking"] == ["started", "finished"]
    assert not any(status.thought for status in heard.statuses)


async def test_texts_around_a_tool_call_are_paragraphs(talk: Talk) -> None:
    search = tool_block("search_documents", **SEARCH)
    replies = [
        anthropic(text_block("Let me look."), search, stop="tool_use"),
        anthropic(text_block("It is 4."), text_block("- one")),
    ]
    assert (await talk(ANTHROPIC, *replies)).answer == "Let me look.\n\nIt is 4.\n\n- one"


async def test_an_agent_learns_that_its_model_marks_only_the_end_of_its_thinking(talk: Talk) -> None:
    agent = talk.agent_of(CHAT)
    reply = chat_text("Hm.\n", "</think>\n\n", "It is 4.")
    talk.provider.script(reply, reply)

    first, second = await hear(agent), await hear(agent)

    assert [draft.code for draft in first.drafts if isinstance(draft, WarningEvent)] == ["thinking_shown"]
    assert second.answer == "It is 4."


async def test_what_the_model_thought_is_in_its_step_where_readers_may_see_it(talk: Talk) -> None:
    model = talk.agent_of(ANTHROPIC, show_reasoning=True)
    talk.provider.script(anthropic(thinking_block("First", " second"), text_block("<think>third</think>Yes.")))

    heard = await hear(model)

    assert heard.answer == "Yes."
    assert [status.thought for status in heard.statuses if status.thought] == ["First second", "third"]
