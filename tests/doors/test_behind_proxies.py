"""The whole demo with tokens behind each example proxy, over TLS: live events, WebSockets, pages and sign-in."""

import json
import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from backend.launch.ports import free_port
from tests.api.readers import followed, start
from tests.child_process import child_process
from tests.commands.serve_process import DEADLINE_S
from tests.doors.caddy import caddy_path, running_caddy
from tests.doors.nginx import nginx_path, running_nginx

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Site:
    """The demo behind a proxy: its address, the proxy's certificate, and a token."""

    url: str
    certificate: Path
    token: str

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def client(self, **headers: str) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, verify=self.trust, timeout=DEADLINE_S, trust_env=False, headers=headers)


@contextmanager
def nginx(folder: Path, ports: dict[str, int]) -> Iterator[Path]:
    with running_nginx(folder, ports, ports["example"]) as running:
        yield running.certificate


@contextmanager
def caddy(folder: Path, ports: dict[str, int]) -> Iterator[Path]:
    with running_caddy(folder, ports, ports["example"]) as certificate:
        yield certificate


Proxy = Callable[[Path, dict[str, int]], AbstractContextManager[Path]]
PROXIES: dict[str, tuple[Proxy, Callable[[], str]]] = {"nginx": (nginx, nginx_path), "caddy": (caddy, caddy_path)}


@dataclass(frozen=True)
class Demo:
    """The demo behind the proxies: its ports, that of the proxy among them, and its token."""

    ports: dict[str, int]
    token: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One for both proxies, which take turns at its address: it takes longer to start than everything else here."""
    ports = {name: free_port() for name in ("backend", "gradio", "streamlit", "example")}
    url = f"https://localhost:{ports['example']}"
    command = [sys.executable, "-m", "backend.cli", "demo", "--no-browser", "--generate-token"]
    command += ["--data", str(tmp_path_factory.mktemp("data")), "--public-url", url, "--trusted-proxy", "127.0.0.1"]
    command += ["--port", str(ports["backend"]), "--gradio-port", str(ports["gradio"])]
    command += ["--streamlit-port", str(ports["streamlit"])]
    with child_process(command) as running:
        assert running.stdout is not None
        said: list[str] = []
        while not said or said[-1] not in ("ready", ""):
            said.append(running.stdout.readline().strip())
        assert said[-1] == "ready", said
        yield Demo(ports, next(line.removeprefix("token ") for line in said if line.startswith("token ")))
        running.send_signal(signal.SIGTERM)
        running.wait(60)


@pytest.fixture(scope="module", params=PROXIES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo behind this proxy."""
    running, find = PROXIES[request.param]
    find()
    demo: Demo = request.getfixturevalue("demo")
    with running(tmp_path_factory.mktemp(request.param) / "proxy", demo.ports) as certificate:
        yield Site(f"https://localhost:{demo.ports['example']}", certificate, demo.token)


def test_the_api_is_live_below_its_path_and_closed_without_a_token(site: Site) -> None:
    with site.client() as stranger:
        assert stranger.get("/api/v1/runs").status_code == 401
        assert stranger.get("/api/metrics").status_code == 401
    with site.client(Authorization=f"Bearer {site.token}") as client:
        client.base_url = f"{site.url}/api"
        run_id = start(client, "scripted:stall")
        with followed(client, run_id) as stream:
            # The agent is silent from now on: what has come was not kept back for more.
            assert next(stream).event == "status"
        address = f"{site.url.replace('https', 'wss')}/api/v1/sessions/{session_of(client, run_id)}/control"
        headers = {"Authorization": f"Bearer {site.token}"}
        with connect(
            address,
            ssl=site.trust,
            subprotocols=[Subprotocol("playhead.v1")],
            additional_headers=headers,
            proxy=None,
        ) as channel:
            channel.send(json.dumps({"op": "hello", "id": "1", "versions": [1]}))
            assert json.loads(channel.recv(timeout=DEADLINE_S))
        assert client.post(f"/v1/runs/{run_id}/cancel").status_code < 300


def session_of(client: httpx2.Client, run_id: str) -> str:
    return str(client.get(f"/v1/runs/{run_id}").json()["session_id"])


@pytest.mark.parametrize("ui", ["gradio", "streamlit"])
def test_people_sign_in_over_tls_alone_and_stay_below_the_path(site: Site, ui: str) -> None:
    with site.client(Accept="text/html") as browser:
        form = browser.get(f"/{ui}/")
        assert form.status_code == 401
        assert f'"/{ui}/sign-in"' in form.text
        signed = browser.post(f"/{ui}/sign-in", data={"token": site.token}, headers={"Origin": site.url})
        assert signed.status_code == 303, signed.text
        assert urlsplit(signed.headers["location"]).path == f"/{ui}/"
        cookie = signed.headers["set-cookie"]
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", f"path=/{ui}"} <= parts, cookie
        page = browser.get(f"/{ui}/")
        assert page.status_code == 200
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
