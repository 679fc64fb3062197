"""`playhead`: a group of commands that are found by entry point, and what becomes of an error that reaches the top.

A package adds a command with an entry point in the group ``playhead.commands`` that names a ``click.Command``. Its
module is imported to list it, so importing it must be cheap: wide imports belong inside the command's function.
"""

import os
import sys
from importlib.metadata import entry_points

import click

from backend import __version__
from backend.extras import missing_package

COMMAND_GROUP = "playhead.commands"
TRACEBACK_VARIABLE = "PLAYHEAD_TRACEBACK"
INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 + SIGINT, as shells have it."""


class EntryPointGroup(click.Group):
    """A group whose commands are those of an entry point group, each imported when it is listed or called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands on offer, sorted."""
        return sorted({point.name for point in entry_points(group=COMMAND_GROUP)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; a stand-in that says what is missing where it can't be had; None if unknown."""
        point = next(iter(entry_points(group=COMMAND_GROUP, name=cmd_name)), None)
        if point is None:
            return None
        try:
            command = point.load()
        except ModuleNotFoundError as error:
            return _unavailable(cmd_name, missing_package(f"`playhead {cmd_name}`", error.name))
        if not isinstance(command, click.Command):
            return _unavailable(cmd_name, f"`playhead {cmd_name}` cannot run: {point.value} is not a click command.")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but an unknown name is compared with the commands that entry points offer."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=self.list_commands(ctx), ctx=ctx
            ) from None


def _unavailable(name: str, sentence: str) -> click.Command:
    def refuse() -> None:
        raise click.ClickException(sentence)

    return click.Command(
        name,
        callback=refuse,
        help=sentence,
        short_help="(not available here)",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )


@click.group(cls=EntryPointGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="playhead")
def playhead() -> None:
    """Show, replay and measure streaming AI agents."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command line and exit with its code: 0 done, 1 failed, 2 wrong usage, 130 interrupted, or its own.

    An unexpected error is one sentence; with PLAYHEAD_TRACEBACK=1 in the environment it is a traceback.
    """
    try:
        result = playhead.main(arguments, prog_name="playhead", standalone_mode=False)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        click.echo(_last_words(error), err=True)
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)


def _last_words(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return "Error: " + missing_package("This command", error.name)
    hint = f"Run it again with {TRACEBACK_VARIABLE}=1 to see where."
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        return f"Error: {error.strerror}{place}. {hint}"
    text = " ".join(str(error).split())
    return f"Error: unexpected {type(error).__name__}{f': {text}' if text else ''}. {hint}"


if __name__ == "__main__":
    main()
