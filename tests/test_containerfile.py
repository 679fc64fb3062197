"""The Containerfile without a container engine: what it says, and its commands carried out in a fresh folder."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.launch.ports import free_port
from tests.commands.serve_process import DEADLINE_S, ServeProcess
from tests.containerfile import ROOT, of

LOCK = ROOT / "deploy" / "requirements.lock"


def test_every_base_image_is_named_whole_and_with_its_version() -> None:
    for each in of("FROM"):
        assert re.fullmatch(r"[a-z0-9.]+\.[a-z]+/[a-z/]+:\d+\.\d+[-\w]*( AS \w+)?", each.text), each.text


def test_it_runs_as_a_user_without_rights_on_one_volume() -> None:
    (user,) = of("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user.text)
    (volume,) = of("VOLUME")
    assert volume.words == ["/data"]
    assert of("ADD") == []
    assert {"CMD", "HEALTHCHECK", "STOPSIGNAL"} <= {name for name in ("CMD", "HEALTHCHECK", "STOPSIGNAL") if of(name)}


def test_what_is_copied_is_there_and_has_all_that_is_installed() -> None:
    copied = [word for each in of("COPY") if "--from" not in each.text for word in each.text.split()[:-1]]
    assert [word for word in copied if not (ROOT / word).exists()] == []
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = re.search(r"^packages = \[(.*)\]$", project, re.MULTILINE)
    assert packages is not None
    assert set(re.findall(r'"(\w+)"', packages[1])) <= set(copied)


def test_everything_installed_is_checked_by_its_hash() -> None:
    pip = [each.text for each in of("RUN") if " pip install " in each.text]
    assert len(pip) == 2
    assert all("--no-cache-dir" in text for text in pip)
    assert "--require-hashes" in pip[0]
    assert "--no-build-isolation" in pip[1], "what builds it is in the lock as well"


def test_its_lock_is_a_part_of_the_projects() -> None:
    pinned = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)
    whole = set(pinned.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    part = set(pinned.findall(LOCK.read_text(encoding="utf-8")))
    assert part <= whole, "make lock writes both"
    names = {name for name, _ in part}
    assert {"gradio", "streamlit", "fastapi", "hatchling"} <= names
    assert not names & {"pytest", "playwright", "mypy"}


@pytest.mark.server
def test_its_command_serves_from_a_fresh_folder_and_its_check_says_so(tmp_path: Path) -> None:
    """With the program of this environment, as a process that may write below /data alone."""
    (command,) = of("CMD")
    program, verb, *arguments = command.words
    assert (program, verb) == ("playhead", "serve")
    port = free_port()
    child = ServeProcess(*arguments, "--port", str(port), "--data", str(tmp_path / "data"), cwd=tmp_path)
    try:
        child.wait_until_listening()
        (check,) = of("HEALTHCHECK")
        python, *words = check.words
        assert python == "python"
        asked = [word.replace(":8750/", f":{port}/") for word in words]
        while subprocess.run([sys.executable, *asked], capture_output=True, timeout=DEADLINE_S, check=False).returncode:
            assert child.process.poll() is None
        assert child.end(signal.SIGTERM)[0] == 0
        failed = subprocess.run([sys.executable, *asked], capture_output=True, timeout=DEADLINE_S, check=False)
        assert failed.returncode != 0, "a server that is gone"
    finally:
        if child.process.poll() is None:
            child.process.kill()
            child.end()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
