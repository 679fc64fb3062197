"""``playhead demo``: the backend and both UIs as three supervised processes on this machine."""

import os
import sys
import webbrowser
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import click

from backend.commands.allow_host_option import allow_host_option
from backend.commands.demo_processes import (
    BackendLines,
    DemoProcess,
    UiOptions,
    backend_process,
    ui_process,
    worker_processes,
)
from backend.commands.drain_option import drain_option
from backend.commands.folder_options import folder_options
from backend.commands.log_format_option import log_format_option
from backend.commands.max_runs_option import max_runs_option
from backend.commands.model_options import model_options
from backend.commands.public_address_options import proxy_options
from backend.commands.reasoning_option import reasoning_option
from backend.commands.redis_options import redis_option, shared_options
from backend.commands.remote_option import remote_option
from backend.commands.retention_options import retention_options
from backend.commands.silence_options import silence_options
from backend.commands.token_options import (
    address_at,
    check_access,
    reached_at,
    sign_in_text,
    start_secrets,
    token_options,
)
from backend.launch.child import ChildFailed, answer_of
from backend.launch.ports import BACKEND_PORT, GRADIO_PORT, STREAMLIT_PORT, PortBusy, ensure_port_free
from backend.launch.server import serve_command
from backend.launch.supervisor import Supervisor
from backend.logs.formats import LogFormat

LOOPBACK = "127.0.0.1"
READY_TIMEOUT_S = 120.0
"""How long a part may be silent without answering: importing a UI takes many seconds on a busy machine."""

_WAITS_FOR = "Waiting for {} …"

_PORT = click.IntRange(1, 65535)


@click.command(short_help="Start the backend and both UIs.")
@click.option("--port", type=_PORT, default=BACKEND_PORT, show_default=True, help="The backend's port.")
@click.option("--gradio-port", type=_PORT, default=GRADIO_PORT, show_default=True, help="The Gradio UI's port.")
@click.option(
    "--streamlit-port", type=_PORT, default=STREAMLIT_PORT, show_default=True, help="The Streamlit UI's port."
)
@click.option("--no-browser", is_flag=True, help="Open no page in the browser.")
@folder_options
@model_options
@remote_option
@click.option("--host", default=LOOPBACK, show_default=True, help="The address on this machine of all three.")
@token_options
@allow_host_option
@proxy_options
@silence_options
@reasoning_option
@max_runs_option
@drain_option
@retention_options
@log_format_option
@redis_option()
def command(
    port: int,
    gradio_port: int,
    streamlit_port: int,
    no_browser: bool,
    docs_dir: Path | None,
    scenarios_dir: Path | None,
    data_dir: Path | None,
    model: str | None,
    mcp: Path | None,
    remote: str | None,
    host: str,
    token_file: Path | None,
    generate_token: bool,
    allowed_hosts: tuple[str, ...],
    trusted_proxies: tuple[str, ...],
    public_url: str,
    silence_s: float,
    max_silence_s: float,
    show_reasoning: bool,
    max_runs: int,
    drain_s: float,
    keep_days: float | None,
    keep_bytes: int | None,
    log_format: LogFormat,
    redis_url: str | None,
    redis_prefix: str,
    lease_s: float,
    most_queued: int,
) -> None:
    """Start the backend and both UIs, print their addresses, and stop them all at Ctrl-C.

    Without --model and --remote nothing leaves this machine, and no key is needed. With --redis the backend is a web
    node, and a worker runs the agents.
    """
    ensure_installed("gradio", "streamlit")
    check_access(host, token_file, generate_token=generate_token)
    secrets = start_secrets(("gradio", "streamlit"), token_file, generate_token=generate_token)
    ensure_ports_free({"--port": port, "--gradio-port": gradio_port, "--streamlit-port": streamlit_port}, host)
    backend_url = address_at(reached_at(host), port)
    serve = serve_command(
        port=port,
        data_dir=data_dir,
        docs_dir=docs_dir,
        scenarios_dir=scenarios_dir,
        host=host,
        model=model,
        mcp=mcp,
        remote=remote,
        token_file=token_file,
        generate_token=generate_token,
        allowed_hosts=allowed_hosts,
        trusted_proxies=trusted_proxies,
        public_url=f"{public_url}/api" if public_url else None,
        silence_s=silence_s,
        max_silence_s=max_silence_s,
        show_reasoning=show_reasoning,
        max_runs=max_runs,
        drain_s=drain_s,
        keep_days=keep_days,
        keep_bytes=keep_bytes,
        log_format=log_format,
        **shared_options(redis_url, redis_prefix, lease_s, most_queued),
    )
    chosen = {"documents": docs_dir, "model": model, "remote": remote}
    said = BackendLines([agent for agent, setting in chosen.items() if setting is not None])
    ui_options = UiOptions(host, allowed_hosts, trusted_proxies, public_url, log_format, secrets)
    parts = [
        DemoProcess("backend", backend_url, "/readyz", backend_process(serve, said, drain_s, secrets)),
        ui_process("gradio", "The Gradio UI", gradio_port, ui_options.probe, backend_url, ui_options),
        ui_process("streamlit", "The Streamlit UI", streamlit_port, "/_stcore/health", backend_url, ui_options),
    ]
    workers = worker_processes(serve, said, drain_s) if redis_url else []
    opened = None if no_browser else _browser()
    try:
        backend, *pages = parts
        # Its pages show people how their runs end.
        with Supervisor([*workers, *(part.process for part in parts)], first=[backend.process]) as supervisor:
            click.echo(_WAITS_FOR.format(backend.label), err=True)
            supervisor.wait_until_ready(backend.process, backend.url + backend.probe, READY_TIMEOUT_S)
            said.read(answer_of(backend.url + backend.probe))
            if said.failure:
                raise click.ClickException(said.failure)
            click.echo(f"{backend.label} {backend.url}")
            click.echo(_WAITS_FOR.format(" and ".join(page.label for page in pages)), err=True)
            labels = {page.process: page for page in pages}
            probes = {page.process: page.url + page.probe for page in pages}
            for process in supervisor.in_order_of_readiness(probes, READY_TIMEOUT_S):
                click.echo(f"{labels[process].label} {labels[process].url}")
                if opened:
                    opened(labels[process].url)
                    opened = None
            click.echo(sign_in_text(secrets, [(page.label, page.url) for page in pages], host, public_url), nl=False)
            click.echo(_suggestion(docs_dir))
            click.echo("ready")
            supervisor.watch()
    except ChildFailed as failure:
        raise click.ClickException(str(failure)) from failure


def ensure_installed(*modules: str) -> None:
    """Raise ModuleNotFoundError for the first module that is not installed, before any process is started."""
    for module in modules:
        if find_spec(module) is None:
            message = f"No module named {module!r}"
            raise ModuleNotFoundError(message, name=module)


def ensure_ports_free(ports: dict[str, int], host: str) -> None:
    """Raise ClickException with one sentence where a port is taken, or named twice. ``ports`` is flag -> port."""
    flags: dict[int, str] = {}
    for flag, port in ports.items():
        if other := flags.get(port):
            raise click.ClickException(f"{other} and {flag} both name port {port}: choose different ones.")
        flags[port] = flag
        try:
            ensure_port_free(port, flag, host)
        except PortBusy as busy:
            raise click.ClickException(str(busy)) from busy
        except OSError as error:
            raise click.ClickException(f"Cannot listen on port {port} ({flag}): {error.strerror}.") from error


def _suggestion(docs_dir: Path | None) -> str:
    if docs_dir:
        return f"Ask about the files in {docs_dir}."
    from backend.present.words.run import EXAMPLE_QUESTIONS

    return f"Try: {EXAMPLE_QUESTIONS[0]}"


def _browser() -> Callable[[str], bool] | None:
    """What opens a page for the person at this machine, or None where nobody would see it."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    return webbrowser.open
