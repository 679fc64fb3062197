"""The app under a server that is not ours: everything works but the finer points of dropping a connection."""

from pathlib import Path

import httpx2
import pytest

from backend.settings import Settings
from backend.wiring import build_app
from tests.api.backend_server import DEADLINE_S
from tests.api.readers import finish, followed, frames, start
from tests.live_server import LiveServer

pytestmark = pytest.mark.server


def client_of(server: LiveServer) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, timeout=DEADLINE_S, trust_env=False)


def test_the_app_opens_and_closes_its_parts_itself(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with LiveServer(build_app(settings)) as server, client_of(server) as client:
        _, sent = finish(client, "scripted:happy_path", options={"speed": 0})
        assert sent[-1][1] == "done"
        run_id = start(client, "scripted:long_answer")
        with followed(client, run_id) as stream:
            next(stream)
            server.stop()
    with LiveServer(build_app(settings)) as server, client_of(server) as client:
        assert '"outcome":"interrupted"' in frames(client, run_id)[-1][2]
