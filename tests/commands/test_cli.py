"""The command group: finding, listing and refusing commands, and what a user sees of an error."""

import importlib.metadata
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints

import click
import pytest

from backend import cli


@click.command("raising")
@click.argument("kind")
def raising(kind: str) -> None:
    """Raise an error of one kind."""
    errors: dict[str, BaseException] = {
        "interrupt": KeyboardInterrupt(),
        "defect": ValueError("two\nlines"),
        "disk": OSError(28, "No space left on device", "log.db"),
        "extra": ModuleNotFoundError("No module named 'gradio'", name="gradio"),
        "refusal": click.ClickException("The port is busy."),
    }
    raise errors[kind]


@click.command("answering")
@click.pass_context
def answering(context: click.Context) -> None:
    """Exit with the answer."""
    context.exit(42)


NOT_A_COMMAND = "a string"


@pytest.fixture(autouse=True)
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer this module's commands in place of the installed ones."""
    offers = {
        "raising": f"{__name__}:raising",
        "answering": f"{__name__}:answering",
        "wrong": f"{__name__}:NOT_A_COMMAND",
        "absent": "a_package_nobody_has.command:command",
    }
    points = EntryPoints(EntryPoint(name, value, cli.COMMAND_GROUP) for name, value in offers.items())
    monkeypatch.setattr(cli, "entry_points", points.select)
    monkeypatch.delenv(cli.TRACEBACK_VARIABLE, raising=False)


def run(*arguments: str) -> int | str | None:
    """The exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        cli.main(list(arguments))
    return stop.value.code


def test_lists_every_command_with_its_short_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    listing = capsys.readouterr().out.partition("Commands:\n")[2].splitlines()
    assert [line.split(maxsplit=1) for line in listing] == [
        ["absent", "(not available here)"],
        ["answering", "Exit with the answer."],
        ["raising", "Raise an error of one kind."],
        ["wrong", "(not available here)"],
    ]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"playhead, version {importlib.metadata.version('playhead')}\n"


def test_an_unknown_command_names_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("raisin") == 2
    assert "No such command 'raisin'. Did you mean 'raising'?" in capsys.readouterr().err


def test_the_exit_code_of_a_command_is_kept() -> None:
    assert run("answering") == 42


def test_an_entry_point_that_is_no_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("wrong") == 1
    assert "is not a click command" in capsys.readouterr().err


def test_a_command_that_cannot_be_imported_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("absent", "--port", "1") == 1
    assert capsys.readouterr().err == (
        "Error: `playhead absent` needs a_package_nobody_has, which is not installed here: "
        "run `make setup` in Playhead's folder.\n"
    )


@pytest.mark.parametrize(
    ("kind", "code", "sentence"),
    [
        ("interrupt", 130, "\n"),
        (
            "defect",
            1,
            "Error: unexpected ValueError: two lines. Run it again with PLAYHEAD_TRACEBACK=1 to see where.\n",
        ),
        (
            "disk",
            1,
            "Error: No space left on device: log.db. Run it again with PLAYHEAD_TRACEBACK=1 to see where.\n",
        ),
        (
            "extra",
            1,
            (
                "Error: This command needs gradio, which is not installed here: "
                "run `pip install '.[gradio]'` in Playhead's folder.\n"
            ),
        ),
        ("refusal", 1, "Error: The port is busy.\n"),
    ],
)
def test_an_error_is_one_sentence(capsys: pytest.CaptureFixture[str], kind: str, code: int, sentence: str) -> None:
    assert run("raising", kind) == code
    assert capsys.readouterr().err == sentence


def test_a_traceback_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cli.TRACEBACK_VARIABLE, "1")
    with pytest.raises(ValueError, match="two"):
        cli.main(["raising", "defect"])


def test_listing_the_real_commands_imports_nothing_wide() -> None:
    program = (
        "import sys\n"
        "from backend import cli\n"
        "try:\n    cli.main(['--help'])\n"
        "finally:\n"
        "    wide = {'duckdb', 'fastapi', 'gradio', 'numpy', 'pandas', 'plotly', 'streamlit'}\n"
        "    print(*sorted(wide & set(sys.modules)), file=sys.stderr, end='')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Commands:" in done.stdout
