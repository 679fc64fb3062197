"""`playhead check`: the six rules over recordings, captures, JSON lines and live streams."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result

from backend.client.background import Background
from backend.commands.check import command
from backend.protocol.checks import RULES
from tests.client.raw_server import STREAM_HEAD, Request, raw_server

GOOD = [
    {"type": "token", "seq": 1, "at_ms": 1, "text": "It is."},
    {"type": "done", "seq": 2, "at_ms": 2},
]


def check(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def capture(events: list[dict[str, Any]]) -> bytes:
    return b"".join(f"id: 1-{event.get('seq', 0)}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


def lines(events: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def recorded(events: list[dict[str, Any]]) -> bytes:
    return b'{"playhead": "recording", "version": 1}\n' + lines(events)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "stream"
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("form", [capture, lines, recorded])
def test_a_stream_that_keeps_the_rules(
    written: Callable[[bytes], Path], form: Callable[[list[dict[str, Any]]], bytes]
) -> None:
    result = check(written(form(GOOD)))
    assert result.exit_code == 0
    assert result.stdout == f"All {len(RULES)} rules are kept in 2 events.\n"


@pytest.mark.parametrize("form", [capture, lines, recorded])
@pytest.mark.parametrize(
    ("events", "rule", "seq"),
    [
        (GOOD[:1], "one-done", 0),
        ([*GOOD, {"type": "token", "seq": 3, "at_ms": 3, "text": ""}], "one-done", 3),
        ([{"type": "status", "step_id": "a", "step": "x", "seq": 1}, {"type": "done", "seq": 2}], "steps-closed", 2),
        ([{"type": "token", "seq": 1, "text": "[1]"}, {"type": "done", "seq": 2}], "citation-first", 1),
        ([GOOD[0], {**GOOD[1], "seq": 3}], "in-order", 3),
        ([{"type": "thinking", "seq": 1}, {"type": "done", "seq": 2}], "clean-subset", 1),
    ],
)
def test_every_rule_is_checked_in_every_form(
    written: Callable[[bytes], Path],
    form: Callable[[list[dict[str, Any]]], bytes],
    events: list[dict[str, Any]],
    rule: str,
    seq: int,
) -> None:
    path = written(form(events))
    result = check(path)
    assert result.exit_code == 1
    assert f"{rule}: {RULES[rule]}" in result.stdout
    found = json.loads(check(path, "--json").stdout)
    assert found["ok"] is False
    assert found["events"] == len(events)
    assert [(each["rule"], each["seq"]) for each in found["violations"]] == [(rule, seq)]


def test_what_is_no_event_breaks_the_clean_subset(written: Callable[[bytes], Path]) -> None:
    path = written(capture(GOOD[:1]) + b"data: [DONE]\n\n" + capture(GOOD[1:]))
    [violation] = json.loads(check(path, "--json").stdout)["violations"]
    assert violation["rule"] == "clean-subset"
    assert "Message 2 is not an event" in violation["message"]


def test_a_capture_as_other_senders_write_it(written: Callable[[bytes], Path]) -> None:
    data = b"\xef\xbb\xbf: hello\r\n\r\n" + capture(GOOD).replace(b"\n", b"\r\n")
    assert check(written(data)).exit_code == 0


@pytest.mark.parametrize("data", [recorded([]), recorded(GOOD)[:-10]], ids=["header only", "half a line"])
def test_a_cut_recording_lacks_its_done(written: Callable[[bytes], Path], data: bytes) -> None:
    result = check(written(data))
    assert result.exit_code == 1
    assert "The stream ended without done" in result.stdout


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There are no events in it"),
        (b"root:x:0:0\n", "There are no events in it"),
        (b'{"playhead": "recording"}\nnonsense\n{}\n', "Line 2"),
    ],
)
def test_what_cannot_be_read_is_exit_code_2(written: Callable[[bytes], Path], data: bytes, sentence: str) -> None:
    result = check(written(data))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = check(tmp_path / "gone")
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


@pytest.mark.server
def test_a_run_of_the_real_backend(backend_url: str, ended_run: str) -> None:
    for url in (f"{backend_url}/v1/runs/{ended_run}", f"{backend_url}/v1/runs/{ended_run}/events"):
        result = check(url)
        assert result.exit_code == 0, result.stdout
        assert result.stdout.startswith(f"All {len(RULES)} rules are kept in ")


@pytest.mark.server
@pytest.mark.parametrize("scenario", ["late_citation", "orphan_and_dangling"])
def test_a_run_whose_citations_come_late(backend_url: str, scenario: str) -> None:
    request = {"question": "Show me", "agent": f"scripted:{scenario}", "options": {"speed": 0}}
    run_id = httpx2.post(f"{backend_url}/v1/runs", json=request).json()["run_id"]
    found = json.loads(check(f"{backend_url}/v1/runs/{run_id}", "--json").stdout)
    assert {violation["rule"] for violation in found["violations"]} == {"citation-first"}


@pytest.mark.server
def test_addresses_that_stream_nothing(backend_url: str) -> None:
    for path, sentence in (("/healthz", "not with an event stream"), ("/v1/runs/run_x", "Run not found")):
        result = check(backend_url + path)
        assert result.exit_code == 2
        assert sentence in result.stderr
    assert check("http://127.0.0.1:1/").exit_code == 2


@pytest.fixture
def broken_off() -> Iterator[str]:
    """The address of a stream that is cut in the middle of an event."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + capture(GOOD)[:-10])

    background = Background()
    context = raw_server(handler)
    yield background.call(context.__aenter__()).url
    background.call(context.__aexit__(None, None, None))
    background.close()


@pytest.mark.server
def test_a_stream_that_breaks_off_is_not_taken_up_again(broken_off: str) -> None:
    found = json.loads(check(f"{broken_off}/stream", "--json").stdout)
    assert found["events"] == 1
    assert [violation["rule"] for violation in found["violations"]] == ["one-done"]
