"""The compose file and the systemd units: valid, and the same options as the programs have."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from backend.cli import playhead
from tests.conftest import missing
from tests.containerfile import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
MANY_MACHINES = DEPLOY / "compose.redis.yaml"
UNITS = sorted(DEPLOY.glob("*.service"))


@pytest.mark.parametrize("file", [COMPOSE, MANY_MACHINES], ids=lambda file: file.name)
def test_the_compose_file_fits_the_compose_specification(file: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_compose_file_would_be_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("cap_drop: [ALL]", "cap_drop: ALL", 1))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode != 0


def services(file: Path = COMPOSE) -> dict[str, Any]:
    """The services of a compose file, with a value for each variable."""
    text = re.sub(r"\$\{\w+:\?[^}]*\}", "a.example", file.read_text(encoding="utf-8"))
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


def commands() -> list[tuple[str, list[str]]]:
    """Every command line of a service or unit, by where it stands."""
    found = [(f"compose {name}", each["command"]) for name, each in services().items() if "command" in each]
    added = [(name, each["command"]) for name, each in services(MANY_MACHINES).items()]
    found += [(f"many machines {name}", command) for name, command in added if command[0] == "playhead"]
    for unit in UNITS:
        (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        uis = ("gradio", "streamlit") if "%i" in line else ("",)
        found += [(f"{unit.name} {ui}", shlex.split(line.replace("%i", ui))) for ui in uis]
    return found


@pytest.mark.parametrize(("place", "words"), commands(), ids=[place for place, _ in commands()])
def test_every_command_line_is_one_that_its_program_takes(place: str, words: list[str]) -> None:
    program, *arguments = words
    if program.endswith("playhead"):
        name, command, rest = playhead.resolve_command(click.Context(playhead), arguments)
        assert command is not None
        with command.make_context(name, rest):
            return
    assert program.endswith("python"), place
    flag, module, *options = arguments
    assert (flag, module in ("ui_gradio", "ui_streamlit")) == ("-m", True)
    command_line = [sys.executable, "-m", module, "--help"]
    shown = subprocess.run(command_line, capture_output=True, text=True, timeout=60, check=True).stdout
    names = [option.partition("=")[0] for option in options]
    assert [name for name in names if name.startswith("--") and name not in shown] == []


def test_the_compose_file_has_all_four_parts_and_opens_only_the_proxy() -> None:
    assert set(services()) == {"backend", "gradio", "streamlit", "proxy"}
    assert [name for name, each in services().items() if "ports" in each] == ["proxy"]
    for name, each in services().items():
        assert each["read_only"], name
        assert each["cap_drop"] == ["ALL"], name
        assert name == "proxy" or "no-new-privileges:true" in each["security_opt"], name
    assert [name for name, each in services().items() if "data:/data" in each.get("volumes", ())] == ["backend"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        missing("There is no systemd-analyze on this machine.")
    # The program is not installed here: one that is stands in for it.
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
    copy = tmp_path / unit.name
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run([program, "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "playhead" in line]
    assert (done.returncode, ours) == (0, [])
