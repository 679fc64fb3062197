"""The processes of ``playhead demo``: the backend, its worker and both UIs, and what the backend says meanwhile."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import click

from backend.commands.token_options import address_at, environment_of, reached_at
from backend.doors.allow_host import FLAG
from backend.doors.public_address import PUBLIC_URL, TRUSTED_PROXY
from backend.launch.child import ChildProcess
from backend.launch.server import worker_command
from backend.logs.formats import LogFormat
from backend.logs.set_up import FLAG as LOG_FORMAT
from backend.settings import StartSecrets

GRACE_S = 10.0
"""How long a part may take to stop, besides the time that its runs get."""


@dataclass(frozen=True)
class DemoProcess:
    """One of the three processes: its label in the output, its address, and the path that shows that it answers."""

    label: str
    url: str
    probe: str
    process: ChildProcess


@dataclass(frozen=True)
class UiOptions:
    """What the operator said about hosts and proxies. Below ``public_url`` each part has a path of its own, as in
    docs/nginx.conf."""

    host: str
    allowed_hosts: Sequence[str]
    trusted_proxies: Sequence[str]
    public_url: str
    log_format: LogFormat
    secrets: StartSecrets

    @property
    def probe(self) -> str:
        """A page that answers everybody."""
        return "/sign-in" if self.secrets.ui_keys else "/"

    def command_line(self, label: str) -> list[str]:
        """The options of the UI of that label."""
        options = ["--host", self.host]
        options += [part for host in self.allowed_hosts for part in (FLAG, host)]
        options += [LOG_FORMAT, self.log_format]
        options += (part for proxy in self.trusted_proxies for part in (TRUSTED_PROXY, proxy))
        return options + ([PUBLIC_URL, f"{self.public_url}/{label}"] if self.public_url else [])


class BackendLines:
    """What the backend says until the demo ends: its lines are shown, but for its address and the reason why an agent
    failed that was asked for."""

    _FAILED = ": failed, "

    def __init__(self, asked_for: Sequence[str]) -> None:
        self._asked_for = asked_for
        self.failure = ""
        """Why an agent that was asked for cannot answer, in a sentence; empty while nothing speaks against it."""

    def hear(self, line: str) -> None:
        """One line of its output; called from the thread that reads it."""
        agent, failed, reason = _sentence_of(line).partition(self._FAILED)
        if failed and agent in self._asked_for:
            self.failure = self.failure or reason
        # Its address is printed once it is ready, like the others'; all else is progress or a warning.
        elif not line.startswith("backend http://"):
            click.echo(line, err=True)

    def read(self, readiness: bytes | None) -> None:
        """What the ready backend answers at ``/readyz``, None where it has ended since. It may answer before the line
        that an agent failed is written, or read."""
        for each in json.loads(readiness)["preparations"] if readiness else ():
            if each["state"] == "failed" and each["name"] in self._asked_for:
                self.failure = self.failure or each["what"]


def _sentence_of(line: str) -> str:
    """The message of a line of the log, or a line that is none."""
    if not line.startswith("{"):
        return line
    try:
        return str(json.loads(line)["message"])
    except (ValueError, KeyError):
        return line


def ui_process(label: str, name: str, port: int, probe: str, backend_url: str, options: UiOptions) -> DemoProcess:
    """The process of a UI: ``label`` is in its module's name, ``name`` in sentences about it."""
    command_line = [sys.executable, "-m", f"ui_{label}", "--port", str(port), "--backend", backend_url]
    command_line += options.command_line(label)
    # In text a page's lines are shown when it dies.
    on_line = partial(click.echo, err=True) if options.log_format == "json" else None
    ui_key = environment_of(StartSecrets(ui_keys=options.secrets.ui_keys))
    url = address_at(reached_at(options.host), port)
    return DemoProcess(label, url, probe, ChildProcess(name, command_line, on_line=on_line, env=ui_key))


def backend_process(command: Sequence[str], said: BackendLines, drain_s: float, secrets: StartSecrets) -> ChildProcess:
    """The backend, which may take ``drain_s`` seconds for its runs when it has to stop."""
    env = environment_of(secrets)
    return ChildProcess("The backend", command, on_line=said.hear, grace_s=drain_s + GRACE_S, env=env)


def worker_processes(serve: Sequence[str], said: BackendLines, drain_s: float) -> list[ChildProcess]:
    """The worker that goes with a backend of many machines."""
    return [ChildProcess("The worker", worker_command(serve), on_line=said.hear, grace_s=drain_s + GRACE_S)]
