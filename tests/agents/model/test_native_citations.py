"""Citations that the provider gives itself: their ranges in code points, each told once."""

from typing import Any

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
