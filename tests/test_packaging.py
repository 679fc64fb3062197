"""What is shipped, what is locked, and what the two promise to each other."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import EntryPoint, entry_points, packages_distributions
from pathlib import Path
from typing import Any

import click
import grimp
import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from backend.cli import playhead

PACKAGES = ("backend", "ui_gradio", "ui_streamlit", "evals")
FOLDERS = (*PACKAGES, "tests", "scripts", "benchmarks")
PINNED = re.compile(r"^(?P<requirement>[A-Za-z0-9][^\\\n]*?) \\\n(?P<rest>(?:    .*\n)*)", re.MULTILINE)


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    """pyproject.toml, read."""
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lock(repository: Path) -> str:
    """The text of the lock."""
    return (repository / "requirements.lock").read_text(encoding="utf-8")


def declared(project: dict[str, Any]) -> list[Requirement]:
    """Every requirement the project states, its extras and its own tools included."""
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    found = [Requirement(text) for texts in lists for text in texts]
    return [requirement for requirement in found if requirement.name != project["project"]["name"]]


def test_the_wheel_holds_the_four_packages_with_their_data_and_no_more(repository: Path, tmp_path: Path) -> None:
    # hatchling itself, not a front end: it fetches nothing.
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
    ours = {
        path.relative_to(repository).as_posix()
        for package in PACKAGES
        for path in (repository / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == ours
    assert {Path(name).suffix for name in shipped} >= {".py", ".typed", ".yaml", ".md", ".csv", ".css", ".js"}


def test_the_project_is_kept_off_package_indexes(project: dict[str, Any]) -> None:
    assert "Private :: Do Not Upload" in project["project"]["classifiers"]


def test_the_lock_names_no_host_and_no_place(lock: str) -> None:
    assert re.findall(r"://|^--|file:|(?:index-url|find-links|trusted-host)", lock, re.MULTILINE) == []


def test_everything_in_the_lock_is_pinned_and_hashed(lock: str) -> None:
    pins = list(PINNED.finditer(lock))
    assert len(pins) == sum(1 for line in lock.splitlines() if line and line[0] not in " #")
    for pin in pins:
        assert "==" in pin["requirement"]
        assert "--hash=sha256:" in pin["rest"], pin["requirement"]


def test_the_lock_is_within_the_ranges_of_the_project(project: dict[str, Any], lock: str) -> None:
    locked: dict[str, set[str]] = {}
    for pin in PINNED.finditer(lock):
        requirement = Requirement(pin["requirement"])
        locked.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier).removeprefix("=="))
    for requirement in declared(project):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in the lock: run `make lock`"
        assert all(map(requirement.specifier.contains, versions)), (str(requirement), versions)


@pytest.mark.parametrize("package", FOLDERS)
def test_everything_imported_is_declared(project: dict[str, Any], package: str) -> None:
    graph = grimp.build_graph(package, include_external_packages=True, cache_dir=None)
    imported = {module.partition(".")[0] for module in graph.modules} - {*FOLDERS} - sys.stdlib_module_names
    # pydantic pins its own core, and the two are one library.
    named = {canonicalize_name(requirement.name) for requirement in declared(project)} | {"pydantic-core"}
    providers = packages_distributions()
    assert {module for module in imported if not named & set(map(canonicalize_name, providers[module]))} == set()


def test_what_is_built_with_is_what_setup_installs(project: dict[str, Any]) -> None:
    assert set(project["build-system"]["requires"]) <= set(project["dependency-groups"]["build"])


@pytest.mark.parametrize("point", entry_points(group="playhead.commands"), ids=lambda point: point.name)
def test_every_command_can_be_had(point: EntryPoint) -> None:
    assert isinstance(point.load(), click.Command)


@pytest.mark.parametrize("point", entry_points(group="playhead.agents"), ids=lambda point: point.name)
def test_every_agent_can_be_had(point: EntryPoint) -> None:
    assert callable(point.load())


def test_help_lists_every_command_the_project_declares(project: dict[str, Any]) -> None:
    listing = CliRunner().invoke(playhead, ["--help"]).output.partition("Commands:\n")[2]
    assert [line.split()[0] for line in listing.splitlines()] == sorted(
        project["project"]["entry-points"]["playhead.commands"]
    )
    assert "not available" not in listing
