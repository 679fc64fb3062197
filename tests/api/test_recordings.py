"""Recordings: taken away whole, brought in whole or not at all, and played again."""

import errno
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from unittest import mock

import httpx2
import pytest

from backend.api.routes.recordings import recording_response
from backend.protocol.cursor import Cursor
from backend.protocol.events import event_json, parse_event
from backend.protocol.recording_reader import parse_recording
from backend.runs.recording_library import RecordingLibrary, header_of
from backend.runs.store import Batch, StoreError, StoreUnreachableError
from tests.api.backend_server import BackendServer
from tests.api.readers import data_of, finish, followed, frames, start
from tests.api.told_agents import ToldProvider
from tests.memory_store import MemoryStore
from tests.runs.logs import an_ended_run

pytestmark = pytest.mark.server

HEADER = b'{"playhead": "recording", "question": "Why?", "agent": "elsewhere"}\n'
TOKEN = b'{"type": "token", "text": "NVIDIA ", "seq": 1, "at_ms": 5}\n'
DONE = b'{"type": "done", "seq": 2, "at_ms": 9}\n'


@pytest.fixture
def whole(tmp_path: Path) -> "BackendServer":
    """A backend with the installed agents, not started."""
    return BackendServer(tmp_path)


def test_a_recording_is_the_events_as_they_were_sent(client: httpx2.Client) -> None:
    run_id, sent = finish(client)
    answer = client.get(f"/v1/runs/{run_id}/recording")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == f'attachment; filename="{run_id}.jsonl"'
    recording = parse_recording(answer.content)
    assert (recording.cut, recording.header.run_id, recording.header.question) == (None, run_id, "Why?")
    assert recording.events == tuple(parse_event(data_of(frame)) for frame in sent)
    assert answer.text.splitlines()[1:] == [frame[2] for frame in sent]


def test_a_running_run_gives_what_there_is(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    with followed(client, run_id) as stream:
        next(stream)
        next(stream)
        recording = parse_recording(client.get(f"/v1/runs/{run_id}/recording").content)
    assert [event.type for event in recording.events] == ["status", "token"]
    assert recording.cut is not None
    told.held.go_on.set()


def test_an_imported_recording_can_be_played(whole: BackendServer) -> None:
    with whole as backend, backend.client() as client:
        run_id, sent = finish(client, "scripted:happy_path", options={"speed": 0})
        recorded = client.get(f"/v1/runs/{run_id}/recording").content
        answer = client.post("/v1/recordings", content=recorded)
        body = answer.json()
        assert answer.status_code == 201
        assert (body["agent"], body["events"], body["warnings"]) == (f"recording:{body['recording_id']}", len(sent), [])
        assert body["agent"] in [offer["agent"] for offer in client.get("/v1/agents").json()["agents"]]
        _, played = finish(client, body["agent"], options={"speed": 0})
        assert [frame[1] for frame in played] == [frame[1] for frame in sent]
        plan = client.get(f"/v1/agents/{body['agent']}/plan", params={"speed": 0}).json()
        assert [event["type"] for event in plan["events"]] == [frame[1] for frame in sent]
        _, replayed = finish(client, f"recording:{run_id}", options={"speed": 0})
        assert [frame[1] for frame in replayed] == [frame[1] for frame in sent]
    with BackendServer(whole.settings.data_dir) as backend, backend.client() as client:
        assert finish(client, body["agent"], options={"speed": 0})[1][-1][1] == "done"


@pytest.mark.parametrize("cut", [HEADER + TOKEN, HEADER + TOKEN + DONE[:9]], ids=["between lines", "within a line"])
def test_a_cut_recording_is_taken_with_a_warning(whole: BackendServer, cut: bytes) -> None:
    with whole as backend, backend.client() as client:
        answer = client.post("/v1/recordings", content=cut)
        assert answer.status_code == 201
        [warning] = answer.json()["warnings"]
        assert "cut after event 1" in warning
        [kept] = (backend.settings.data_dir / "recordings").iterdir()
        assert kept.read_bytes() == cut
        _, played = finish(client, answer.json()["agent"])
        assert "token" in [frame[1] for frame in played]


async def sent(data: bytes) -> AsyncIterator[bytes]:
    """The bytes as a request brings them."""
    yield data[:10]
    yield data[10:]


def test_what_cannot_be_taken_leaves_nothing_behind(whole: BackendServer) -> None:
    with whole as backend, backend.client() as client:
        assert client.post("/v1/recordings", content=HEADER + b"rubbish\n" + DONE).status_code == 422
        assert not (backend.settings.data_dir / "recordings").exists()


async def test_a_full_disk_keeps_nothing_half(tmp_path: Path) -> None:
    library = RecordingLibrary(tmp_path / "recordings", MemoryStore())
    kept = await library.add(sent(HEADER + TOKEN + DONE))
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch("os.fsync", side_effect=full), pytest.raises(StoreError, match="No space left"):
        await library.add(sent(HEADER + TOKEN + DONE))
    assert [path.stem for path in (tmp_path / "recordings").iterdir()] == [kept.recording_id]
    assert await library.listed() == [(kept.recording_id, "Why?")]


async def test_a_file_that_somebody_broke_is_not_offered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    library = RecordingLibrary(tmp_path, MemoryStore())
    kept = await library.add(sent(HEADER + TOKEN + DONE))
    broken = tmp_path / f"rec_{'x' * 22}.jsonl"
    broken.write_bytes(b"rubbish")
    (tmp_path / "notes.txt").write_text("not one of ours")
    assert await library.listed() == [(kept.recording_id, "Why?")]
    assert broken.name in caplog.text


@pytest.mark.parametrize(
    "recording_id", ["", "rec_x", "../rec_" + "x" * 22, "rec_" + "x" * 22, "run_x", "rec_" + "/" * 22]
)
async def test_an_id_that_leads_nowhere(tmp_path: Path, recording_id: str) -> None:
    assert await RecordingLibrary(tmp_path, MemoryStore()).find(recording_id) is None


def test_a_long_recording_is_sent_as_it_is_read(backend: BackendServer, client: httpx2.Client) -> None:
    run_id = start(client, "told:words-20000")
    assert frames(client, run_id)[-1][1] == "done"
    lines = client.get(f"/v1/runs/{run_id}/recording").text.splitlines()
    assert len(lines) == 20_002
    assert event_json(parse_event(lines[-1])) == lines[-1]


class ForgetfulStore(MemoryStore):
    """A store that knows its runs and cannot be asked for their events, as while Redis is away."""

    async def follow(self, run_id: str, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        raise StoreUnreachableError("Redis does not answer: try again in a moment.")
        yield


async def test_a_recording_whose_events_cannot_be_had_is_refused_before_it_begins() -> None:
    store = ForgetfulStore()
    run_id = await an_ended_run(store)
    record = await store.record(run_id)
    with pytest.raises(StoreUnreachableError, match="try again"):
        await recording_response(store, record, header_of(record))
