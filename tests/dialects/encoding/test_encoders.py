"""Our events in foreign dialects: what was opened is closed, the answer is ours, and a replay gives the same bytes."""

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from backend.dialects.encoding.ag_ui import AgUiEncoder
from backend.dialects.encoding.ai_sdk import AiSdkEncoder
from backend.dialects.encoding.encoder import Encoder
from backend.dialects.encoding.openai_chat import OpenAIChatEncoder
from backend.dialects.encoding.openai_responses import OpenAIResponsesEncoder
from backend.protocol.events import CitationEvent, DoneEvent, KnownEvent, Outcome, UnknownEvent
from tests.dialects.encoded_runs import RUN, answer_of, ended, runs_with_tools, stream_of
from tests.dialects.foreign_readers import AgUiClient, ChatClient, Fields, messages_in, objects_in, text_of_chunks
from tests.dialects.streams import ReadStream, read

ENCODERS: dict[str, Callable[[], Encoder]] = {
    "ag-ui": lambda: AgUiEncoder(RUN),
    "ai-sdk": lambda: AiSdkEncoder(RUN),
    "openai-chat": lambda: OpenAIChatEncoder(RUN),
    "openai-responses": lambda: OpenAIResponsesEncoder(RUN),
}

OUTCOMES: list[Outcome] = ["completed", "cancelled", "timed_out", "failed", "interrupted"]
every_dialect = pytest.mark.parametrize("dialect", ENCODERS)


def done_of(events: list[KnownEvent]) -> DoneEvent:
    last = events[-1]
    assert isinstance(last, DoneEvent)
    return last


def latest_told(client: AgUiClient) -> dict[str, Fields]:
    """What a client was told last of each artifact, and of each warning and citation that has no id."""
    kinds = ("playhead.artifact", "playhead.warning", "playhead.citation")
    told = [(name, value) for name, value in client.customs if name in kinds]
    return {
        f"{name} {value.get('artifact_id') or value.get('citation_id') or value['seq']}": value for name, value in told
    }


@given(runs_with_tools())
def test_an_ag_ui_client_takes_any_run_and_has_its_answer(events: list[KnownEvent]) -> None:
    client = AgUiClient().read(stream_of(AgUiEncoder(RUN), events))
    done = done_of(events)
    assert client.answer == answer_of(events)
    if done.outcome in ("completed", "cancelled"):
        kind = "success" if done.outcome == "completed" else "cancelled"
        assert client.last["outcome"] == {"type": kind}
    else:
        assert client.last["type"] == "RUN_ERROR"
        assert client.last["metadata"]["playhead"]["outcome"] == done.outcome


@given(runs_with_tools(), st.integers(0, 40), st.integers(0, 40))
def test_an_ag_ui_client_that_joins_again_ends_with_the_messages_of_one_that_stayed(
    events: list[KnownEvent], seen: int, now: int
) -> None:
    asked = [{"id": "m1", "role": "user", "content": "Why?"}]
    # What a client shows of an earlier run it does not send.
    shown: list[Fields] = [
        {"id": "a1", "role": "activity", "activityType": "citation", "content": {"title": "Old"}},
        *asked,
    ]
    whole = AgUiClient(list(shown)).read(stream_of(AgUiEncoder(RUN), events))
    first, second = AgUiEncoder(RUN), AgUiEncoder(RUN, earlier=list(asked))
    cut = AgUiClient(list(shown)).read(stream_of(first, events[: min(seen, len(events) - 1)]))
    now = min(now, len(events) - 1)
    for event in events[:now]:
        second.absorb(event)
    rest = second.rejoin() + b"".join(map(second.encode, events[now:]))
    again = cut.reconnected().read(rest)
    assert again.by_id() == whole.by_id()
    assert again.last == whole.last
    assert latest_told(again) == latest_told(whole)


@given(runs_with_tools())
def test_an_ai_sdk_client_takes_any_run_and_has_its_answer(events: list[KnownEvent]) -> None:
    client = ChatClient().read(stream_of(AiSdkEncoder(RUN), events))
    done = done_of(events)
    assert client.done
    assert client.text == answer_of(events)
    assert client.metadata["outcome"] == done.outcome
    assert client.finished == (done.outcome == "completed")
    assert client.aborted == (done.outcome == "cancelled")
    assert (client.error is not None) == (done.outcome in ("failed", "timed_out", "interrupted"))
    assert all(part["state"] != "input-available" for part in client.of_type("dynamic-tool"))
    assert all(step["state"] in ("finished", "failed", "cancelled") for step in client.data("step").values())
    ids = {event.citation_id or f"citation-{event.seq}" for event in events if isinstance(event, CitationEvent)}
    assert set(client.data("citation")) == ids
    sources = [part["sourceId"] for part in client.of_type("source-url", "source-document")]
    assert sorted(sources) == sorted(ids)


@given(runs_with_tools())
def test_chunks_of_a_completion_hold_the_answer_and_end_well_only_where_the_run_did(events: list[KnownEvent]) -> None:
    stream = stream_of(OpenAIChatEncoder(RUN), events)
    chunks = objects_in(stream)
    assert text_of_chunks(chunks) == answer_of(events)
    finishes = [choice["finish_reason"] for chunk in chunks for choice in chunk.get("choices", [])]
    if done_of(events).outcome == "completed":
        assert messages_in(stream)[-1] == "[DONE]"
        assert finishes == [None] * (len(finishes) - 1) + ["stop"]
    else:
        assert "error" in chunks[-1]
        assert messages_in(stream)[-1] != "[DONE]"
        assert not any(finishes)


@every_dialect
@given(events=runs_with_tools())
def test_our_decoder_reads_the_same_answer_and_the_same_end(dialect: str, events: list[KnownEvent]) -> None:
    stream = read(dialect, stream_of(ENCODERS[dialect](), events))
    assert stream.text == answer_of(events)
    assert (stream.end.outcome == "completed") == (done_of(events).outcome == "completed")


@every_dialect
@given(events=runs_with_tools(), cut=st.integers(0, 40))
def test_a_replay_gives_the_same_bytes(dialect: str, events: list[KnownEvent], cut: int) -> None:
    live = ENCODERS[dialect]()
    stream = stream_of(live, events[:cut]) + b"".join(map(live.encode, events[cut:]))
    assert stream_of(ENCODERS[dialect](), events) == stream


@every_dialect
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_stream_cut_before_its_end_is_no_success_to_our_decoder(dialect: str, outcome: Outcome) -> None:
    events = ended(outcome=outcome)
    encoder = ENCODERS[dialect]()
    cut: ReadStream = read(dialect, stream_of(encoder, events[:-1]))
    assert cut.end.outcome == "interrupted"


@every_dialect
def test_an_event_of_a_newer_server_is_passed_over(dialect: str) -> None:
    encoder = ENCODERS[dialect]()
    encoder.begin()
    assert encoder.encode(UnknownEvent(type="hologram", seq=1)) == b""
