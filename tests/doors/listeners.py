"""The backend and both UIs as processes, as an attacker's page finds them on this machine."""

import http.client
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from backend.launch.server import serve_command
from backend.network.http_client import tls

START_S = 90.0
DEADLINE_S = 60.0

ALLOWED = "demo.example"
"""The name that all three are started with, as behind a reverse proxy."""


@dataclass(frozen=True)
class Listener:
    """One server, and the addresses of it that an attack is after."""

    url: str
    page: str
    """What a person opens, or a program asks for."""
    history: tuple[str, str]
    """A call that reads or changes the history, or opens the way to that."""
    upload: tuple[str, str]
    """A call that stores a file."""
    websocket: str
    """Where it takes a WebSocket; empty where it takes none."""
    answers: str
    """The media type of its refusals."""
    process: ChildProcess
    files: Path
    """The folder in which it makes temporary ones."""
    lines: list[str]
    """Everything that it has written."""

    def call(self, method: str, path: str, **headers: str) -> httpx2.Response:
        """Send a small request, a file or an event, under these headers."""
        with httpx2.Client(timeout=DEADLINE_S, trust_env=False, verify=tls()) as client:
            files = {"files": ("z.bin", bytes(1000))}
            return client.request(
                method, self.url + path, headers=named(headers), files=files if method != "GET" else None
            )

    def handshake(self, **headers: str) -> int:
        """Ask for a WebSocket; gives the status of the answer."""
        connection = self._connection()
        asked = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        connection.request("GET", self.websocket, headers={**asked, **named(headers)})
        status = connection.getresponse().status
        connection.close()
        return status

    def announce(self, size: int) -> int:
        """Announce a file of that many bytes and send none of them; gives the status of the answer."""
        connection = self._connection()
        method, path = self.upload
        connection.putrequest(method, path)
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        return status

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=DEADLINE_S)


@contextmanager
def running_listeners(folder: Path) -> Iterator[dict[str, Listener]]:
    """All three, while inside, with everything they keep under ``folder``."""
    with ExitStack() as stack:

        def start(name: str, port: int, command: list[str]) -> tuple[str, ChildProcess, Path, list[str]]:
            files = folder / name
            files.mkdir()
            lines: list[str] = []
            process = ChildProcess(name, command, env={"TMPDIR": str(files)}, on_line=lines.append)
            return f"http://127.0.0.1:{port}", stack.enter_context(process), files, lines

        port = free_port()
        command = serve_command(port=port, data_dir=folder / "data", allowed_hosts=[ALLOWED])
        url, process, files, lines = start("backend", port, command)
        found = {
            "backend": Listener(
                url=url,
                page="/v1/sessions",
                history=("DELETE", "/v1/sessions"),
                upload=("POST", "/v1/recordings"),
                websocket="",
                answers="application/problem+json",
                process=process,
                files=files,
                lines=lines,
            )
        }
        for module, history, upload, websocket in (
            (
                "ui_gradio",
                ("POST", "/gradio_api/queue/join"),
                ("POST", "/gradio_api/upload"),
                "/gradio_api/queue/data?session_hash=any",
            ),
            (
                "ui_streamlit",
                ("GET", "/_stcore/health"),
                ("PUT", "/_stcore/upload_file/session/file"),
                "/_stcore/stream",
            ),
        ):
            port = free_port()
            options = ["--port", str(port), "--backend", url, "--allow-host", ALLOWED, "--log-format", "json"]
            ui_url, process, files, lines = start(module, port, [sys.executable, "-m", module, *options])
            found[module] = Listener(
                url=ui_url,
                page="/",
                history=history,
                upload=upload,
                websocket=websocket,
                answers="text/plain; charset=utf-8",
                process=process,
                files=files,
                lines=lines,
            )
        for listener in found.values():
            listener.process.wait_until_ready(listener.url + listener.page, START_S)
        yield found


def named(headers: dict[str, str]) -> dict[str, str]:
    """Headers by their real names, such as ``Sec-Fetch-Site`` for ``sec_fetch_site``."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
