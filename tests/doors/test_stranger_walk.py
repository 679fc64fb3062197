"""A stranger on another machine who has nothing but a share's link: what they may see works, and nothing else answers.

The demo listens on every address with tokens, and nginx stands in front of it; the stranger tries both ways.
"""

import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from backend.access.tokens import TokenFile
from backend.api.app import create_app
from backend.api.rights import RIGHTS
from backend.launch.ports import free_port
from backend.settings import Settings
from backend.wiring import build_services
from tests.api.backend_server import DEADLINE_S
from tests.api.told_agents import ToldProvider
from tests.child_process import child_process
from tests.conftest import need_framework
from tests.doors.nginx import nginx_path, running_nginx
from tests.doors.other_machine import OtherMachine, other_machine

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]

T = TypeVar("T")

PAGE = {"Accept": "text/html"}
OPEN = {"health", "readiness", "issue_participant"}
"""What answers everybody, besides what is below a share."""
PAGES = ("/", "/replay", "/history", "/compare")
GRADIO = (
    *("GET /config", "GET /info", "GET /gradio_api/info", "GET /gradio_api/openapi.json", "GET /openapi.json"),
    *("GET /theme.css", "GET /assets/index.js", "GET /static/fonts/x", "GET /manifest.json", "GET /monitoring"),
    *("GET /gradio_api/heartbeat/x", "GET /gradio_api/queue/data?session_hash=x", "GET /gradio_api/queue/status"),
    *("POST /gradio_api/queue/join", "POST /gradio_api/run/predict", "POST /gradio_api/call/x", "POST /login"),
    *("POST /gradio_api/cancel", "POST /gradio_api/reset", "POST /gradio_api/upload", "GET /gradio_api/app_id"),
    *("GET /gradio_api/file=/etc/passwd", "GET /gradio_api/proxy=http://127.0.0.1/", "GET /gradio_api/deep_link"),
    *("GET /gradio_api/mcp/sse", "POST /gradio_api/component_server", "GET /gradio_api/stream/x", "GET /logout"),
)
STREAMLIT = (
    *("GET /static/index.js", "GET /media/x", "GET /component/x/index.html", "GET /_stcore/bidi-components/x"),
    *("GET /_stcore/host-config", "GET /_stcore/metrics", "GET /_stcore/script-health-check", "GET /app/static/x"),
    *("PUT /_stcore/upload_file/s/f", "DELETE /_stcore/upload_file/s/f", "GET /_stcore/message", "GET /healthz"),
    *("POST /_stcore/csp-report", "GET /oauth2callback", "GET /manifest.json", "GET /favicon.png"),
)
SOCKETS = {
    "gradio": ("/room?run={run_id}", "/gradio_api/queue/data?session_hash=x", "/gradio_api/heartbeat/x"),
    "streamlit": ("/room?run={run_id}", "/_stcore/stream"),
}


@dataclass(frozen=True)
class Site:
    """The demo as the stranger reaches it, and what its host shared. ``ways`` has the addresses of the three parts."""

    ways: dict[str, dict[str, str]]
    stranger: OtherMachine
    host: httpx2.Client
    shared: dict[str, Any]
    hidden: dict[str, Any]
    share: str

    def try_it(self, way: str, part: str, work: Callable[[httpx2.Client], T]) -> T:
        """What the work gives on the stranger's machine, with a client of that part."""

        def there() -> T:
            options: dict[str, Any] = {"timeout": DEADLINE_S, "trust_env": False, "verify": False}
            with httpx2.Client(base_url=self.ways[way][part], event_hooks={"response": [no_leak]}, **options) as client:
                return work(client)

        return self.stranger.call(there)

    def socket(self, way: str, part: str, path: str, **headers: str) -> int:
        """The status with which a WebSocket of the stranger's is answered."""
        url = self.ways[way][part]
        context = ssl._create_unverified_context() if url.startswith("https") else None  # noqa: S323
        address = url.replace("http", "ws", 1) + path.format(**self.shared)

        def there() -> int:
            try:
                with connect(address, ssl=context, proxy=None, additional_headers=headers, open_timeout=DEADLINE_S):
                    return 101
            except InvalidStatus as refused:
                return refused.response.status_code

        return self.stranger.call(there)


def no_leak(answer: httpx2.Response) -> None:
    """No answer lets a page of another site read it, or frame it."""
    assert not [name for name in answer.headers if name.startswith("access-control-")], answer.url
    if answer.status_code == 400 and b"nginx" in answer.read():
        # A request that the proxy itself cannot read.
        return
    assert answer.headers["x-frame-options"] == "DENY", answer.url
    assert answer.headers["referrer-policy"] == "no-referrer", answer.url


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    need_framework("gradio")
    need_framework("streamlit")
    nginx_path()
    folder = tmp_path_factory.mktemp("stranger")
    ports = {name: free_port() for name in ("backend", "gradio", "streamlit", "example")}
    token = TokenFile(folder / "tokens.json").add("ana", "host", "")
    with other_machine() as stranger:
        proxied = f"https://{stranger.here}:{ports['example']}"
        command = [sys.executable, "-m", "backend.cli", "demo", "--no-browser", "--host", "0.0.0.0"]
        command += ["--token-file", str(folder / "tokens.json"), "--data", str(folder / "data")]
        command += ["--public-url", proxied, "--trusted-proxy", "127.0.0.1", "--port", str(ports["backend"])]
        command += ["--gradio-port", str(ports["gradio"]), "--streamlit-port", str(ports["streamlit"])]
        with (
            child_process(command) as demo,
            httpx2.Client(
                base_url=f"http://127.0.0.1:{ports['backend']}",
                headers={"Authorization": f"Bearer {token}"},
                timeout=DEADLINE_S,
                trust_env=False,
            ) as host,
        ):
            assert demo.stdout is not None
            assert "ready" in iter(lambda: demo.stdout.readline().strip(), ""), "the demo ended"  # type: ignore[union-attr]
            runs = [
                host.post("/v1/runs", json={"question": question, "agent": "scripted:happy_path"}).json()
                for question in ("Shown to strangers?", "Hidden from strangers?")
            ]
            for run in runs:
                assert "event: done" in host.get(f"/v1/runs/{run['run_id']}/events").text
            share = host.post(f"/v1/runs/{runs[0]['run_id']}/share").json()["share_id"]
            with running_nginx(folder / "nginx", ports, ports["example"], stranger.here):
                parts = ("backend", "gradio", "streamlit")
                ways = {
                    way: {part: f"{base[part]}/{part.replace('backend', 'api')}" for part in parts}
                    for way, base in (
                        ("direct", {part: f"http://{stranger.here}:{ports[part]}" for part in parts}),
                        ("nginx", dict.fromkeys(parts, proxied)),
                    )
                }
                yield Site(ways, stranger, host, runs[0], runs[1], share)
            demo.send_signal(signal.SIGTERM)
            demo.wait(60)


both_ways = pytest.mark.parametrize("way", ["direct", "nginx"])


@both_ways
def test_a_shared_run_is_there_whole_and_leads_nowhere(site: Site, way: str) -> None:
    share = f"/v1/shared/{site.share}"

    def look(client: httpx2.Client) -> str:
        now, listed, stream, recording, inputs = (
            client.get(path)
            for path in (
                share,
                f"{share}/runs",
                f"{share}/events",
                f"{share}/recording",
                f"/v1/runs/{site.share}/inputs",
            )
        )
        assert now.json()["question"] == "Shown to strangers?"
        assert "35.1" in now.text or "revenue" in now.text.lower()
        assert len(listed.json()["runs"]) == 1
        assert "event: done" in stream.text
        assert recording.text.count("\n") > 5
        assert inputs.json()["inputs"] == []
        assert client.get("/readyz").status_code == 200
        return now.text + listed.text + stream.text + recording.text + inputs.text

    seen = site.try_it(way, "backend", look)
    assert not [each for each in (*site.shared.values(), "Hidden") if isinstance(each, str) and each in seen]
    assert site.socket(way, "backend", f"{share}/control") == 101


@both_ways
def test_nothing_else_of_the_api_answers(site: Site, way: str, tmp_path: Path) -> None:
    paths = create_app(build_services(Settings(data_dir=tmp_path), [ToldProvider()])).openapi()["paths"]
    calls = {each["operationId"]: (verb, path) for path, item in paths.items() for verb, each in item.items()}
    others = {"input_id": "inp_1", "message_id": "message-1", "chat_id": "chat-1", "file_id": "file_x"}
    others |= {"agent": "scripted:happy_path", "model": "scripted:happy_path", "share_id": site.shared["run_id"]}

    def knock(client: httpx2.Client) -> list[tuple[str, str, int]]:
        found = []
        for operation, (verb, path) in calls.items():
            for kind, names in (("shared", site.shared), ("hidden", site.hidden), ("share", {"run_id": site.share})):
                # A share's id stands for no conversation.
                named = path.format_map({"session_id": site.share, **names, **others})
                answer = client.request(verb, named, json={} if verb in ("post", "patch") else None)
                assert "Hidden" not in answer.text
                assert site.hidden["run_id"] not in answer.text.replace(named, "")
                found.append((operation, kind, answer.status_code))
        return found

    for operation, kind, status in site.try_it(way, "backend", knock):
        right = RIGHTS[operation]
        if operation in OPEN:
            assert status < 300, (operation, status)
        elif right.role is None and not right.ui:
            # Below a share: a run's own id is not one.
            assert status == 404, (operation, status)
        elif kind == "share" and "{run_id}" in calls[operation][1] and not operation.startswith("ag_ui"):
            allowed = right.shared and right.role == "view"
            assert (status == 200) if allowed else status in (403, 404), (operation, status)
        else:
            assert status == 401, (operation, kind, status)
    for run in (site.shared, site.hidden):
        assert site.host.get(f"/v1/runs/{run['run_id']}").status_code == 200, "everything is still there"
    for path in ("/openapi.json", "/docs", "/metrics", "/nothing"):
        assert site.try_it(way, "backend", partial(httpx2.Client.get, url=path)).status_code == 401
    for path in ("/v1/sessions/{session_id}/control", "/v1/runs/{run_id}/control"):
        # The first may still say hello with a token.
        assert site.socket(way, "backend", path) == (101 if "sessions" in path else 401)


@both_ways
@pytest.mark.parametrize("part", ["gradio", "streamlit"])
def test_a_ui_shows_the_share_and_nothing_else(site: Site, way: str, part: str) -> None:
    requests = [f"GET {page}" for page in PAGES]
    requests += GRADIO if part == "gradio" else STREAMLIT
    requests += [f"{method} /shares?run={site.shared['run_id']}" for method in ("GET", "POST", "DELETE")]

    def knock(client: httpx2.Client) -> None:
        for request in requests:
            method, path = request.split(" ")
            for headers in (PAGE, {}, {"Sec-Fetch-Dest": "iframe"}):
                answer = client.request(method, path, headers=headers)
                assert answer.status_code == 401, (request, answer.status_code)
                assert "set-cookie" not in answer.headers
                assert "Sign in first" in answer.text or 'id="token"' in answer.text
        for share in ("share_" + "x" * 22, site.shared["run_id"], f"{site.share}x", f"{site.share}.x"):
            assert client.get("/", params={"share": share}, headers=PAGE).status_code == 401
        page = client.get("/", params={"share": site.share}, headers=PAGE)
        assert page.status_code == 200
        assert "HttpOnly" in page.headers["set-cookie"]
        assert ("Secure" in page.headers["set-cookie"]) is (way == "nginx")
        for path in PAGES:
            assert client.get(path, headers=PAGE).status_code == 401, "the page of a share, and no other"
        asset = "/theme.css" if part == "gradio" else "/_stcore/host-config"
        assert client.get(asset).status_code == 200
        uploads = ("POST", "/gradio_api/upload") if part == "gradio" else ("PUT", "/_stcore/upload_file/s/f")
        sent = client.request(*uploads, files={"files": ("a.txt", b"x" * 1000)})
        assert (sent.status_code, "Sign in" in sent.text) == (401, True), "a visitor has nothing to bring"
        for run in (site.share, site.shared["run_id"], site.hidden["run_id"]):
            for answer in (
                client.get("/shares", params={"run": run}),
                client.post("/shares", json={"run": run, "scope": "run", "role": "host"}),
                client.delete("/shares", params={"run": run, "share": site.share}),
            ):
                assert "share_" not in answer.text, "a visitor neither sees nor makes nor withdraws links"

    site.try_it(way, part, knock)
    for path in SOCKETS[part]:
        assert site.socket(way, part, path) in (401, 403), path


@pytest.mark.parametrize("part", ["backend", "gradio", "streamlit"])
def test_no_page_of_another_site_or_port_reaches_anything(site: Site, part: str) -> None:
    share = f"/v1/shared/{site.share}" if part == "backend" else f"/?share={site.share}"

    def knock(way: str, client: httpx2.Client) -> None:
        here = urlsplit(site.ways[way][part]).netloc
        for host in ("rebound.example", f"rebound.example:{here.rpartition(':')[2]}", "localhost.rebound.example", ""):
            answer = client.get(share, headers={**PAGE, "Host": host})
            assert answer.status_code in (400, 421), (host, answer.status_code)
            assert "Shown" not in answer.text
            proxied = client.get(share, headers={**PAGE, "X-Forwarded-Host": "rebound.example"})
            assert proxied.status_code == 200, "a stranger is not a proxy"
        origins = (f"http://{here.rpartition(':')[0]}:3333", "http://127.0.0.1:8750", "https://evil.example", "null")
        for origin in origins:
            assert client.get(share, headers={**PAGE, "Origin": origin}).status_code == 200
            for path in ("/v1/participants", "/sign-in"):
                answer = client.post(path, headers={"Origin": origin}, json={"token": "x"})
                assert answer.status_code == 403, (origin, path)
            preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            assert client.options(share, headers=preflight).status_code in (401, 404, 405)

    for way in site.ways:
        site.try_it(way, part, partial(knock, way))
    socket = f"/v1/shared/{site.share}/control" if part == "backend" else f"/room?run={site.share}"
    for origin in ("http://127.0.0.1:3333", "https://evil.example", "null"):
        assert site.socket("direct", part, socket, Origin=origin) in (401, 403)


@pytest.mark.parametrize("part", ["backend", "gradio"])
def test_who_guesses_tokens_shuts_themselves_out_and_nobody_else(site: Site, part: str) -> None:
    """Also behind the proxy, where all connections come from one address, and whatever address they claim."""

    def guess(client: httpx2.Client) -> list[int]:
        answers = []
        for number in range(14):
            headers = {"X-Forwarded-For": f"203.0.113.{number}"}
            if part == "backend":
                headers["Authorization"] = f"Bearer pht_wrong{number}"
                answers.append(client.get("/v1/me", headers=headers).status_code)
            else:
                answers.append(client.post("/sign-in", json={"token": f"wrong{number}"}, headers=headers).status_code)
        return answers

    assert site.try_it("nginx", part, guess)[-1] == 429
    with httpx2.Client(base_url=site.ways["nginx"][part], trust_env=False, verify=False) as here:
        if part == "backend":
            assert here.get("/v1/me", headers=dict(site.host.headers)).status_code == 200
        else:
            assert here.post("/sign-in", json={"token": "wrong"}).status_code == 401
