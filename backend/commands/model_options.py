"""``--model`` and ``--mcp``: the same on every command that starts a backend, refused before anything is started."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from backend.commands.refusals import BadInput

Command = TypeVar("Command", bound=Callable[..., Any])


def model_options(command: Command) -> Command:
    """Give a command both options, as its parameters ``model`` and ``mcp``."""
    with_servers = click.option(
        "--mcp",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="PLAYHEAD_MCP",
        callback=_servers,
        help='A file of MCP servers whose tools the model may use: {"mcpServers": {"name": {"command": …}}}.',
    )(command)
    return click.option(
        "--model",
        metavar="PROVIDER:NAME",
        # Before --mcp, which asks for it.
        is_eager=True,
        callback=_model,
        help="Let a language model answer, such as openai:gpt-5, anthropic:NAME, gemini:NAME or ollama:NAME; the key "
        "comes from the environment (OPENAI_API_KEY, …), another address too (OPENAI_BASE_URL, …).",
    )(with_servers)


def _model(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from backend.agents.model.naming import ModelUnusableError, ensure_usable

    if value is None:
        return None
    try:
        return str(ensure_usable(value))
    except ModelUnusableError as error:
        raise BadInput(str(error)) from error


def _servers(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is None:
        return None
    if not value.is_file():
        raise BadInput(f"{value} is not a file: give --mcp a file of MCP servers.")
    if context.params.get("model") is None:
        if context.get_parameter_source("mcp") is ParameterSource.COMMANDLINE:
            raise BadInput("--mcp gives its tools to a model: name one with --model, or leave out --mcp.")
        # The environment says it of every command, those without a model too.
        return None
    return value.resolve()
