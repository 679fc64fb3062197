"""Recordings in files: taken in and read again piece by piece, in memory that does not grow with their events."""

import tracemalloc
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest

from backend.agents.recording import recorded_schedule
from backend.protocol.recordings import RecordingError
from backend.runs.recording_file import IncomingRecording, RecordingFile

HEADER = b'{"playhead":"recording","version":1,"question":"Why?"}\n'
TOKEN = b'{"type":"token","text":"x"}\n'
DONE = b'{"type":"done","outcome":"completed"}\n'


def take(path: Path, blocks: Iterable[bytes]) -> IncomingRecording:
    incoming = IncomingRecording(path)
    try:
        for block in blocks:
            incoming.take(block)
        incoming.finish()
    finally:
        incoming.discard_unless_finished()
    return incoming


def test_blocks_may_end_anywhere(tmp_path: Path) -> None:
    data = HEADER + TOKEN * 3 + DONE
    for size in range(1, len(data)):
        path = tmp_path / f"{size}.jsonl"
        incoming = take(path, (data[at : at + size] for at in range(0, len(data), size)))
        assert (incoming.reader.events, incoming.reader.cut) == (4, None)
        assert path.read_bytes() == data
        assert [event.type for event in RecordingFile.checked(path).events] == ["token"] * 3 + ["done"]


def test_events_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    take(path, [HEADER + TOKEN * 2])
    recording = RecordingFile.checked(path)
    assert recording.cut == "The recording was cut after event 0: it has no done."
    assert len(list(recording.events)) == len(list(recording.events)) == 2
    assert len(list(recorded_schedule(recording))) == 3


@pytest.mark.parametrize("blocks", [(HEADER,), (HEADER, b"rubbish\n", DONE), (b"",), (HEADER + TOKEN, b"{}\n")])
def test_what_cannot_be_taken_leaves_no_file(tmp_path: Path, blocks: tuple[bytes, ...]) -> None:
    with pytest.raises(RecordingError):
        take(tmp_path / "a.jsonl", blocks)
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_events(tmp_path: Path) -> None:
    def peak(blocks: int) -> int:
        path = tmp_path / f"{blocks}.jsonl"
        tracemalloc.start()
        try:
            take(path, chain([HEADER], (TOKEN * 500 for _ in range(blocks)), [DONE]))
            assert sum(1 for _ in RecordingFile.checked(path).events) == blocks * 500 + 1
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)
    assert peak(40) < 2 * peak(4)
