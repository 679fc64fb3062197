"""The measured sockets send the token of the person who measures, to a Playhead backend and to nobody else."""

from pathlib import Path

import pytest

from backend.network.credentials import TOKEN_VARIABLE
from evals.wire.arrivals import get_request, parse, post_request, request_bytes
from evals.wire.control_channel import ChannelFailed, WireChannel
from evals.wire.exchange import Address, exchange
from evals.wire.stamps import Capture
from tests.api.token_server import TokenServer
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


async def test_a_server_with_tokens_is_measured_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with TokenServer(tmp_path, [ToldProvider()]) as server:
        address = Address.parse(server.url)
        question: dict[str, object] = {"question": "Why?", "agent": "told:words-2"}

        async def status_of(request: bytes) -> int | None:
            return parse(await exchange(address, request, 30.0)).status

        monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
        assert await status_of(post_request(address, "/v1/runs", question)) == 401
        monkeypatch.setenv(TOKEN_VARIABLE, server.tokens["steer"])
        assert await status_of(post_request(address, "/v1/runs", question)) == 200
        with server.called_by("steer") as client:
            (run,) = client.get("/v1/runs").json()["runs"]
        assert await status_of(get_request(address, f"/v1/runs/{run['run_id']}/events")) == 200
        path = f"/v1/sessions/{run['session_id']}/control"
        channel = WireChannel(Capture(), None)
        await channel.open(address, path, {})
        channel.close()
        assert server.tokens["steer"].encode() not in request_bytes("POST", address, "/", [], b"")
        monkeypatch.setenv(TOKEN_VARIABLE, "a-token-that-is-wrong")
        with pytest.raises(ChannelFailed):
            await WireChannel(Capture(), None).open(address, path, {})
