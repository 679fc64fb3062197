"""Cohere's chat: citations with ranges in any unit, plans as thinking, and ends."""

from pathlib import Path
from typing import Any

import pytest

from backend.dialects.cited_ranges import cited_range
from backend.protocol.events import Span
from tests.dialects.streams import ReadStream, frames, read

DATA = Path(__file__).parent / "data"

SAID = "Zürich 🎉 liegt am See."


def delta(text: str, index: int = 0) -> dict[str, Any]:
    return {"type": "content-delta", "index": index, "delta": {"message": {"content": {"text": text}}}}


def start(index: int = 0) -> dict[str, Any]:
    content = {"type": "text", "text": ""}
    return {"type": "content-start", "index": index, "delta": {"message": {"content": content}}}


def cited(first: int, last: int, text: str, **fields: Any) -> dict[str, Any]:
    source = {"type": "document", "id": "doc:0", "document": {"title": "Places", "snippet": "A lake."}}
    told = {"start": first, "end": last, "text": text, "sources": [source], **fields}
    return {"type": "citation-start", "delta": {"message": {"citations": told}}}


def end(reason: str = "COMPLETE") -> dict[str, Any]:
    return {"type": "message-end", "delta": {"finish_reason": reason}}


def cohere(*messages: dict[str, Any]) -> ReadStream:
    return read("cohere", frames(messages))


@pytest.mark.parametrize(("first", "last"), [(9, 22), (10, 23), (13, 26)], ids=["code points", "UTF-16", "UTF-8"])
def test_a_range_is_read_in_the_unit_in_which_it_is_the_cited_text(first: int, last: int) -> None:
    stream = cohere(start(), delta(SAID), cited(first, last, "liegt am See."), end())
    assert stream.citations[-1].spans == (Span(start=9, end=22),)


def test_a_range_that_comes_before_its_text_waits_for_it() -> None:
    stream = cohere(start(), delta(SAID[:9]), cited(9, 22, "liegt am See."), delta(SAID[9:]), end())
    assert stream.citations[-1].spans == (Span(start=9, end=22),)
    assert stream.losses == {}


def test_a_range_counts_from_its_own_content() -> None:
    stream = cohere(start(), delta("One. "), start(1), delta("Two."), cited(0, 4, "Two.", content_index=1), end())
    assert stream.citations[-1].spans == (Span(start=5, end=9),)


def test_a_range_that_fits_nothing_is_a_loss_and_its_source_stays() -> None:
    stream = cohere(start(), delta("One."), cited(50, 60, "Two."), end())
    assert stream.citations[-1].title == "Places"
    assert stream.losses == {"ranges of citations that fit no text": 1}


def test_thinking_and_plans_are_steps_without_their_words() -> None:
    assert ("thinking", "finished") in read("cohere", (DATA / "cohere.sse").read_bytes()).states
    stream = read("cohere", (DATA / "cohere_tools.sse").read_bytes())
    assert ("thinking", "finished") in stream.states
    tool = stream.statuses[-1].tool
    assert tool is not None
    assert (tool.name, tool.arguments) == ("get_depth", {"lake": "Zürich"})


@pytest.mark.parametrize(("reason", "outcome"), [("COMPLETE", "completed"), ("ERROR", "failed"), ("TIMEOUT", "failed")])
def test_ends(reason: str, outcome: str) -> None:
    assert cohere(start(), delta("So"), end(reason)).end.outcome == outcome


def test_without_the_cited_text_numbers_are_code_points() -> None:
    assert cited_range(SAID, 9, 22, "") == Span(start=9, end=22)
    assert cited_range(SAID, 9, 99, "") is None
