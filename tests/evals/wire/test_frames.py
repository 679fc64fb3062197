"""Frames of a WebSocket, cut anywhere: the same messages as an implementation that knows nothing of this one."""

import random

import pytest
from hypothesis import given, strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from evals.wire.frames import PING, TEXT, FrameError, FrameReader, client_frame


def sent(opcode: Opcode, payload: bytes, *, fin: bool = True) -> bytes:
    """A frame of a server."""
    return Frame(opcode, payload, fin).serialize(mask=False)


@given(st.lists(st.binary(max_size=70_000), min_size=1, max_size=4), st.integers(0, 2**16))
def test_messages_are_found_however_their_bytes_are_cut(messages: list[bytes], seed: int) -> None:
    chance = random.Random(seed)
    data, wanted = b"", []
    for message in messages:
        half = len(message) // 2
        data += sent(Opcode.TEXT, message[:half], fin=False) + sent(Opcode.PING, b"p")
        data += sent(Opcode.CONT, message[half:])
        wanted += [(PING, b"p"), (TEXT, message)]
    reader, found, at = FrameReader(), [], 0
    while at < len(data):
        step = chance.choice((1, 2, 3, 7, 1000, 100_000))
        found += list(reader.feed(data[at : at + step]))
        at += step
    assert found == wanted


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_what_a_client_sends_is_read_by_a_server(size: int) -> None:
    payload = bytes(place % 251 for place in range(size))
    protocol = Protocol(Side.SERVER)
    protocol.receive_data(client_frame(TEXT, payload))
    assert [(frame.opcode, frame.data) for frame in protocol.events_received()] == [(Opcode.TEXT, payload)]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xc1\x01x", "an extension"),
        (b"\x81\x81\x00\x00\x00\x00x", "is masked"),
        (b"\x81\x7f" + (2**40).to_bytes(8, "big"), "has more than"),
    ],
)
def test_what_a_server_may_not_send_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(FrameError, match=said):
        list(FrameReader().feed(data))
