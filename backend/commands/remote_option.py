"""``--remote``: the same on every command that starts a backend, refused before anything is started."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from backend.commands.refusals import BadInput

Command = TypeVar("Command", bound=Callable[..., Any])


def remote_option(command: Command) -> Command:
    """Give a command the option, as its parameter ``remote``."""
    return click.option(
        "--remote",
        metavar="DIALECT:URL",
        callback=_remote,
        help="Play an agent that streams elsewhere, such as ag-ui:http://localhost:8000/agent or "
        "openai-chat:http://localhost:11434/v1#MODEL; a key comes from PLAYHEAD_REMOTE_KEY. Dialects: openai-chat, "
        "openai-responses, anthropic, gemini, ag-ui, ai-sdk, langgraph, ollama, dify, flowise, a2a, cohere, bedrock, "
        "ai-sdk-4, mastra, native.",
    )(command)


def _remote(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from backend.dialects.addresses import KEY_VARIABLE, MODEL_VARIABLE, AddressError, remote_address, remote_key
    from backend.dialects.registry import DIALECTS

    if value is None:
        return None
    try:
        remote_address(value, DIALECTS, os.environ.get(MODEL_VARIABLE))
        remote_key(os.environ.get(KEY_VARIABLE))
    except AddressError as error:
        raise BadInput(str(error)) from error
    return value
