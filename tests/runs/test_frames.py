"""Frames taken apart and put together."""

from hypothesis import given, strategies as st

from backend.protocol.events import KnownEvent, event_json
from backend.protocol.sse import encode_event
from backend.runs.frames import frame_data, frame_of, frame_parts
from tests import strategies


@given(strategies.runs(), st.integers(1, 9))
def test_a_frame_taken_apart_and_put_together_is_the_frame_that_was_sent(
    events: list[KnownEvent], attempt: int
) -> None:
    for event in events:
        frame = encode_event(event, attempt)
        kind, data = frame_parts(frame)
        assert (kind, data, frame_data(frame)) == (event.type, event_json(event), event_json(event).encode())
        assert frame_of(attempt, event.seq, kind, data) == frame
