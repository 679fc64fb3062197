"""What the documents say is so: their commands parse, their links lead somewhere, and every package is explained."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from backend.agents.scripted.library import BUNDLED_DIR
from backend.cli import playhead
from evals.suites.question_file import parse_questions
from evals.suites.suite_file import bundled_suites, parse_suite

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
PACKAGES = ("backend", "ui_gradio", "ui_streamlit", "evals")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)


def command_lines() -> Iterator[str]:
    """Every line of every shell block."""
    for document in DOCUMENTS:
        for block in BLOCK.findall(document.read_text(encoding="utf-8")):
            yield from filter(None, map(str.strip, block.splitlines()))


def parse(words: list[str], existing: Path) -> None:
    """Parse a command line of `playhead` with click's own parser, without running it; raises what click raises.

    A folder or file that must exist is a reader's own, so ``existing`` stands in for it.
    """
    name, command, arguments = playhead.resolve_command(click.Context(playhead), words)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter.type, click.Path) and parameter.type.exists:
            given = [word for word in parameter.opts if word in arguments]
            for flag in given:
                arguments[arguments.index(flag) + 1] = str(existing)
    with command.make_context(name, arguments):
        pass


def test_the_two_commands_of_the_readme_come_first() -> None:
    lines = [line for line in command_lines() if line.startswith("make")]
    assert lines[:2] == ["make demo", "make test"]


@pytest.mark.parametrize("line", list(command_lines()))
def test_every_command_line_is_one_that_parses(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a reader has: keys of providers, and a file of MCP servers.
    monkeypatch.setenv("OPENAI_API_KEY", "a key")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a key")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "servers.json").write_text('{"mcpServers": {}}', encoding="utf-8")
    program, *words = shlex.split(line)
    if program in ("git", "cd", "curl"):
        return
    if program == "make":
        targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
        assert {word for word in words if "=" not in word} <= targets
    else:
        assert program == "playhead"
        parse(words, tmp_path)


@pytest.mark.parametrize("line", ["playhead demo --no-such-option", "playhead dmeo", "playhead replay"])
def test_a_wrong_command_line_would_be_noticed(line: str, tmp_path: Path) -> None:
    with pytest.raises(click.UsageError):
        parse(shlex.split(line)[1:], tmp_path)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_points_to_a_file(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_command_has_its_line_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [
        name for name in playhead.list_commands(click.Context(playhead)) if f"| `playhead {name}" not in readme
    ] == []


def test_every_scenario_that_the_readme_plays_is_bundled() -> None:
    named = set(re.findall(r"\bscripted:([a-z]\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named
    assert {name for name in named if not (BUNDLED_DIR / f"{name}.yaml").is_file()} == set()


def test_the_architecture_names_every_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [path.parent for path in (ROOT / "backend").glob("*/__init__.py")]
    expected = {f"backend/{room.name}/" for room in rooms} | {f"{package}/" for package in PACKAGES[1:]}
    assert {name for name in expected if name not in text} == set()


def test_every_path_the_documents_name_exists() -> None:
    named = {
        path
        for document in DOCUMENTS
        for path in re.findall(
            r"`((?:backend|ui_gradio|ui_streamlit|evals|tests)/[\w/.]*)`", document.read_text("utf-8")
        )
    }
    assert named
    assert {path for path in named if not (ROOT / path).exists()} == set()


TABLE = re.compile(r"^```csv\n(.*?)^```", re.MULTILINE | re.DOTALL)
SUITE = re.compile(r"^```yaml\n(suite:.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_suite_in_the_readme_is_one() -> None:
    (text,) = SUITE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    suite = parse_suite(text.encode(), "README.md")
    assert {scenario.agent for scenario in suite.scenarios} == {
        "documents", "scripted:happy_path", "scripted:approval",
    }  # fmt: skip
    assert suite.limits


def test_the_suite_and_the_table_of_questions_in_the_documents_are_what_they_say() -> None:
    text = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    (written,), (table,) = SUITE.findall(text), TABLE.findall(text)
    figures, founder = parse_suite(written.encode(), "questions.md").scenarios
    assert figures.content is not None
    assert founder.content is not None
    assert (len(figures.content.numbers), founder.content.not_found) == (2, True)
    leave, sales, nobody = (scenario.content for scenario in parse_questions(table.encode(), "questions.md").scenarios)
    assert leave is not None
    assert sales is not None
    assert nobody is not None
    assert [number.text for number in (*leave.numbers, *sales.numbers)] == ["28 days", "$81,797 million", "1.4 %"]
    assert (sales.sources, nobody.not_found) == (("*2023 Q3*", "*2023 Q4*"), True)


def test_the_readme_names_every_command_and_every_suite() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in playhead.list_commands(click.Context(playhead)):
        assert f"`playhead {command}" in readme or f"playhead {command} " in readme, command
    for suite in bundled_suites():
        assert f"`{suite}`" in readme, suite
