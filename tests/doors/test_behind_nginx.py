"""The backend behind a real nginx: what is sent arrives while it is sent, and links lead back through the proxy."""

import ssl
import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.readers import followed, messages, start
from tests.api.told_agents import ToldProvider
from tests.doors.nginx import Nginx, nginx_path, running_nginx

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def told() -> ToldProvider:
    return ToldProvider()


@pytest.fixture(scope="module")
def nginx(told: ToldProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    nginx_path()
    folder = tmp_path_factory.mktemp("nginx")
    with (
        BackendServer(
            folder / "data",
            [told],
            heartbeat_s=0.5,
            trusted_proxies=("127.0.0.1/32",),
        ) as backend,
        running_nginx(folder / "nginx", {"backend": urlsplit(backend.url).port or 0}) as running,
    ):
        yield running


@pytest.fixture
def held(told: ToldProvider) -> Iterator[ToldProvider]:
    told.held.go_on.clear()
    told.held.begun.clear()
    yield told
    told.held.go_on.set()


def client(nginx: Nginx, url: str) -> httpx2.Client:
    return httpx2.Client(
        base_url=url,
        timeout=DEADLINE_S,
        trust_env=False,
        headers={"Accept-Encoding": "identity"},
        verify=ssl.create_default_context(cafile=str(nginx.certificate)),
    )


@pytest.mark.parametrize("place", ["plain", "impatient", "kept", "example"])
def test_an_event_arrives_while_the_next_is_still_to_come(nginx: Nginx, held: ToldProvider, place: str) -> None:
    url = {"kept": f"{nginx.kept}/api", "example": f"{nginx.example}/api"}.get(place) or getattr(nginx, place)
    with client(nginx, url) as http, followed(http, start(http, "told:held")) as stream:
        seen = []
        for message in stream:
            seen.append(message.event)
            if message.event == "token":
                # Only now may the agent go on: what has arrived by then was buffered nowhere.
                held.held.go_on.set()
        assert seen.count("token") == 2
        assert seen[-1] == "done"


def test_a_compressed_stream_is_live_too(nginx: Nginx, held: ToldProvider) -> None:
    with client(nginx, nginx.plain) as http:
        run = start(http, "told:held")
        headers = {"Accept-Encoding": "gzip"}
        with http.stream("GET", f"/v1/runs/{run}/events", headers=headers) as response:
            compressed = response.headers.get("content-encoding") == "gzip"
            unpack = zlib.decompressobj(wbits=31)
            chunks = (unpack.decompress(chunk) if compressed else chunk for chunk in response.iter_raw())
            for message in messages(chunks):
                if message.event == "token":
                    held.held.go_on.set()
        assert message.event == "done"
        plain = http.get(f"/v1/runs/{run}", headers={"Accept-Encoding": "gzip"})
        assert plain.headers["content-encoding"] == "gzip"
        assert plain.json()["outcome"] == "completed"


def test_a_silent_run_outlives_an_idle_limit(nginx: Nginx, held: ToldProvider) -> None:
    """nginx ends a connection that carries nothing for 2 s; six heartbeats take longer."""
    with client(nginx, nginx.impatient) as http:
        run = start(http, "told:held")
        beats = 0
        received = b""
        with http.stream("GET", f"/v1/runs/{run}/events") as response:
            for chunk in response.iter_raw():
                received += chunk
                beats += chunk.count(b"\n:") + chunk.startswith(b":")
                if beats == 6:
                    held.held.go_on.set()
        assert b"event: done" in received


@pytest.mark.parametrize("place", ["kept", "example"])
def test_links_lead_back_through_the_proxy(nginx: Nginx, place: str) -> None:
    with client(nginx, getattr(nginx, place)) as http:
        answer = http.post("/api/v1/runs", json={"question": "Why?", "agent": "told:ordinary"})
        assert answer.status_code == 201
        links = answer.json()["links"]
        assert answer.headers["location"] == links["self"]
        assert all(link.startswith("/api/v1/runs/") for link in links.values())
        assert "event: done" in http.get(links["events"]).text
        assert http.get(links["recording"]).status_code == 200
        assert http.get(answer.headers["location"]).json()["links"] == links
        assert http.get("/api/v1/runs").json()["runs"][0]["links"]["self"].startswith("/api/")
        assert http.get("/api/v1/nowhere").json()["instance"] == "/api/v1/nowhere"
        assert http.get("/api/openapi.json").json()["servers"] == [{"url": "/api"}]
