"""``playhead serve`` as a process: where it listens, what it refuses, and how it ends."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from backend.commands.data_option import default_data_dir
from backend.commands.serve import command
from backend.protocol.cursor import Cursor
from backend.protocol.sse import Decoder, Message
from tests.api.readers import start
from tests.commands.serve_process import DEADLINE_S, ServeProcess, serving

pytestmark = pytest.mark.server


def messages(child: ServeProcess, run_id: str, cursor: str = "", limit: int | None = None) -> list[Message]:
    """The messages behind the cursor: so many, or all until the stream closes."""
    decoder, found = Decoder(), []
    path, params = f"/v1/runs/{run_id}/events", {"after": cursor}
    with child.client() as client, client.stream("GET", path, params=params) as response:
        for chunk in response.iter_raw():
            found += decoder.feed(chunk)
            if limit is not None and len(found) >= limit:
                break
    return found


def test_it_says_where_it_listens_and_nothing_else_and_refuses_a_second_one_on_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with serving(folder) as child:
        address = urlsplit(child.url)
        assert (address.scheme, address.hostname) == ("http", "127.0.0.1")
        with child.client() as client:
            assert client.get("/healthz").status_code == 200
        refusal, said, why = ServeProcess("--port", "0", "--data", str(folder)).end()
        code, out, err = child.end(signal.SIGTERM)
    assert (refusal, said) == (1, "")
    assert str(folder) in why
    assert len(why.splitlines()) == 1
    assert "Traceback" not in why
    assert (code, out) == (0, "")
    assert all(line.startswith("documents: preparing ") for line in err.splitlines())
    assert folder.is_dir()


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, err = ServeProcess("--port", str(port), "--data", str(tmp_path)).end()
    assert (code, out) == (1, "")
    assert str(port) in err
    assert "--port" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.com"])
def test_a_host_that_others_reach_needs_a_token(tmp_path: Path, host: str) -> None:
    refused = CliRunner().invoke(command, ["--port", "0", "--data", str(tmp_path), "--host", host])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "token" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_runs_as_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as child:
        with child.client() as client:
            run_id = start(client, "scripted:long_answer")
            before = messages(child, run_id, limit=3)
        code, _, err = child.end(number)
    assert code == 0
    assert "Traceback" not in err
    with serving(tmp_path) as child:
        after = messages(child, run_id)
        with child.client() as client:
            assert client.get(f"/v1/runs/{run_id}").json()["outcome"] == "interrupted"
    assert [message.data for message in after[: len(before)]] == [message.data for message in before]
    assert [message.event for message in after].count("done") == 1
    assert Cursor.parse(after[-1].id) == Cursor(1, len(after))


def test_a_killed_server_keeps_the_log_and_ends_the_run_when_it_is_back(tmp_path: Path) -> None:
    with serving(tmp_path) as child:
        with child.client() as client:
            run_id = start(client, "scripted:long_answer")
        before = messages(child, run_id, limit=40)
        code, _, _ = child.end(signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert before[-1].event != "done"
    with serving(tmp_path) as child, child.client() as client:
        after = messages(child, run_id)
        shown = client.get(f"/v1/runs/{run_id}").json()
        resumed = messages(child, run_id, cursor=before[9].id)
        lost = messages(child, run_id, cursor="1-999999")
        at_end = client.get(f"/v1/runs/{run_id}/events", headers={"Last-Event-ID": after[-1].id})
    assert [Cursor.parse(message.id).seq for message in after] == list(range(1, len(after) + 1))
    kept = [message for message in after if message.id.startswith("1-")]
    common = min(len(kept), len(before))
    assert common > 10
    assert [message.data for message in kept[:common]] == [message.data for message in before[:common]]
    assert [message.event for message in after].count("done") == 1
    assert after[-1].event == "done"
    assert after[-1].id.startswith("2-")
    assert (shown["outcome"], shown["cursor"]) == ("interrupted", after[-1].id)
    assert shown["view"]["stream"]["partial"]
    assert [message.data for message in resumed] == [message.data for message in after[10:]]
    assert [message.event for message in lost] == ["snapshot"]
    assert at_end.status_code == 204


def test_the_default_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_data_dir() == tmp_path / "playhead"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert default_data_dir() == Path.home() / ".local" / "share" / "playhead"


def test_a_server_imports_no_ui(tmp_path: Path) -> None:
    script = (
        "import sys, asyncio, backend.commands.serve as serve\n"
        "from pathlib import Path\n"
        "from backend.settings import Settings\n"
        "from backend.wiring import build_app\n"
        f"build_app(Settings(data_dir=Path({str(tmp_path)!r})))\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=DEADLINE_S, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"gradio", "streamlit", "pandas", "plotly", "numpy", "duckdb", "pypdfium2", "rich"}


def test_a_broken_scenario_is_told_on_the_terminal_and_the_rest_is_served(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("title: x\ndescription: y\nquestion: z\ntimeline:\n  - sya: hello\n")
    with serving(tmp_path / "data", "--scenarios", str(tmp_path)) as child:
        with child.client() as client:
            while client.get("/readyz").status_code != 200:
                pass
        _, _, err = child.end(signal.SIGTERM)
    told = [line for line in err.splitlines() if line.startswith("warning: ")]
    assert len(told) == 1
    assert "broken.yaml, line 5" in told[0]


def test_how_many_runs_there_may_be_is_the_operator_s(tmp_path: Path) -> None:
    with serving(tmp_path, "--max-runs", "1") as child, child.client() as client:
        ask = {"question": "Show me", "agent": "scripted:stall"}
        run_id = start(client, "scripted:stall")
        refused = client.post("/v1/runs", json=ask)
        assert (refused.status_code, refused.json()["type"]) == (429, "urn:playhead:problem:too-many-runs")
        assert refused.json()["detail"] == (
            "The server is already running 1 run, its maximum: try again in a moment, or start it with a larger "
            "--max-runs."
        )
        assert int(refused.headers["retry-after"]) >= 1
        client.post(f"/v1/runs/{run_id}/cancel")


def test_the_silence_limits_are_the_operator_s(tmp_path: Path) -> None:
    with serving(tmp_path, "--silence-s", "0.3", "--max-silence-s", "5") as child, child.client() as client:
        run = start(client, "scripted:timeout", options={"timeout_s": 60})
        events = client.get(f"/v1/runs/{run}/events").text
        assert '"code":"silence"' in events
        assert '"limit_s":0.3,"longest_limit_s":5' in events
        ask = {"question": "Show me.", "agent": "scripted:timeout", "options": {"silence_s": 6}}
        refused = client.post("/v1/runs", json=ask)
        assert refused.json()["detail"] == (
            "silence_s is 6, and this server allows an agent at most 5 s of silence: ask for less, or start the server "
            "with a longer --max-silence-s."
        )
