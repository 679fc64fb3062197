"""The measuring path against a server that sends known bytes at known moments."""

import asyncio

import h11
import pytest

from backend.launch.ports import free_port
from backend.protocol.events import Event
from evals.wire.arrivals import Arrivals, parse, post_request
from evals.wire.exchange import Address, Capture, TargetAddressError, exchange
from tests.evals.byte_server import END, HEAD, Hang, Pause, byte_server, chunk, frames
from tests.metrics.traces import done, status, token

pytestmark = pytest.mark.server

EVENTS: list[Event] = [status("s"), token("Up "), token("by half."), status("s", "finished"), done()]


async def measure(address: Address, deadline_s: float = 30) -> tuple[Capture, Arrivals]:
    request = post_request(address, "/v1/runs", {"question": "Why?"})
    capture = await exchange(address, request, deadline_s)
    return capture, parse(capture)


def texts(arrivals: Arrivals) -> list[str]:
    return [event.type for event in arrivals.events]


async def test_every_event_is_stamped_when_its_bytes_came() -> None:
    first, *rest = frames(*EVENTS)
    async with byte_server([HEAD, first, Pause(0.05), rest[0], Pause(0.4), rest[1], rest[2] + rest[3] + END]) as server:
        capture, arrivals = await measure(server.address)
    assert arrivals.failure is None
    assert texts(arrivals) == ["status", "token", "token", "status", "done"]
    stamps = arrivals.stamps_ns
    assert stamps == sorted(stamps)
    assert capture.sent_ns is not None
    assert capture.sent_ns < stamps[0]
    assert stamps[3] == stamps[4], "events of one segment share its stamp"
    # The server's own notes are on the same clock: an event arrives after its write, and within the pause behind it.
    _, first_sent, second_sent, third_sent, *_ = server.sent_ns
    assert first_sent <= stamps[0] < second_sent
    assert second_sent <= stamps[1] < third_sent
    assert third_sent <= stamps[2]
    assert arrivals.closed_ns is not None
    assert arrivals.closed_ns >= stamps[-1]
    assert capture.connect_ns is not None
    assert capture.connect_ns > 0


async def test_an_event_gets_the_stamp_of_the_bytes_that_completed_it() -> None:
    first, second, *rest = frames(*EVENTS)
    async with byte_server(
        [HEAD + first[:9], Pause(0.1), first[9:-8], Pause(0.1), first[-8:] + second, b"".join(rest) + END]
    ) as server:
        _, arrivals = await measure(server.address)
    assert texts(arrivals) == ["status", "token", "token", "status", "done"]
    assert arrivals.stamps_ns[0] >= server.sent_ns[2], "not when its first bytes came"
    assert arrivals.stamps_ns[0] == arrivals.stamps_ns[1]


async def test_heartbeats_are_no_events() -> None:
    async with byte_server([HEAD, chunk(b": hb\n"), Pause(0.05), *frames(*EVENTS), END]) as server:
        _, arrivals = await measure(server.address)
    assert len(arrivals.events) == 5
    assert arrivals.stamps_ns[0] >= server.sent_ns[2]


async def test_the_request_is_what_a_server_expects() -> None:
    async with byte_server([HEAD, *frames(*EVENTS), END]) as server:
        await measure(server.address)
    reading = h11.Connection(h11.SERVER)
    reading.receive_data(server.requests[0])
    request = reading.next_event()
    assert isinstance(request, h11.Request)
    headers = dict(request.headers)
    assert (request.method, request.target) == (b"POST", b"/v1/runs")
    assert headers[b"accept"] == b"text/event-stream"
    assert headers[b"connection"] == b"close"
    assert headers[b"host"] == server.address.authority.encode()
    body = reading.next_event()
    assert isinstance(body, h11.Data)
    assert bytes(body.data) == b'{"question": "Why?"}'


async def test_a_stream_that_closes_without_done_keeps_what_came() -> None:
    async with byte_server([HEAD, *frames(*EVENTS[:3]), END]) as server:
        _, arrivals = await measure(server.address)
    assert arrivals.failure is None, "as HTTP it was whole: that done is missing is for the score to say"
    assert len(arrivals.events) == 3


async def test_a_stream_cut_in_the_middle_says_so() -> None:
    first, second, *_ = frames(*EVENTS)
    async with byte_server([HEAD, first, second[:20]]) as server:
        _, arrivals = await measure(server.address)
    assert texts(arrivals) == ["status"]
    assert arrivals.failure is not None
    assert "in the middle" in arrivals.failure


async def test_a_stream_that_never_ends_is_given_up_at_the_deadline() -> None:
    async with byte_server([HEAD, *frames(*EVENTS[:2]), Hang()]) as server:
        capture, arrivals = await measure(server.address, deadline_s=0.3)
    assert len(arrivals.events) == 2
    assert arrivals.failure == "The stream was still open 0.3 s after the request."
    assert capture.closed_ns is None


async def test_a_server_that_says_nothing_is_given_up_at_the_deadline() -> None:
    async with byte_server([Hang()]) as server:
        _, arrivals = await measure(server.address, deadline_s=0.3)
    assert arrivals.events == []
    assert arrivals.failure == "The stream was still open 0.3 s after the request."


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (
            b"HTTP/1.1 500 Broken\r\n\r\n" + b'{"title": "Broken", "detail": "The disk is full."}',
            "The server answered 500: The disk is full.",
        ),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\nNot here.", "The server answered 404: Not here."),
        (b"HTTP/1.1 429 Too Many\r\ncontent-length: 0\r\n\r\n", "The server answered 429: nothing else."),
        (
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<p>Hello",
            "The server answered with text/html instead of an event stream.",
        ),
        (b"", "The server closed the connection without an answer."),
        (b"\x16\x03\x01garbage\r\n\r\n", "The server does not speak HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\ncontent-ty", "The server closed the connection after 27 bytes that are not an HTTP"),
        (HEAD + b"zz\r\n", "The stream cannot be read further after 0 events"),
    ],
)
async def test_every_broken_answer_is_a_failure_with_its_cause(answer: bytes, cause: str) -> None:
    async with byte_server([answer]) as server:
        _, arrivals = await measure(server.address)
    assert arrivals.events == []
    assert arrivals.failure is not None
    assert arrivals.failure.startswith(cause)


async def test_events_that_cannot_be_read_are_kept_as_unknown() -> None:
    async with byte_server([HEAD, chunk(b"data: [DONE]\n\n"), chunk(b"event: token\ndata: 7\n\n"), END]) as server:
        _, arrivals = await measure(server.address)
    assert texts(arrivals) == ["message", "token"]
    assert all("JSON" in str(getattr(event, "problem", None)) for event in arrivals.events)


async def test_nobody_listening_is_a_failure_with_its_cause() -> None:
    address = Address("http", "127.0.0.1", free_port())
    capture, arrivals = await measure(address)
    assert capture.sent_ns is None
    assert arrivals.failure is not None
    assert arrivals.failure.startswith(f"http://127.0.0.1:{address.port} cannot be connected to")


async def test_a_measurement_that_is_given_up_leaves_no_connection() -> None:
    async with byte_server([HEAD, Hang()]) as server:
        measuring = asyncio.create_task(measure(server.address))
        async with asyncio.timeout(30):
            await server.answering.wait()
        measuring.cancel()
        with pytest.raises(asyncio.CancelledError):
            await measuring


def test_addresses() -> None:
    assert Address.parse("http://127.0.0.1:8750") == Address("http", "127.0.0.1", 8750)
    assert Address.parse("https://eval.example/base/") == Address("https", "eval.example", 443, "/base")
    assert Address.parse("http://[::1]:80").authority == "[::1]:80"
    for wrong in ("", "127.0.0.1:8750", "ftp://host", "http://", "http://host:99999", "http://host/?a=1"):
        with pytest.raises(TargetAddressError, match="give one such as"):
            Address.parse(wrong)
