"""Frames in one piece and one by one."""

from hypothesis import given, strategies as st

from backend.protocol.events import KnownEvent, event_json
from backend.runs.frames import encode_frames, frame_data, split_frames
from tests import strategies


@given(strategies.runs(), st.integers(1, 9))
def test_frames_in_one_piece_are_split_where_they_were_joined(events: list[KnownEvent], attempt: int) -> None:
    frames = encode_frames(events, attempt)
    assert split_frames(b"".join(frames)) == frames
    assert [frame_data(frame) for frame in frames] == [event_json(event).encode() for event in events]
