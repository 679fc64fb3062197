"""Recordings outside of the repository: a clone without them passes, a wrong folder fails, and CI finds them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.shared_folder import VARIABLE, shared_folder


@pytest.mark.parametrize("environment", [{}, {VARIABLE: ""}, {"CI": "true"}])
def test_without_the_variable_the_test_skips_and_says_why(environment: dict[str, str]) -> None:
    with pytest.raises(pytest.skip.Exception, match=f"set {VARIABLE} to their folder"):
        shared_folder(environment)


@pytest.mark.parametrize("more", [{}, {"CI": "true"}])
def test_a_folder_that_is_missing_is_a_failure_of_one_sentence(tmp_path: Path, more: dict[str, str]) -> None:
    with pytest.raises(pytest.fail.Exception) as raised:
        shared_folder({VARIABLE: str(tmp_path / "gone"), **more})
    sentence = str(raised.value)
    assert sentence.startswith(f"{VARIABLE} names ")
    assert str(tmp_path / "gone") in sentence
    assert sentence.endswith("unset it to skip these tests.")


def test_a_folder_that_is_there_is_used(tmp_path: Path) -> None:
    assert shared_folder({VARIABLE: str(tmp_path)}) == tmp_path


@pytest.mark.parametrize(
    ("beside", "given", "expected"),
    [(False, None, ""), (True, None, "{beside}"), (True, "/elsewhere", "/elsewhere"), (False, "/gone", "/gone")],
)
def test_ci_uses_the_folder_beside_the_repository(
    repository: Path, tmp_path: Path, *, beside: bool, given: str | None, expected: str
) -> None:
    clone, commands, folder = tmp_path / "clone", tmp_path / "commands", tmp_path / "shared" / "data"
    (clone / ".ci").mkdir(parents=True)
    shutil.copy(repository / ".ci" / "run", clone / ".ci" / "run")
    commands.mkdir()
    make = commands / "make"
    make.write_text(f'#!/bin/sh\necho "$* CI=$CI data=${{{VARIABLE}:-}}"\n')
    make.chmod(0o755)
    if beside:
        folder.mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", VARIABLE)}
    environment["PATH"] = f"{commands}{os.pathsep}{environment['PATH']}"
    if given is not None:
        environment[VARIABLE] = given
    told = subprocess.run([clone / ".ci" / "run"], env=environment, capture_output=True, text=True, check=True)
    data = f"CI=true data={expected.format(beside=folder)}"
    assert told.stdout.splitlines() == [f"test {data}", f"faults {data}"]
