"""Streams seen in the field by others: what they carry is read, or a reader sees that it is not."""

from pathlib import Path

import pytest

from tests.dialects.streams import ReadStream, read


@pytest.fixture
def field(shared_data: Path) -> Path:
    return shared_data / "field"


def stream_of(field: Path, number: int, dialect: str) -> ReadStream:
    (file,) = field.glob(f"{number}-*/stream.sse")
    return read(dialect, file.read_bytes())


def test_a_graph_that_asks_a_person(field: Path) -> None:
    stream = stream_of(field, 21, "ag-ui")
    assert [warning.code for warning in stream.warnings] == ["input_requested"]
    assert "Approve sending the mail?" in stream.warnings[0].message
    assert stream.end.outcome == "interrupted"


def test_usage_in_a_chunk_without_choices(field: Path) -> None:
    stream = stream_of(field, 23, "openai-chat")
    assert stream.end.usage == {"input_tokens": 5, "output_tokens": 3, "total_tokens": 8}
    assert stream.end.outcome == "completed"


def test_thinking_in_the_answer_is_a_step(field: Path) -> None:
    stream = stream_of(field, 17, "openai-chat")
    assert stream.text == "The answer is 4."
    assert stream.states[:2] == [("thinking", "started"), ("thinking", "finished")]


def test_texts_around_a_tool_and_two_parts_are_paragraphs(field: Path) -> None:
    assert stream_of(field, 19, "ai-sdk").text == "Let me look that up.\n\n## Result\n\nIt is 42."
    (file,) = field.glob("19-*/parts-without-tool.sse")
    assert read("ai-sdk", file.read_bytes()).text == "One.\n\n- two"
