"""Captured streams over HTTP through the model agent: the text is theirs, and nothing breaks it."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.agents.model.conftest import Talk
from tests.dialects.exceptions import DIFFERENCES
from tests.dialects.stream_index import Row, index_of

SETTINGS = {
    "openai-chat": "openai:recorded",
    "openai-responses": "openai-responses:recorded",
    "anthropic-messages": "anthropic:recorded",
    "gemini-generateContent": "gemini:recorded",
}
LARGEST = 40_000
"""Bytes: longer streams say nothing new here, and every decoder is tried on all of them elsewhere."""

THINKS_IN_ITS_TEXT = {"test_groq_model_thinking_part_iter", "test_hf_model_thinking_part_iter"}
"""What these think stands in tags within their text, and is not shown."""

CITES_OUTSIDE = {
    "openai_chat_azure": "the context of Azure's own data, which pydantic-ai does not hand on",
    "openai_chat_perplexity": "a list beside the text, which pydantic-ai does not hand on",
    "perplexity__perplexity-citations": "a list beside the text, which pydantic-ai does not hand on",
    "googleai__streaming-success-citations": "citationMetadata, which pydantic-ai does not hand on",
    "streaming-failure-recitation-no-content": "citationMetadata, which pydantic-ai does not hand on",
}
UNREADABLE = {
    "google__google-stream-tool-call-arguments": "pydantic-ai ends in an IndexError",
    "xai__xai-web-search-tool": "pydantic-ai ends in an AttributeError",
}


def streams(folder: Path, protocol: str) -> list[Row]:
    return [entry for entry in index_of(folder) if entry["protocol"] == protocol and entry["bytes"] <= LARGEST]


def named(entry: Row, names: Any) -> bool:
    return any(name in entry["file"] for name in names)


@pytest.mark.filterwarnings("ignore:Handling of this")
@pytest.mark.parametrize("protocol", SETTINGS)
async def test_a_recorded_stream_is_told_as_it_was(talk: Talk, stream_folder: Path, protocol: str) -> None:
    entries = streams(stream_folder, protocol)
    assert entries
    for entry in entries:
        heard = await talk(SETTINGS[protocol], (stream_folder / entry["file"]).read_bytes())

        where = entry["file"]
        if named(entry, UNREADABLE):
            assert heard.failure is not None, where
            assert heard.failure.code == "model_reply_unreadable", where
            continue
        text = hashlib.sha256(heard.answer.encode()).hexdigest()
        parted = DIFFERENCES.get(entry["file"])
        if parted is not None and parted.text_chars is not None:
            # Several texts are separate paragraphs for us, and one for the index.
            assert len(heard.answer) == parted.text_chars, where
        elif entry["final_text_sha256"] and not named(entry, THINKS_IN_ITS_TEXT):
            assert text == entry["final_text_sha256"], where
        if entry["has_errors"]:
            assert heard.failure is not None, where
        if heard.failure is not None:
            assert heard.failed_with.endswith("."), where
        if entry["has_citations"] and not named(entry, CITES_OUTSIDE):
            assert heard.citations, where
        for citation in heard.citations:
            assert all(0 <= span.start < span.end <= len(heard.answer) for span in citation.spans), where
        broken = {violation.rule for violation in heard.violations()} if heard.failure is None else set()
        assert broken <= {"citation-first"}, where
        if not named(entry, CITES_OUTSIDE):
            assert broken == set(entry.get("breaks", ())), where
