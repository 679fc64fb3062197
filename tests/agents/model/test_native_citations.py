"""Citations that the provider gives itself: their ranges in code points, each told once."""

from typing import Any

import pytest

from backend.agents.model.naming import SEARCH_VARIABLE, ModelUnusableError, ensure_usable
from tests.agents.model.conftest import Heard, Talk
from tests.agents.model.wire import ANTHROPIC, CHAT, GEMINI, anthropic, chat, chat_tool_call, gemini, said, text_block


def supported(heard: Heard) -> dict[str | None, list[str]]:
    last = {citation.citation_id: citation for citation in heard.citations}
    return {
        citation.url or citation.title: [heard.answer[span.start : span.end] for span in citation.spans]
        for citation in last.values()
    }


def web(url: str, title: str, cited: str) -> dict[str, Any]:
    return {
        "type": "web_search_result_location",
        "url": url,
        "title": title,
        "cited_text": cited,
        "encrypted_index": "x",
    }


async def test_anthropic_s_citations_support_their_block_of_text(talk: Talk) -> None:
    first = text_block("\U0001f600 Sales ", "rose", citations=(web("https://a.example", "A", "They rose."),))
    second = text_block(
        ", costs fell", citations=(web("https://a.example", "A", "x"), web("https://b.example", "B", "y"))
    )
    heard = await talk(ANTHROPIC, anthropic(first, second, text_block(".")))

    assert heard.answer == "\U0001f600 Sales rose, costs fell."
    assert supported(heard) == {
        "https://a.example": ["\U0001f600 Sales rose", ", costs fell"],
        "https://b.example": [", costs fell"],
    }
    assert [citation.number for citation in heard.citations] == [1, 1, 2]
    assert heard.citations[0].quote == "They rose."
    assert heard.violations() == []


async def test_gemini_s_ranges_are_bytes_on_the_wire_and_code_points_here(talk: Talk) -> None:
    text = "Umsätze stiegen \U0001f600. Kosten fielen."
    end = len("Umsätze stiegen \U0001f600.".encode())
    grounding = {
        "webSearchQueries": ["sales"],
        "groundingChunks": [{"web": {"uri": "https://a.example", "title": "a.example"}}],
        "groundingSupports": [
            {"segment": {"startIndex": 0, "endIndex": end, "text": text[:18]}, "groundingChunkIndices": [0]}
        ],
    }
    heard = await talk(GEMINI, gemini({"text": text[:9]}, {"text": text[9:]}, groundingMetadata=grounding))

    assert heard.answer == text
    assert supported(heard) == {"https://a.example": ["Umsätze stiegen \U0001f600."]}


async def test_an_annotation_of_openai_s_names_the_link_and_supports_what_stands_before(talk: Talk) -> None:
    text = "It is so. Sales rose ([a](https://a.example))."
    link = {"start_index": text.index("[a]"), "end_index": text.index(").")}
    annotation = {"type": "url_citation", "url_citation": {"url": "https://a.example", "title": "A", **link}}
    heard = await talk(CHAT, chat(*said(text), {"annotations": [annotation, annotation]}))

    assert supported(heard) == {"https://a.example": ["Sales rose"]}
    assert len(heard.citations) == 1, "the same range of the same source is told once"


async def test_named_sources_are_numbered_after_the_passages(talk: Talk) -> None:
    cited = {"url": "https://a.example", "title": "A", "start_index": 11, "end_index": 15}
    annotation = {"type": "url_citation", "url_citation": cited}
    heard = await talk(
        CHAT,
        chat_tool_call("search_documents", query="gaming revenue"),
        chat(*said("Mine [1]. Web."), {"annotations": [annotation]}),
    )

    assert [citation.title for citation in heard.citations][1:] == ["A"]
    numbers = [citation.number or 0 for citation in heard.citations]
    assert numbers[0] == 1
    assert numbers[1] > 8


@pytest.mark.parametrize(
    ("setting", "kind"), [("openai-responses:gpt-5", "web_search"), ("anthropic:claude-small", "web_search_2025")]
)
async def test_the_provider_searches_the_web_only_where_the_operator_says_so(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, setting: str, kind: str
) -> None:
    for said_so in ("", "on"):
        monkeypatch.setenv(SEARCH_VARIABLE, said_so)
        await talk(setting, b"")
        (asked,) = talk.provider.asked
        kinds = [tool.get("type", "") for tool in asked.body["tools"]]
        assert any(each.startswith(kind) for each in kinds) == bool(said_so), kinds
        assert ("The web can be searched" in str(asked.body)) == bool(said_so)
        assert "search_documents" in str(asked.body["tools"]), "ours are there in either case"


async def test_a_search_of_the_provider_s_own_is_a_step(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SEARCH_VARIABLE, "on")
    call = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    query = {"type": "input_json_delta", "partial_json": '{"query": "sales"}'}
    page = {"type": "web_search_result", "url": "https://a.example", "title": "A", "encrypted_content": "x"}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [page]}
    heard = await talk(
        "anthropic:claude-small",
        anthropic(
            {"start": call, "deltas": [query]},
            {"start": found, "deltas": []},
            text_block("They rose.", citations=(web("https://a.example", "A", "Up."),)),
        ),
    )

    steps = [status for status in heard.statuses if status.tool is not None]
    assert [status.state for status in steps] == ["started", "progress", "finished"]
    assert steps[-1].tool is not None
    assert steps[-1].tool.arguments == {"query": "sales"}
    assert supported(heard) == {"https://a.example": ["They rose."]}


async def test_a_model_without_a_search_of_its_own_is_refused(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SEARCH_VARIABLE, "on")
    with pytest.raises(ModelUnusableError, match="small cannot search the web together with Playhead's tools: unset"):
        await talk(CHAT, b"")
    with pytest.raises(ModelUnusableError, match="cannot search"):
        await talk("gemini:gemini-2.5-flash", b"")
    monkeypatch.setenv(SEARCH_VARIABLE, "perhaps")
    with pytest.raises(ModelUnusableError, match="PLAYHEAD_WEB_SEARCH is 'perhaps': set it to on or off"):
        ensure_usable(CHAT)
