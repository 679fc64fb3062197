"""Captured streams of all dialects, our own and recorded ones: they read as their index says."""

import hashlib
from pathlib import Path

import pytest

from backend.dialects.registry import DIALECTS
from tests.dialects.exceptions import DIFFERENCES, Difference
from tests.dialects.stream_index import OWN_STREAMS, Row, index_of
from tests.dialects.streams import DIALECT_OF_PROTOCOL, ReadStream, read

PIECE = 977
"""Bytes at once: a prime, so that messages and characters are cut everywhere."""

NOT_RECORDED = {"a2a", "ai-sdk-4", "bedrock", "dify", "flowise", "langgraph", "mastra", "ollama"}
"""Dialects whose streams are made from documented shapes: nobody published a recording that is known here."""

SAID = {
    "vertexai__streaming-failure-api-key": "API key not valid. Please pass a valid API key.",
    "gemini_error_body": "This key is not known here.",
    "gemini_error_list": "The model is asleep.",
}
"""What errors in place of a stream say, by the file's name."""


@pytest.fixture(scope="module")
def index(stream_folder: Path) -> list[Row]:
    return index_of(stream_folder)


@pytest.fixture(scope="module")
def streams(stream_folder: Path, index: list[Row]) -> dict[str, tuple[Row, ReadStream]]:
    """Every stream of a dialect that is read, by its file."""
    return {
        row["file"]: (
            row,
            read(DIALECT_OF_PROTOCOL[row["protocol"]], (stream_folder / row["file"]).read_bytes(), PIECE),
        )
        for row in index
        if row["protocol"] in DIALECT_OF_PROTOCOL
    }


def known_of(streams: dict[str, tuple[Row, ReadStream]]) -> dict[str, Difference]:
    """The known differences of these streams."""
    return {file: known for file, known in DIFFERENCES.items() if file in streams}


def tool_names(stream: ReadStream) -> set[str]:
    return {status.tool.name for status in stream.statuses if status.tool is not None}


def test_every_dialect_has_recorded_streams(stream_folder: Path, streams: dict[str, tuple[Row, ReadStream]]) -> None:
    read_dialects = {DIALECT_OF_PROTOCOL[row["protocol"]] for row, _ in streams.values()}
    wanted = set(DIALECTS) - {"native"}
    assert read_dialects == (wanted if stream_folder == OWN_STREAMS else wanted - NOT_RECORDED)


def test_texts_are_those_of_the_index(streams: dict[str, tuple[Row, ReadStream]]) -> None:
    differing = {
        file: len(stream.text)
        for file, (row, stream) in streams.items()
        if (hashlib.sha256(stream.text.encode()).hexdigest() if stream.text else None) != row["final_text_sha256"]
    }
    known = {file: each.text_chars for file, each in known_of(streams).items() if each.text_chars is not None}
    assert differing == known
    assert [len(stream.text) for file, (_, stream) in streams.items() if file not in known] == [
        row["text_chars"] for file, (row, _) in streams.items() if file not in known
    ]


def test_citations_are_as_many_as_in_the_index(streams: dict[str, tuple[Row, ReadStream]]) -> None:
    differing = {
        file: stream.citation_count
        for file, (row, stream) in streams.items()
        if stream.citation_count != row["n_citations"]
    }
    known = known_of(streams)
    assert differing == {file: each.citations for file, each in known.items() if each.citations is not None}


def test_tools_are_those_of_the_index(streams: dict[str, tuple[Row, ReadStream]]) -> None:
    differing = {
        file: len(tool_names(stream))
        for file, (row, stream) in streams.items()
        if len(tool_names(stream)) != len(row["tools"])
    }
    known = known_of(streams)
    assert differing == {file: each.tools for file, each in known.items() if each.tools is not None}


def test_a_stream_with_an_error_has_failed_and_every_other_is_complete(
    streams: dict[str, tuple[Row, ReadStream]],
) -> None:
    differing = {
        file: stream.end.outcome
        for file, (row, stream) in streams.items()
        if stream.end.outcome != ("failed" if row["has_errors"] else "completed")
    }
    known = known_of(streams)
    assert differing == {file: each.outcome for file, each in known.items() if each.outcome is not None}


def test_thinking_is_shown_wherever_there_was_some(streams: dict[str, tuple[Row, ReadStream]]) -> None:
    silent = [
        file
        for file, (row, stream) in streams.items()
        if row["has_reasoning"] and ("thinking", "started") not in stream.states
    ]
    assert silent == []


def test_every_message_was_understood(streams: dict[str, tuple[Row, ReadStream]]) -> None:
    for file, (row, stream) in streams.items():
        ends = 1 if row["done_marker"] else 0
        assert stream.recognised >= row["n_events"] - ends, file
        assert "unreadable messages" not in stream.losses, file


def test_cited_ranges_lie_in_the_answer(
    streams: dict[str, tuple[Row, ReadStream]],
) -> None:
    for file, (_, stream) in streams.items():
        for citation in stream.citations:
            for span in citation.spans:
                assert 0 <= span.start < span.end <= len(stream.text), file


def test_cut_streams_are_interrupted(stream_folder: Path, index: list[Row]) -> None:
    """A third of a stream has no end, unless it is short or has failed."""
    for row in index:
        if row["protocol"] not in DIALECT_OF_PROTOCOL or row["n_events"] < 8 or row["has_errors"]:
            continue
        data = (stream_folder / row["file"]).read_bytes()
        stream = read(DIALECT_OF_PROTOCOL[row["protocol"]], data[: len(data) // 3])
        assert stream.end.outcome == "interrupted", row["file"]
        assert stream.end.error is not None
        assert stream.end.error.code == "stream_cut"


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_other_protocols_are_hardly_recognised(dialect: str, stream_folder: Path, index: list[Row]) -> None:
    for row in index:
        if DIALECT_OF_PROTOCOL.get(row["protocol"]) == dialect:
            continue
        stream = read(dialect, (stream_folder / row["file"]).read_bytes())
        assert stream.recognised <= 2, row["file"]
        assert stream.text == "", row["file"]


def test_errors_in_place_of_a_stream_say_why(stream_folder: Path, index: list[Row]) -> None:
    bodies = [row["file"] for row in index if row["protocol"].startswith("gemini-http-error-body")]
    said = {}
    for file in bodies:
        stream = read("gemini", (stream_folder / file).read_bytes())
        if stream.recognised:
            assert stream.end.outcome == "failed"
            assert stream.end.error is not None
            said[Path(file).stem] = stream.end.error.message
    assert len(said) == len(bodies) - 1, "one of them is an object that is nothing of the kind"
    known = {name: SAID[name] for name in said if name in SAID}
    assert known
    assert {name: said[name] for name in known} == known
