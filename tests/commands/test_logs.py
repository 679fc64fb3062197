"""What a real server writes to standard error: with keys and questions planted wherever a provider may repeat them."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from tests.api.readers import finish
from tests.commands.serve_process import DEADLINE_S, serving

pytestmark = pytest.mark.server

KEY = "sk-planted-0123456789abcdefghij"
QUESTION = "What does Ana of Leipzig earn?"
FAILURES = (400, 401, 429, 500, 200)


class Parrot(BaseHTTPRequestHandler):
    """A provider that fails, a little differently each time, and repeats everything that it was sent."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        said = f"{self.headers['Authorization']} sent {sent}"
        self.server.asked += 1  # type: ignore[attr-defined]
        status = FAILURES[self.server.asked % len(FAILURES)]  # type: ignore[attr-defined]
        body = json.dumps({"error": {"message": said}} if status != 200 else {"choices": said}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Echo", said.encode("ascii", "replace").decode()[:500])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def parrot() -> Iterator[str]:
    """Its address while it answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Parrot) as server:
        server.asked = 0  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            # Else its thread finds a closed socket, and looks at it again and again until all tests have ended.
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_failing_model_puts_no_key_anywhere_and_no_content_into_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_format: str
) -> None:
    with parrot() as address:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        arguments = ("--log-format", log_format, "--model", "openai:gpt-5")
        with serving(tmp_path, *arguments) as child, child.client() as client:
            while client.get("/readyz").status_code != 200:
                assert child.process.poll() is None
            runs = [finish(client, "model", question=QUESTION) for _ in FAILURES]
            shown = [text_of(client, run_id) for run_id, _ in runs]
            _, _, log = child.end(signal.SIGTERM)
    outcomes = {json.loads(frames[-1][2])["outcome"] for _, frames in runs}
    assert outcomes <= {"failed", "timed_out"}
    assert all(KEY not in text for text in shown)
    assert KEY[3:] not in log
    assert "Leipzig" not in log
    if log_format == "json":
        lines = [json.loads(line) for line in log.splitlines()]
        ended = {line["run_id"]: line for line in lines if line["message"] == "A run has ended."}
        assert set(ended) == {run_id for run_id, _ in runs}
        assert all(line["agent"] == "model" and line["duration_ms"] >= 0 for line in ended.values())


def text_of(client: httpx2.Client, run_id: str) -> str:
    """Everything that can be read about a run."""
    paths = ("", "/events", "/recording")
    return "".join(client.get(f"/v1/runs/{run_id}{path}").text for path in paths)


def test_an_unknown_format_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", "serve", "--log-format", "xml"],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "json" in done.stderr
