"""A reader who takes nothing any more is cut: the run continues, and nothing is kept for the reader."""

from pathlib import Path

import pytest

from tests.api.backend_server import BackendServer
from tests.api.control.control_client import control
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

BLOCKS = 4000
"""32 MB, more than all buffers between the two sides take."""


def test_a_stalled_reader_is_cut_and_the_run_is_not(tmp_path: Path) -> None:
    with BackendServer(tmp_path, [ToldProvider()], stalled_reader_s=1.0) as server, server.client() as client:
        accepted = client.post("/v1/runs", json={"question": "Why?", "agent": f"told:blocks-{BLOCKS}"}).json()
        run = accepted["run_id"]
        with control(server.url, accepted["session_id"]) as channel:
            channel.send("follow-flood", "follow", run=run)
            # The client stops reading its socket once a few messages wait for the test, which takes none.
            server.call(lambda: server.services.channels.until(0))
            channel.closed_with()
        assert 0 < len(channel.events(run)) < BLOCKS
        assert len(server.services.streams) == 0
