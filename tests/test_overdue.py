"""A test that nothing in its process can end is ended with the process, and the others still run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pathlib
import subprocess
import threading
import pytest

def wait_at_the_first_try(name):
    tried = pathlib.Path(__file__).with_name(name)
    if not tried.exists():
        tried.touch()
        left = subprocess.Popen(["sleep", "600"])
        tried.with_suffix(".process").write_text(str(left.pid))
        threading.Event().wait()

def test_before():
    pass

@pytest.mark.server
def test_with_a_second_try():
    wait_at_the_first_try("server")

def test_without():
    wait_at_the_first_try("pure")

def test_after():
    pass
"""
CONFIGURATION = "[pytest]\nmarkers =\n    server: starts one\n    browser: needs one\n    alone: compares times\n"


def _run(repository: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text(CONFIGURATION)
    (folder / "test_waiting.py").write_text(TESTS)
    plugins = ("tests.spreading", "tests.overdue", "tests.failures", "tests.reruns", "rerunfailures", "xdist")
    options = [option for plugin in plugins for option in ("-p", plugin)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-W", "ignore", "-raR", "-n", "1"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(repository),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PLAYHEAD_OVERDUE_S": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.server
def test_the_process_of_an_overdue_test_is_ended_and_the_others_run(repository: Path, tmp_path: Path) -> None:
    done = _run(repository, tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "process is ended: test_waiting.py::test_without" in said
    assert "in wait_at_the_first_try" in said, "where its threads were"
    # The one without a second try failed, and so the run; each of them was played once more in a new process.
    assert "FAILED test_waiting.py::test_without" in said
    assert "RERUN test_waiting.py::test_with_a_second_try" in said
    assert "crashed while running 'test_waiting.py::test_without'" in said, "at once, too"
    assert "1 failed, 4 passed, 1 rerun" in done.stdout.splitlines()[-1]
    for name in ("server", "pure"):
        process = int((tmp_path / f"{name}.process").read_text())
        assert not Path(f"/proc/{process}/cmdline").exists() or not Path(f"/proc/{process}/cmdline").read_bytes()
