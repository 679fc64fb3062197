"""A temporary backend: `playhead serve` as a child, for a command or an eval that was given no address."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from backend.launch.child import ChildProcess

_ALONE = frozenset({"--show-reasoning", "--generate-token"})
"""Options without a value."""

_WORKERS = frozenset(
    {
        *("--redis", "--redis-prefix", "--lease-s", "--data", "--docs", "--scenarios", "--model", "--mcp", "--remote"),
        *("--silence-s", "--max-silence-s", "--show-reasoning", "--drain-s", "--log-format"),
    }
)
"""Options of a backend that its workers have as well."""

_ANNOUNCEMENT = "backend http://"


def serve_command(
    *,
    port: int,
    data_dir: Path | None = None,
    docs_dir: Path | None = None,
    scenarios_dir: Path | None = None,
    host: str = "127.0.0.1",
    token_file: Path | None = None,
    generate_token: bool = False,
    model: str | None = None,
    mcp: Path | None = None,
    remote: str | None = None,
    allowed_hosts: Sequence[str] = (),
    root_path: str | None = None,
    trusted_proxies: Sequence[str] = (),
    public_url: str | None = None,
    silence_s: float | None = None,
    max_silence_s: float | None = None,
    show_reasoning: bool = False,
    max_runs: int | None = None,
    drain_s: float | None = None,
    keep_days: float | None = None,
    keep_bytes: int | None = None,
    log_format: str | None = None,
    redis_url: str | None = None,
    redis_prefix: str | None = None,
    lease_s: float | None = None,
    most_queued: int | None = None,
) -> list[str]:
    """The command line of `playhead serve` in this environment. Port 0 lets the server choose a free one.

    Where an option is None, the server's default applies.
    """
    options = {
        "--host": host,
        "--port": port,
        "--token-file": token_file,
        "--data": data_dir,
        "--docs": docs_dir,
        "--scenarios": scenarios_dir,
        "--model": model,
        "--mcp": mcp,
        "--remote": remote,
        "--root-path": root_path,
        "--public-url": public_url,
        "--silence-s": silence_s,
        "--max-silence-s": max_silence_s,
        "--max-runs": max_runs,
        "--drain-s": drain_s,
        "--keep-days": keep_days,
        "--keep-bytes": keep_bytes,
        "--log-format": log_format,
        "--redis": redis_url,
        "--redis-prefix": redis_prefix,
        "--lease-s": lease_s,
        "--max-queued": most_queued,
    }
    given = [str(part) for option, value in options.items() if value is not None for part in (option, value)]
    given += (part for host in allowed_hosts for part in ("--allow-host", host))
    given += (part for proxy in trusted_proxies for part in ("--trusted-proxy", proxy))
    given += ["--show-reasoning"] if show_reasoning else []
    given += ["--generate-token"] if generate_token else []
    return [sys.executable, "-m", "backend.cli", "serve", *given]


def worker_command(serve: Sequence[str]) -> list[str]:
    """The command line of `playhead worker` that goes with one of `playhead serve`: the same Redis and agents."""
    at = serve.index("serve")
    options = iter(serve[at + 1 :])
    kept: list[str] = []
    for option in options:
        if option in _ALONE:
            kept += [option] if option in _WORKERS else []
        else:
            value = next(options)
            kept += [option, value] if option in _WORKERS else []
    return [*serve[:at], "worker", *kept]


class LocalServer:
    """A backend on a free port of loopback while its context is open; inside, ``url`` is its address and it is ready.

    ``on_line`` gets what the server says meanwhile (the progress of an index, warnings), a line at a time and from
    another thread. Entering raises ChildDied if the server ends before it is ready, and ChildNotReady if it is silent
    for ``timeout_s`` seconds without answering.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        docs_dir: Path | None = None,
        scenarios_dir: Path | None = None,
        model: str | None = None,
        mcp: Path | None = None,
        remote: str | None = None,
        show_reasoning: bool = False,
        max_runs: int | None = None,
        on_line: Callable[[str], None] | None = None,
        timeout_s: float = 60.0,
    ) -> None:
        self.url = ""
        self._on_line = on_line
        self._timeout_s = timeout_s
        command = serve_command(
            port=0, data_dir=data_dir, docs_dir=docs_dir, scenarios_dir=scenarios_dir, model=model, mcp=mcp,
            remote=remote, show_reasoning=show_reasoning, max_runs=max_runs,
        )  # fmt: skip
        self.process = ChildProcess("The backend", command, on_line=self._hear)

    def _hear(self, line: str) -> None:
        if not self.url and line.startswith(_ANNOUNCEMENT):
            self.url = line.removeprefix("backend ")
        elif self._on_line:
            self._on_line(line)

    def __enter__(self) -> "LocalServer":
        self.process.start()
        try:
            self.process.wait_until_ready(lambda: self.url != "", self._timeout_s)
            self.process.wait_until_ready(f"{self.url}/readyz", self._timeout_s)
        except BaseException:
            self.process.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stop()
