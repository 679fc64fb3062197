"""Five hundred readers that ask for more than their buffers take, and read nothing."""

import json
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.api.readers import finish, frames, raw_request
from tests.commands.serve_process import serving

pytestmark = [pytest.mark.server, pytest.mark.alone]

READERS = 500
PIECES = 60
PIECE = "x" * 50_000
"""Three megabytes in all, ten times what a connection's buffers take."""


def memory_kb(pid: int) -> int:
    """What the process has in memory."""
    return int(Path(f"/proc/{pid}/status").read_text(encoding="ascii").split("VmRSS:")[1].split()[0])


def test_readers_who_take_nothing_cost_others_little(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as child, child.client() as client:
        small, _ = finish(client, "scripted:empty_answer", options={"speed": 0})
        header = client.get(f"/v1/runs/{small}/recording").text.splitlines()[0]
        tokens = [{"seq": seq, "at_ms": float(seq), "type": "token", "text": PIECE} for seq in range(1, PIECES + 1)]
        done = {"seq": PIECES + 1, "at_ms": 100.0, "type": "done", "outcome": "completed"}
        recording = "\n".join([header, *map(json.dumps, [*tokens, done])])
        media_type = {"Content-Type": "application/x-ndjson"}
        imported = client.post("/v1/recordings", content=recording.encode(), headers=media_type)
        assert imported.status_code == 201, imported.text
        agent = f"recording:{imported.json()['recording_id']}"
        run_id, sent = finish(client, agent, options={"speed": 0})
        assert sum(len(data) for _, _, data in sent) > len(PIECE) * PIECES
        before = memory_kb(child.process.pid)
        with ExitStack() as open_readers:
            for _ in range(READERS):
                open_readers.enter_context(raw_request(child.url, f"/v1/runs/{run_id}/events", receive_buffer=4096))
            began = time.monotonic()
            assert frames(client, run_id) == sent, "a reader who reads gets everything"
            assert client.get("/healthz").status_code == 200
            assert time.monotonic() - began < 20
            assert memory_kb(child.process.pid) - before < 256 * 1024, "less than what they asked for, by far"
        assert finish(client, "scripted:empty_answer", options={"speed": 0})[1][-1][1] == "done"
