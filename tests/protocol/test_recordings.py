"""Recordings: what is written is read, a cut one as far as it goes, anything else gets a sentence."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from backend.protocol.events import DoneEvent, Event, KnownEvent, TokenEvent
from backend.protocol.recording_reader import RecordingReader, parse_recording
from backend.protocol.recordings import RecordingError, RecordingHeader, recording_lines
from tests.strategies import runs

HEADER = RecordingHeader(run_id="run_1", question="Is it rising? \u2028 שלום", agent="scripted:happy_path")
EVENTS: list[KnownEvent] = [TokenEvent(seq=1, text="a\nb"), DoneEvent(seq=2)]


def written(events: list[KnownEvent]) -> bytes:
    return "".join(recording_lines(HEADER, events)).encode("ascii")


@given(runs())
def test_what_is_written_is_read(events: list[KnownEvent]) -> None:
    recording = parse_recording(written(events))
    assert (recording.header, list(recording.events), recording.cut) == (HEADER, events, None)


@given(runs(), st.data())
def test_a_recording_cut_anywhere_gives_its_whole_events(events: list[KnownEvent], data: st.DataObject) -> None:
    whole = written(events)
    first_line = whole.index(b"\n") + 1
    at = data.draw(st.integers(first_line, len(whole) - 2))
    recording = parse_recording(whole[:at])
    assert list(recording.events) == events[: len(recording.events)]
    assert len(recording.events) >= whole[:at].count(b"\n") - 1
    assert recording.cut is not None
    assert recording.cut.startswith("The recording was cut ")


def test_a_recording_has_a_bounded_number_of_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.protocol.recording_reader.MAX_RECORDING_EVENTS", 1)
    with pytest.raises(RecordingError, match="more than 1 events: cut it into parts"):
        parse_recording(written(EVENTS))


@given(runs(), st.data())
def test_pieces_may_end_anywhere(events: list[KnownEvent], data: st.DataObject) -> None:
    whole = written(events)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    reader = RecordingReader()
    read: list[Event] = []
    for begun, end in pairwise([0, *cuts, len(whole)]):
        read += reader.feed(whole[begun:end])
    assert [*read, *reader.close()] == events
    assert (reader.header, reader.cut, reader.events) == (HEADER, None, len(events))


def test_line_ends_and_byte_order_mark_of_another_system_are_read() -> None:
    foreign = b"\xef\xbb\xbf" + written(EVENTS).replace(b"\n", b"\r\n")
    assert list(parse_recording(foreign).events) == EVENTS


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The recording is empty"),
        (b"\n\n", "The recording is empty"),
        (b"hello\n", "This is not a recording"),
        (b"[]\n", "This is not a recording"),
        (b'{"type":"token"}\n', "This is not a recording"),
        (b'{"playhead":"recording","version":9}\n', "has version 9"),
        (b'{"playhead":"recording","version":"x"}\n', "header cannot be read: version"),
        (b'{"playhead":"recording"}\nrubbish\n{"type":"done"}\n', "Line 2 of the recording is not an event"),
        (b'{"playhead":"recording"}\n{"type":"done"}\nrubbish\n', "Line 3 of the recording is not an event"),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence) as caught:
        parse_recording(data)
    assert "\n" not in str(caught.value)
