"""A backup that is made while a server works, and what becomes of one that is damaged."""

import io
import json
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.runs.backup.manifest import BackupError
from backend.runs.backup.restored_folder import restore_backup
from tests.api.readers import finish, followed, frames, start
from tests.api.test_files import upload
from tests.commands.serve_process import DEADLINE_S, ServeProcess, serving

pytestmark = pytest.mark.server


def playhead(*arguments: str) -> tuple[int, str, str]:
    """Run a command; gives its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", *arguments],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def refused(*arguments: str) -> str:
    """Run a command that refuses; gives its one sentence."""
    code, said, why = playhead(*arguments)
    assert (code, said) == (1, ""), why
    (sentence,) = why.splitlines()
    assert sentence.startswith("Error: ")
    assert "Traceback" not in why
    return sentence


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[tuple[str, str, str]]], str]:
    """A backup that was made while a run was under way: the file, the logs of its runs, and the run under way."""
    folder = tmp_path_factory.mktemp("served")
    file = folder / "backup"
    with serving(folder / "data") as child, child.client() as client:
        attached = upload(client, data=b"The revenue was 35.1 bn.")
        logs = dict([finish(client, "scripted:happy_path", options={"speed": 10})])
        asked, sent = finish(client, "documents", question="What was the revenue?", attachments=[attached])
        logs[asked] = sent
        client.post(f"/v1/runs/{asked}/feedback", json={"thumb": "up", "comment": "Right."})
        live = start(client, "scripted:stall")
        with followed(client, live) as stream:
            logs[live] = [(next(stream).id, "", "")]
            code, said, why = playhead("backup", str(file), "--data", str(folder / "data"))
        assert (code, why) == (0, "")
        assert said.startswith(f"{file}: ")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir() if path.name not in ("data", "backup")] == []
    return file, logs, live


def test_everything_is_back(saved: tuple[Path, dict[str, list[tuple[str, str, str]]], str], tmp_path: Path) -> None:
    file, logs, live = saved
    code, said, why = playhead("restore", str(file), "--data", str(tmp_path / "new" / "data"))
    assert (code, why) == (0, "")
    assert str(tmp_path) in said
    with serving(tmp_path / "new" / "data") as child, child.client() as client:
        for run_id, log in logs.items():
            found = frames(client, run_id)
            if run_id == live:
                assert found[0][0] == log[0][0], "what the watcher had seen"
                assert json.loads(found[-1][2])["outcome"] == "interrupted"
                continue
            assert found == log
            record = client.get(f"/v1/runs/{run_id}").json()
            for each in record.get("attachments") or ():
                content = tmp_path / "new" / "data" / "files" / each["file_id"]
                assert content.read_bytes() == b"The revenue was 35.1 bn."
        assert [each["comment"] for each in client.get("/v1/feedback").json()["feedback"]] == ["Right."]


def test_nothing_is_overwritten(saved: tuple[Path, dict[str, list[tuple[str, str, str]]], str], tmp_path: Path) -> None:
    file, _, _ = saved
    before = file.read_bytes()
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert "is there already" in refused("backup", str(file), "--data", str(file.parent / "data"))
    assert "is not empty" in refused("restore", str(file), "--data", str(tmp_path))
    assert "nothing to back up" in refused("backup", str(tmp_path / "new"), "--data", str(tmp_path))
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def rewritten(data: bytes, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    """The archive with each file as ``change`` gives it, or without it."""
    made = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=made, mode="w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            changed = change(member.name, content.read())
            if changed is not None:
                head = tarfile.TarInfo(changed[0])
                head.size = len(changed[1])
                new.addfile(head, io.BytesIO(changed[1]))
    return made.getvalue()


def newer(name: str, content: bytes) -> tuple[str, bytes]:
    if name != "manifest.json":
        return name, content
    return name, json.dumps({**json.loads(content), "schema_version": 999}).encode()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    # The last bytes may hold nothing but padding: what is cut here reaches into the list of files.
    "nearly whole": lambda data: data[:-120],
    "one byte changed": lambda data: data[:2000] + bytes([data[2000] ^ 1]) + data[2001:],
    "not an archive": lambda _: b"not an archive",
    "empty": lambda _: b"",
    "a file of another content": lambda data: rewritten(
        data, lambda name, content: (name, content.replace(b"35.1", b"53.1"))
    ),
    "a file that climbs out": lambda data: rewritten(
        data, lambda name, content: (name.replace("files/", "files/../../"), content)
    ),
    "an absolute path": lambda data: rewritten(data, lambda name, content: (name.replace("files/", "/srv/"), content)),
    "a file is missing": lambda data: rewritten(
        data, lambda name, content: None if name.startswith("files/") else (name, content)
    ),
    "no manifest": lambda data: rewritten(
        data, lambda name, content: None if name == "manifest.json" else (name, content)
    ),
    "of a newer version": lambda data: rewritten(data, newer),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_backup_is_one_sentence_and_leaves_nothing(
    saved: tuple[Path, dict[str, list[tuple[str, str, str]]], str],
    tmp_path: Path,
    damage: Callable[[bytes], bytes],
) -> None:
    file = tmp_path / "backup"
    file.write_bytes(damage(saved[0].read_bytes()))
    with pytest.raises(BackupError) as refusal:
        restore_backup(file, tmp_path / "data")
    assert str(file) in str(refusal.value)
    assert "backup" in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_a_server_that_died_loses_nothing_that_was_shown(tmp_path: Path) -> None:
    """What is only in the journal is in the backup, too."""
    child = ServeProcess("--port", "0", "--data", str(tmp_path / "data"))
    child.wait_until_listening()
    with child.client() as client:
        run_id = start(client, "scripted:long_answer")
        with followed(client, run_id) as stream:
            seen = [next(stream).data for _ in range(200)]
            child.process.kill()
    child.end()
    assert playhead("backup", str(tmp_path / "backup"), "--data", str(tmp_path / "data"))[0] == 0
    assert playhead("restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new"))[0] == 0
    with serving(tmp_path / "new") as again, again.client() as client:
        assert [data for _, _, data in frames(client, run_id)][: len(seen)] == seen
