"""A foreign answer's bytes become events of ours, each with the stamp of the chunk that completed it."""

import json

import pytest

from backend.dialects.registry import open_decoder
from backend.protocol.checks import check
from backend.protocol.events import DoneEvent, ErrorEvent, StatusEvent, TokenEvent, WarningEvent
from evals.playing.connections import Connections
from evals.playing.foreign.timed_events import read_foreign
from evals.playing.runner import PlayedRun
from evals.scoring.scored_run import ScoredRun, score
from evals.wire.arrivals import Arrivals
from evals.wire.exchange import Capture
from tests.dialects.streams import frames
from tests.evals.captures import BASE_NS, play
from tests.evals.foreign_answers import ANSWER, STREAM, came


def times(arrivals: Arrivals) -> list[tuple[str, float]]:
    """Each event's type and when it came, in milliseconds since the request."""
    pairs = zip(arrivals.events, arrivals.stamps_ns, strict=True)
    return [(event.type, (stamp - BASE_NS) / 1e6) for event, stamp in pairs]


def scored(capture: Capture) -> ScoredRun:
    return score(
        PlayedRun(play("remote"), 1, "", Connections.one(capture)), lambda left: read_foreign(left, "openai-chat")
    )


def test_an_event_has_the_stamp_of_the_bytes_that_completed_it() -> None:
    first, second, *last = [frames([message]) for message in ANSWER]
    arrivals = read_foreign(
        came((100, first[:9]), (200, first[9:-1]), (300, first[-1:] + second), (500, b"".join(last))), "openai-chat"
    )
    assert arrivals.failure is None
    assert times(arrivals) == [("token", 300), ("token", 300), ("done", 500)], "done came with its bytes, not the close"
    assert [event.at_ms for event in arrivals.events] == [300, 300, 500]
    assert check(arrivals.events) == []
    done = arrivals.events[-1]
    assert isinstance(done, DoneEvent)
    assert (done.outcome, done.ttft_ms, done.usage) == ("completed", 300, {"input_tokens": 3, "output_tokens": 2})
    kernel = [stamp - 50_000 for stamp in arrivals.stamps_ns]
    assert arrivals.kernel_ns[:2] == kernel[:2]
    assert len(arrivals.kernel_ns) == len(arrivals.events) == len(arrivals.ids)


def test_the_same_metrics_are_made_of_it_and_none_on_a_clock_that_nobody_told() -> None:
    first, second, *last = [frames([message]) for message in ANSWER]
    run = scored(came((100, first), (350, second), (400, b"".join(last))))
    assert run.result.as_expected, (run.result.error, run.result.surprises)
    told = {key: run.result.metrics[key] for key in ("connect_ms", "ttft_ms", "ttlt_ms", "e2e_ms", "token_gap_max_ms")}
    assert told == {"connect_ms": 0.4, "ttft_ms": 100, "ttlt_ms": 350, "e2e_ms": 400, "token_gap_max_ms": 250}
    assert set(run.result.server_metrics) >= {"ttft_ms", "citations"}
    assert set(run.result.server_metrics.values()) == {None}


def test_what_was_lost_is_told_at_the_end() -> None:
    thought = {"choices": [{"index": 0, "delta": {"reasoning": "Hm"}}]}
    arrivals = read_foreign(came((100, frames([thought])), (200, frames(ANSWER))), "openai-chat")
    assert [at_ms for kind, at_ms in times(arrivals) if kind == "status"] == [100, 200]
    *_, warning, done = arrivals.events
    assert isinstance(warning, WarningEvent)
    assert (warning.code, warning.message) == ("lost", "Not shown: reasoning text (1).")
    assert isinstance(done, DoneEvent)


def test_an_open_step_is_closed() -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "look", "arguments": "{"}}
    message = {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}
    arrivals = read_foreign(came((100, frames([message]))), "openai-chat")
    states = [event.state for event in arrivals.events if isinstance(event, StatusEvent)]
    assert (states[0], states[-1]) == ("started", "failed")
    assert check(arrivals.events) == []


def test_a_stream_without_its_end_is_interrupted_when_it_closes() -> None:
    run = scored(came((100, frames(ANSWER[:2])), close_ms=700))
    assert run.result.outcome == "interrupted"
    assert run.result.surprises == (
        "The run ended interrupted, expected completed: The stream broke off: the answer may be incomplete.",
    )
    assert run.result.metrics["e2e_ms"] == 700
    error = run.wire.events[-2]
    assert isinstance(error, ErrorEvent)
    assert error.code == "stream_cut"


def test_a_connection_that_breaks_is_an_error_with_what_had_come() -> None:
    run = scored(came((100, frames(ANSWER[:2])), whole=False))
    assert run.result.error == "The connection was closed in the middle of the stream, after 2 events."
    assert run.result.metrics["ttft_ms"] == 100


def test_an_error_within_a_200_is_a_failed_run() -> None:
    error = json.dumps({"error": {"message": "No quota.", "code": "insufficient_quota"}}).encode()
    run = scored(came((100, error), kind=b"application/json"))
    assert run.result.outcome == "failed"
    assert [event.message for event in run.wire.events if isinstance(event, ErrorEvent)] == ["No quota."]


def test_a_whole_answer_came_with_its_last_bytes() -> None:
    answer = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}]}
    body = json.dumps(answer).encode()
    arrivals = read_foreign(came((100, body[:20]), (300, body[20:]), kind=b"application/json"), "openai-chat")
    assert times(arrivals) == [("token", 300), ("done", 300)]


@pytest.mark.parametrize(
    ("status", "kind", "body", "said"),
    [
        (
            b"401 No",
            b"application/json",
            b'{"error": {"message": "bad key"}}',
            "The server answered 401: bad key. Put its key in",
        ),
        (b"404 No", b"text/event-stream", b"nothing here", "The server answered 404: nothing here"),
        (b"307 No", b"text/plain", b"", "The server answered 307: nothing else."),
        (b"200 OK", b"text/html", b"<html>", "The server answered with text/html instead of an event stream."),
        (b"200 OK", STREAM, b'data: {"type": "x"}\n\n', "The server did not send a stream of openai-chat"),
        (b"200 OK", STREAM, b"", "The server did not send a stream of openai-chat"),
    ],
)
def test_what_is_no_stream_of_the_dialect_is_a_sentence(status: bytes, kind: bytes, body: bytes, said: str) -> None:
    capture = came((100, body), kind=kind) if body else came(kind=kind)
    head = capture.chunks[0][1].replace(b"200 OK", status)
    capture.chunks[0] = (capture.chunks[0][0], head)
    run = scored(capture)
    assert run.result.error is not None
    assert run.result.error.startswith(said)


def test_drafts_are_those_of_the_decoder() -> None:
    stream = frames(ANSWER)
    arrivals = read_foreign(came(*((float(at), stream[at : at + 7]) for at in range(0, len(stream), 7))), "openai-chat")
    decoder = open_decoder("openai-chat")
    drafts = [*decoder.feed(stream), *decoder.close()]
    texts = [event.text for event in arrivals.events if isinstance(event, TokenEvent)]
    assert texts == [draft.text for draft in drafts if isinstance(draft, TokenEvent)] == ["Be", "cause."]


def test_a_redirect_says_where_it_leads() -> None:
    capture = came((100, b"{}"))
    capture.chunks[0] = (
        capture.chunks[0][0],
        b"HTTP/1.1 307 Moved\r\nLocation: /v2?key=k3y\r\nContent-Length: 0\r\n\r\n",
    )
    assert read_foreign(capture, "openai-chat").failure == (
        "The server answered 307 and redirects to /v2: use that address."
    )


@pytest.mark.parametrize("kind", [STREAM, b"text/html"])
def test_a_key_that_the_server_repeats_is_kept_nowhere(kind: bytes) -> None:
    refusal = frames([{"error": {"message": "Wrong key s3cr3t-k3y", "code": "invalid_api_key"}}])
    arrivals = read_foreign(came((100, refusal), kind=kind), "openai-chat", "s3cr3t-k3y")

    assert "s3cr3t" not in repr(arrivals)
