"""A browser test that needs a second try is counted, in the line above pytest's last one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pathlib
import pytest

@pytest.mark.browser
def test_at_the_second_try(request):
    tried = pathlib.Path(__file__).with_name("tried")
    again = tried.exists()
    tried.touch()
    assert again

def test_at_once():
    pass

def test_left_out():
    pytest.skip("not now")
"""
CONFIGURATION = "[pytest]\nmarkers =\n    browser: needs one\n"
PLUGINS = ("tests.reruns", "rerunfailures", "xdist.plugin", "no:cacheprovider")


@pytest.mark.parametrize(
    ("options", "reruns", "last"),
    [
        ((), 1, "2 passed, 1 skipped, 1 rerun"),
        (("-n", "1"), 1, "2 passed, 1 skipped, 1 rerun"),
        (("-k", "at_once"), 0, "1 passed"),
    ],
)
def test_second_tries_are_counted(
    repository: Path, tmp_path: Path, options: tuple[str, ...], reruns: int, last: str
) -> None:
    (tmp_path / "pytest.ini").write_text(CONFIGURATION)
    (tmp_path / "test_page.py").write_text(TESTS)
    plugins = [
        "-p",
        "tests.reruns",
        "-p",
        "rerunfailures",
        "-p",
        "xdist.plugin",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore",
    ]
    command = [sys.executable, "-m", "pytest", *plugins, "-W", "ignore", "-ra", *options]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        # Without the plugins that these tests do not need, which take longer to load than they to run.
        env={**os.environ, "PYTHONPATH": str(repository), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    *_, above, end = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert above == f"reruns: {reruns}"
    assert end.strip("= ").startswith(last)
