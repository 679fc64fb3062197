"""`playhead import`: captures of every dialect become recordings; what is none is refused in a sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result

from backend.commands import captured_stream, import_stream
from backend.commands.check import command as check_command
from backend.commands.replay import command as replay_command
from backend.dialects.registry import DIALECTS
from backend.protocol.events import DoneEvent, KnownEvent, StatusEvent, TokenEvent
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import Recording
from backend.protocol.sse import encode_event
from tests.dialects.exceptions import DIFFERENCES, Difference
from tests.dialects.stream_index import index_of
from tests.dialects.streams import DIALECT_OF_PROTOCOL, frames

AI_SDK: list[dict[str, Any] | str] = [
    {"type": "start"},
    {"type": "source-url", "sourceId": "s", "url": "https://a.example/", "title": "A"},
    {"type": "text-delta", "id": "t", "delta": "Hello "},
    {"type": "text-delta", "id": "t", "delta": "world"},
    {"type": "file", "url": "data:,", "mediaType": "text/plain"},
    {"type": "finish"},
    "[DONE]",
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(import_stream.command, [str(argument) for argument in arguments])


def counted(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "capture"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def capture(written: Callable[[bytes], Path]) -> Path:
    return written(frames(AI_SDK))


def recording_of(path: Path) -> Recording:
    recording = parse_recording(path.read_bytes())
    assert recording.cut is None
    return recording


def test_every_dialect_is_on_offer() -> None:
    assert set(import_stream.DIALECT_NAMES) == set(DIALECTS)


def test_all_captured_streams_become_recordings_that_keep_the_rules(stream_folder: Path, tmp_path: Path) -> None:
    folder, out = stream_folder, tmp_path / "run.jsonl"
    for entry in index_of(folder):
        name = DIALECT_OF_PROTOCOL.get(entry["protocol"])
        if name is None:
            # A protocol that nothing here reads is refused or read as far as it goes, and never breaks anything.
            results = [run(folder / entry["file"], "--dialect", dialect) for dialect in DIALECTS]
            assert {result.exit_code for result in results} <= {0, 2}, entry["file"]
            continue
        told = counted(folder / entry["file"], "--dialect", name, "--out", out, "--force")
        recording = recording_of(out)
        assert told["events"] == len(recording.events), entry["file"]
        assert told["text_chars"] == sum(len(e.text) for e in recording.events if isinstance(e, TokenEvent))
        known = DIFFERENCES.get(entry["file"], Difference(""))
        assert told["tools"] == (len(entry["tools"]) if known.tools is None else known.tools), entry["file"]
        assert told["citations"] == (entry["n_citations"] if known.citations is None else known.citations)
        assert recording.header.timing == "none"
        checked = CliRunner().invoke(check_command, [str(out)])
        assert checked.exit_code == (1 if entry.get("breaks") else 0), f"{entry['file']}: {checked.stdout}"


def test_the_result_as_json(capture: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    told = counted(capture, "--dialect", "ai-sdk", "--out", out, "--question", "Greet me")
    assert told == {
        "events": 4,
        "text_chars": 11,
        "citations": 1,
        "tools": 0,
        "tool_calls": 0,
        "outcome": "completed",
        "warnings": 0,
        "timing": "none",
        "lost": [
            {"what": "spans of citations, which the stream has none of", "count": 1},
            {"what": "files", "count": 1},
        ],
    }
    recording = recording_of(out)
    assert recording.header.question == "Greet me"
    assert recording.header.agent == "import:ai-sdk"


def test_the_summary_names_outcome_timing_and_losses(capture: Path, tmp_path: Path) -> None:
    result = run(capture, "--dialect", "ai-sdk", "--out", tmp_path / "run.jsonl")
    assert result.exit_code == 0
    assert "4 events" in result.stdout
    assert "Outcome completed, 11 characters of answer, 1 citation, 0 calls of 0 tools, 0 warnings." in result.stdout
    assert "every time is 0" in result.stdout
    assert "1 × files" in result.stdout


def test_the_words_of_a_stream_give_the_terminal_no_orders(written: Callable[[bytes], Path]) -> None:
    path = written(frames([*AI_SDK[:-1], {"type": "data-\x1b[2J\u202eevil", "data": {}}]))
    result = run(path, "--dialect", "ai-sdk")
    assert "data of type [2Jevil" in result.stdout
    assert result.stdout.replace("\n", "").isprintable()


def test_without_out_nothing_is_written(capture: Path, tmp_path: Path) -> None:
    result = run(capture, "--dialect", "ai-sdk")
    assert result.exit_code == 0
    assert "nothing is written without --out" in result.stdout
    assert list(tmp_path.iterdir()) == [capture]


def test_a_time_that_nobody_knows_is_no_time_at_all(capture: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    counted(capture, "--dialect", "ai-sdk", "--out", out)
    recording = recording_of(out)
    assert recording.header.timing == "none"
    assert {event.at_ms for event in recording.events} == {0.0}
    done = recording.events[-1]
    assert isinstance(done, DoneEvent)
    assert (done.latency_ms, done.ttft_ms) == (None, None)
    replayed = CliRunner().invoke(replay_command, [str(out), "--json"])
    assert replayed.exit_code == 0
    assert replayed.stderr.startswith("This recording has no times")
    assert replayed.stdout.count("\n") == len(recording.events)


def timed(*chunks: tuple[float, str]) -> bytes:
    return b"".join(json.dumps({"at_ms": at_ms, "data": data}).encode() + b"\n" for at_ms, data in chunks)


def test_a_capture_with_timing_keeps_it(written: Callable[[bytes], Path], tmp_path: Path) -> None:
    text = frames(AI_SDK).decode()
    middle = text.index("world")
    lines = timed((200, text[:40]), (312.5, text[40:middle]), (300, text[middle:]), (900, ""))
    out = tmp_path / "run.jsonl"
    told = counted(written(lines + b"not a line\n"), "--dialect", "ai-sdk", "--out", out)
    recording = recording_of(out)
    assert told["timing"] == recording.header.timing == "arrival"
    assert told["text_chars"] == 11
    assert {"what": "lines of the capture that cannot be read", "count": 1} in told["lost"]
    assert [event.at_ms for event in recording.events] == [312.5, 312.5, 312.5, 900]
    done = recording.events[-1]
    assert isinstance(done, DoneEvent)
    assert (done.latency_ms, done.ttft_ms) == (900, 312.5)


def test_our_own_protocol_brings_its_times_along(written: Callable[[bytes], Path], tmp_path: Path) -> None:
    events: list[KnownEvent] = [TokenEvent(seq=1, at_ms=120, text="a"), DoneEvent(seq=2, at_ms=345.678)]
    out = tmp_path / "run.jsonl"
    told = counted(written(b"".join(encode_event(e, 1) for e in events)), "--dialect", "native", "--out", out)
    recording = recording_of(out)
    assert told["timing"] == "run"
    assert recording.header.timing is None
    assert [event.at_ms for event in recording.events] == [120, 345.678]


@pytest.mark.server
def test_a_run_captured_from_our_server_is_its_recording(
    backend_url: str, ended_run: str, recording: bytes, written: Callable[[bytes], Path], tmp_path: Path
) -> None:
    captured = httpx2.get(f"{backend_url}/v1/runs/{ended_run}/events", trust_env=False).content
    out = tmp_path / "run.jsonl"
    told = counted(written(captured), "--dialect", "native", "--out", out)
    assert recording_of(out).events == parse_recording(recording).events
    assert told["lost"] == []


@pytest.mark.parametrize(
    ("cut", "outcome"), [(frames(AI_SDK[:3]), "interrupted"), (frames(AI_SDK[:3])[:-20] + b"\xff\xfe{", "interrupted")]
)
def test_strange_input_is_read_as_far_as_it_goes(
    written: Callable[[bytes], Path], tmp_path: Path, cut: bytes, outcome: str
) -> None:
    out = tmp_path / "run.jsonl"
    assert counted(written(cut), "--dialect", "ai-sdk", "--out", out)["outcome"] == outcome
    assert CliRunner().invoke(check_command, [str(out)]).exit_code == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"Hello, I am a letter.\n", "contains no stream of the dialect ag-ui"),
        (b'{"hello": "world"}', "contains no stream of the dialect ag-ui"),
        (bytes(range(256)) * 8, "contains no stream of the dialect ag-ui"),
        (frames(AI_SDK), "This looks like the AI SDK's UI message stream: use --dialect ai-sdk."),
        (
            b"event: done\ndata: {}\n\n",
            "none of it is a message of that kind. This looks like server-sent events of no dialect",
        ),
        (encode_event(TokenEvent(seq=1, text="a"), 1), "This looks like Playhead's own stream: use --dialect native."),
        (frames([{"choices": [{"index": 0, "delta": {"content": "a"}}]}]), "use --dialect openai-chat."),
        (b'{"done": false, "message": {"content": "Hi"}}\n', "Ollama's native stream: use --dialect ollama."),
        (b"<!doctype html><html></html>", "This looks like a web page"),
        (b'0:"Hi"\nd:{"finishReason":"stop"}\n', "This looks like the data stream of the AI SDK 4"),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {"tools": []}}', "This looks like JSON-RPC"),
        (frames([{"event": "token", "data": "Hi"}]), "a Flowise prediction: use --dialect flowise."),
    ],
)
def test_what_is_no_such_stream(written: Callable[[bytes], Path], tmp_path: Path, data: bytes, words: str) -> None:
    out = tmp_path / "run.jsonl"
    result = run(written(data), "--dialect", "ag-ui", "--out", out)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert not out.exists()


def test_an_error_that_every_dialect_could_have_sent_makes_no_stream_of_another(
    written: Callable[[bytes], Path],
) -> None:
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": {"content": "a"}}]}] * 9
    path = written(frames([*chunks, {"error": {"message": "Too busy", "type": "overloaded"}}]))
    result = run(path, "--dialect", "anthropic")
    assert result.exit_code == 2
    assert "use --dialect openai-chat." in result.stderr
    assert counted(path, "--dialect", "openai-chat")["outcome"] == "failed"


def test_auto_finds_the_dialect_of_every_stream_with_an_answer_and_says_which(stream_folder: Path) -> None:
    wrong = {}
    for entry in index_of(stream_folder):
        dialect = DIALECT_OF_PROTOCOL.get(entry["protocol"])
        if dialect is None or not entry["text_chars"] or entry["bytes"] > 20_000:
            continue
        told = counted(stream_folder / entry["file"], "--dialect", "auto")
        if told["dialect"] != dialect:
            wrong[entry["file"]] = told["dialect"]
    assert wrong == {}


def test_auto_says_in_a_line_which_dialect_it_chose(capture: Path) -> None:
    assert run(capture, "--dialect", "auto").stdout.startswith("Read as ai-sdk.\n")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Hello, I am a letter.\n", "contains no stream that Playhead reads."),
        (b'{"error": {"message": "No.", "type": "x"}}', "could be a stream of openai-chat, "),
    ],
)
def test_auto_refuses_what_is_of_no_dialect_or_of_several(
    written: Callable[[bytes], Path], data: bytes, words: str
) -> None:
    result = run(written(data), "--dialect", "auto")
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize(("name", "words"), [("nowhere", "cannot be read: No such file"), (".", "is not a file")])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, words: str) -> None:
    result = run(tmp_path / name, "--dialect", "ag-ui")
    assert result.exit_code == 2
    assert words in result.stderr


def test_another_file_is_never_replaced_without_force(capture: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    out.write_text("mine")
    result = run(capture, "--dialect", "ai-sdk", "--out", out)
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert out.read_text() == "mine"
    counted(capture, "--dialect", "ai-sdk", "--out", out, "--force")
    assert recording_of(out).events
    assert sorted(tmp_path.iterdir()) == [capture, out]


def test_a_file_is_read_in_pieces(written: Callable[[bytes], Path]) -> None:
    count = 3 * captured_stream.PIECE_BYTES // 40
    data = frames([*AI_SDK[:2], *({"type": "text-delta", "delta": "0123456789"} for _ in range(count)), "[DONE]"])
    stream = captured_stream.CapturedStream(written(data))
    pieces = [piece.data for piece in stream.pieces()]
    assert len(pieces) > 3
    assert max(map(len, pieces)) <= captured_stream.PIECE_BYTES
    assert b"".join(pieces) == data


def test_a_recording_has_what_was_thought_only_if_that_is_asked_for(
    written: Callable[[bytes], Path], tmp_path: Path
) -> None:
    deltas = ["Hm, [1].", "\n</think>\n\n", "It is 4."]
    path = written(frames([*({"choices": [{"delta": {"content": text}}]} for text in deltas), "[DONE]"]))
    for flags, thought in (((), None), (("--show-reasoning",), "Hm, [1].\n")):
        out = tmp_path / f"run{len(flags)}.jsonl"
        counts = counted(path, "--dialect", "openai-chat", "--out", out, *flags)
        assert counts["text_chars"] == len("It is 4.")
        events = parse_recording(out.read_bytes()).events
        thoughts = [event.thought for event in events if isinstance(event, StatusEvent) and event.thought]
        assert thoughts == ([thought] if thought else [])
        assert "".join(event.text for event in events if isinstance(event, TokenEvent)) == "It is 4."
