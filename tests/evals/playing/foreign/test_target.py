"""``playhead eval --target``: agents that are none of ours, behind real servers, measured by the same instrument."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.launch.ports import free_port
from backend.launch.server import LocalServer
from backend.protocol.events import TokenEvent
from backend.protocol.recording_reader import parse_recording
from evals.commands.eval import command
from evals.evaluation.live import evaluate
from evals.playing.foreign.target import ForeignTarget
from evals.playing.watcher import Watcher
from evals.results.models import Results, Target
from evals.scoring.scored_run import ScoredRun
from evals.suites.suite import Suite
from tests.agents.model.scripted_provider import Reply, ScriptedProvider, error
from tests.conftest import ROOT
from tests.dialects.exceptions import DIFFERENCES
from tests.dialects.stream_index import Row, index_of
from tests.dialects.streams import frames
from tests.evals.byte_server import END, Pause, byte_server, chunk
from tests.evals.foreign_answers import ANSWER, HEAD, STREAM
from tests.live_server import LiveServer

SUITE = b"""suite: asked
repeats: 2
warm_up: 1
concurrency: 2
runs:
  - {name: first, agent: documents, question: "Why?", speed: 4, limits: {coverage: {min: 1}}}
  - {name: second, agent: documents, question: "How?", limits: {lost: {max: 0}}}
"""

DIALECTS = {
    "openai-chat": "openai-chat",
    "openai-responses": "openai-responses",
    "anthropic-messages": "anthropic",
    "gemini-generateContent": "gemini",
    "ag-ui": "ag-ui",
    "vercel-ui-message": "ai-sdk",
}
"""The dialect of each protocol of which every index has a stream."""


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[ScriptedProvider, str]]:
    provider = ScriptedProvider()
    with LiveServer(provider) as server:
        yield provider, server.url


@pytest.fixture
def suite_file(tmp_path: Path) -> Path:
    path = tmp_path / "asked.yaml"
    path.write_bytes(SUITE)
    return path


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def measured(setting: str, suite: Suite) -> list[ScoredRun]:
    foreign = ForeignTarget.parse(setting)
    target = Target(url=foreign.shown, started_here=False, dialect=foreign.remote.dialect)
    return list(asyncio.run(evaluate(suite, target, asyncio.Event(), Watcher(), foreign=foreign)).runs)


def one(question: str = "Why?", agent: str = "documents") -> Suite:
    scenario = {"agent": agent, "question": question}
    return Suite.model_validate({"suite": "one", "repeats": 1, "warm_up": 0, "runs": [scenario]})


def test_a_suite_of_questions_is_measured_and_reported(
    served: tuple[ScriptedProvider, str], suite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, url = served
    provider.script(*[Reply(frames(ANSWER), piece=40)] * 5)
    monkeypatch.setenv("PLAYHEAD_REMOTE_KEY", "k3y-of-theirs")
    out = tmp_path / "out"
    code, said = call(suite_file, "--target", f"openai-chat:{url}/v1?token=t0ken#llama", "--out", out)
    assert code == 1, said
    results = Results.model_validate_json((out / "results.json").read_bytes())
    assert results.verdict.as_expected == len(results.runs) == 4
    assert [run.group for run in results.runs] == ["first", "second"] * 2
    assert {(run.agent, run.speed, run.outcome) for run in results.runs} == {("remote", 1.0, "completed")}
    assert [(limit.scenario, limit.verdict) for limit in results.limits] == [("first", "fail"), ("second", "pass")]
    assert (results.target.url, results.target.dialect) == (f"{url}/v1/chat/completions", "openai-chat")
    assert results.harness.delivery_jitter_ms is not None
    assert results.harness.delivery_jitter_ms.n == 0, "they tell no times of their own"
    assert {asked.headers["authorization"] for asked in provider.asked} == {"Bearer k3y-of-theirs"}
    assert {asked.body["model"] for asked in provider.asked} == {"llama"}
    assert sorted(asked.body["messages"][-1]["content"] for asked in provider.asked[1:]) == ["How?"] * 2 + ["Why?"] * 2
    for file in out.rglob("*.*"):
        content = file.read_bytes()
        assert b"k3y-of-theirs" not in content, file
        assert b"t0ken" not in content, file
    recording = parse_recording((out / "recordings" / "first-1.jsonl").read_bytes())
    assert "".join(event.text for event in recording.events if isinstance(event, TokenEvent)) == "Because."
    assert recording.header.timing == "arrival"
    assert recording.events[-1].at_ms > 0


def test_without_a_suite_the_questions_are_bundled(served: tuple[ScriptedProvider, str], tmp_path: Path) -> None:
    provider, url = served
    provider.script(*[frames(ANSWER)] * 4)
    code, said = call("--target", f"openai-chat:{url}", "--repeat", 1, "--out", tmp_path / "out")
    assert code == 0, said
    assert "All 3 runs ended as expected." in said


def test_what_is_wrong_with_every_run_is_told(
    served: tuple[ScriptedProvider, str], suite_file: Path, tmp_path: Path
) -> None:
    provider, url = served
    provider.script(*[error(401, {"error": {"message": "bad key"}})] * 5)
    code, said = call(suite_file, "--target", f"openai-chat:{url}", "--out", tmp_path / "out")
    assert code != 0
    assert "first, run 1: The server answered 401: bad key" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["quick", "--target", "openai-chat:http://127.0.0.1:9/v1"], "only a Playhead backend plays scripts"),
        (["faults", "--target", "openai-chat:http://127.0.0.1:9/v1"], "only a Playhead backend plays scripts"),
        (["target", "--target", "carrier-pigeon:http://127.0.0.1:9"], "There is no dialect 'carrier-pigeon'"),
        (["target", "--target", "openai-chat:nowhere"], "is not an address"),
        (["target", "--target", "openai-chat:http://127.0.0.1:{port}"], "Nobody answers at 127.0.0.1:{port}"),
        (["target", "--target", "ag-ui:http://127.0.0.1:9", "--url", "http://127.0.0.1:9"], "--url cannot be used"),
        (["target", "--target", "ag-ui:http://127.0.0.1:9", "--through", "gradio"], "--through cannot be used"),
        (["--target", "ag-ui:http://127.0.0.1:9", "--recordings", "."], "--target cannot be used with --recordings"),
    ],
)
def test_unusable_input_is_told_at_once(arguments: list[str], said: str, tmp_path: Path) -> None:
    port = free_port()
    code, output = call(*(part.format(port=port) for part in arguments), "--out", tmp_path / "out")
    assert code == 2
    assert said.format(port=port) in output
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("part", [b"cut: {after_events: [1]}", b"cancel: {at_ms: 5}", b"transport: events"])
def test_a_run_that_only_our_backend_can_play_is_refused(part: bytes, suite_file: Path, tmp_path: Path) -> None:
    suite_file.write_bytes(SUITE.replace(b"speed: 4", part))
    code, output = call(suite_file, "--target", "ag-ui:http://127.0.0.1:9", "--out", tmp_path / "out")
    assert code == 2
    assert "only a Playhead backend supports this" in output


async def test_stamps_are_taken_when_the_bytes_come() -> None:
    first, second, *last = [frames([message]) for message in ANSWER]
    script: list[bytes | Pause] = [
        HEAD % STREAM,
        Pause(0.05),
        chunk(first),
        Pause(0.2),
        chunk(second),
        Pause(0.05),
        chunk(b"".join(last)),
        END,
    ]
    async with byte_server(script) as server:
        foreign = ForeignTarget.parse(f"openai-chat:{server.address.url}")
        suite = foreign.asked(one())
        (play,) = await foreign.prepare(suite)
        capture = (await foreign.play_run(play, foreign.address, 30)).first
    arrivals = foreign.read(capture)
    assert arrivals.failure is None
    # The server notes the moment before each write, on the same clock; the connection that looks whether somebody
    # listens asks for nothing.
    _, first_sent, second_sent, last_sent, _ = server.sent_ns
    stamps = arrivals.stamps_ns
    assert [event.type for event in arrivals.events] == ["token", "token", "done"]
    assert first_sent <= stamps[0]
    assert second_sent <= stamps[1]
    assert last_sent <= stamps[2]
    assert (capture.sent_ns or 0) < first_sent, "before the request was written"


def test_captured_streams_are_measured_whole(served: tuple[ScriptedProvider, str], stream_folder: Path) -> None:
    provider, url = served
    chosen: dict[str, Row] = {}
    for entry in sorted(index_of(stream_folder), key=lambda entry: entry["bytes"]):
        differs = entry["file"] in DIFFERENCES and DIFFERENCES[entry["file"]].text_chars is not None
        if entry["text_chars"] and entry["final_text_sha256"] and not entry["has_errors"] and not differs:
            chosen.setdefault(entry["protocol"], entry)
    assert set(chosen) >= set(DIALECTS)
    for protocol, dialect in DIALECTS.items():
        entry = chosen[protocol]
        provider.script(Reply((stream_folder / entry["file"]).read_bytes(), piece=500))
        (run,) = measured(f"{dialect}:{url}/agent", one())
        assert run.result.error is None, (protocol, run.result.error)
        text = "".join(token.text for token, _ in run.wire.tokens)
        assert hashlib.sha256(text.encode()).hexdigest() == entry["final_text_sha256"], entry["file"]
        assert run.result.metrics["ttft_ms"] is not None
        assert run.result.metrics["e2e_ms"] is not None
        assert 0 < run.result.metrics["ttft_ms"] <= run.result.metrics["e2e_ms"]


@pytest.mark.server
def test_our_own_protocol_measures_the_same_either_way(tmp_path: Path) -> None:
    question = "What is brief?"
    with LocalServer(tmp_path, scenarios_dir=ROOT / "tests" / "ui" / "scenarios") as server:
        (foreign,) = measured(f"native:{server.url}#scripted:brief", one(question))
        target = Target(url=server.url, started_here=False)
        (own,) = asyncio.run(evaluate(one(question, "scripted:brief"), target, asyncio.Event(), Watcher())).runs
    assert own.result.as_expected, (own.result.error, own.result.surprises)
    assert foreign.result.as_expected, (foreign.result.error, foreign.result.surprises)
    assert [event.type for event in foreign.wire.events] == [event.type for event in own.wire.events]
    for key in ("citations", "markers", "dangling_markers", "order_inversions", "violations"):
        assert foreign.result.metrics[key] == own.result.metrics[key], key
    assert own.result.truth is not None
    for key in ("ttft_ms", "e2e_ms"):
        there, scripted = foreign.result.metrics[key], own.result.truth[key]
        assert there is not None
        assert scripted is not None
        # Nothing comes before its time: a timer's grain aside, which is a millisecond.
        assert there >= scripted - 1.5, key
