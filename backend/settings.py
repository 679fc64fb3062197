"""The settings of a server: one frozen object, made once by the command, passed down."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class StartSecrets:
    """Secrets that are generated for one start of a server. None of them is ever shown by ``repr``."""

    host_token: str = field(default="", repr=False)
    """A host's token; empty where the named ones are all there are."""
    ui_keys: tuple[str, ...] = field(default=(), repr=False)
    """The credentials of the UIs."""
    codes: tuple[str, ...] = field(default=(), repr=False)
    """Codes that sign in as host, once each, soon."""


NO_SECRETS: Final = StartSecrets()


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a server keeps its data and what it allows. Durations are seconds, sizes bytes."""

    data_dir: Path
    """Everything the server keeps: the log, imported recordings, indexes."""
    docs_dir: Path | None = None
    """The folder the documents agent reads; None = the bundled sample."""
    scenarios_dir: Path | None = None
    """A folder of the user's own scenarios, offered beside the bundled ones."""
    model: str | None = None
    """The language model that answers as the agent ``model``: PROVIDER:NAME."""
    mcp: Path | None = None
    """A file of MCP servers whose tools the model may use."""
    show_reasoning: bool = False
    """Whether readers may see what a model thinks; else it is in no event and in no recording."""
    remote: str | None = None
    """The agent elsewhere that is played as the agent ``remote``: DIALECT:URL."""
    host: str = "127.0.0.1"
    port: int = 8750
    allowed_hosts: tuple[str, ...] = ()
    """Host names that the server answers to besides those of loopback, as behind a reverse proxy."""
    root_path: str = ""
    """The path below which a reverse proxy offers the server, without a slash at its end."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks of the proxies whose X-Forwarded headers are believed."""
    public_url: str = ""
    """The address at which people reach the server, without a slash at its end."""
    max_concurrent_runs: int = 64
    """How many runs may be running at once."""
    default_timeout_s: float = 120.0
    """How long a run may take where its options do not say."""
    silence_timeout_s: float = 60.0
    """How long an agent may send nothing before its run times out, where neither the run nor its agent says."""
    max_silence_s: float = 3600.0
    """The longest such silence that a run or an agent may ask for."""
    pause_limit_s: float = 600.0
    """How long a run may be paused before it is cancelled."""
    drain_s: float = 0.0
    """How long a server that is asked to stop waits for its runs before it ends them."""
    keep_days: float | None = None
    """After how many days an ended run is removed; None = never."""
    keep_bytes: int | None = None
    """How many bytes the runs and their files may take; None = as many as there are."""
    heartbeat_s: float = 15.0
    """Silence on a stream after which a comment is sent."""
    stalled_reader_s: float = 30.0
    """How long a reader may take nothing before it is cut."""
    abandon_grace_s: float = 30.0
    """How long a run with ``on_abandon=cancel`` continues with nobody watching."""
    memory_runs: int = 64
    """Ended runs whose log stays in memory."""
    max_recording_bytes: int = 64 * 1024 * 1024
    token_file: Path | None = None
    """The named tokens; None = no file."""
    start_secrets: StartSecrets = NO_SECRETS
    """What was generated for this start alone."""

    @property
    def has_tokens(self) -> bool:
        """Whether callers need a token. Without any, everybody who reaches the server is its host."""
        return self.token_file is not None or bool(self.start_secrets.host_token)

    @property
    def chosen_agents(self) -> tuple[str, ...]:
        """Agents that are there because the operator asked for them: they are offered before all others."""
        chosen = {"model": self.model, "remote": self.remote}
        return tuple(name for name, setting in chosen.items() if setting is not None)


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """The Redis that the nodes of one deployment share. Durations are seconds."""

    url: str
    prefix: str = "playhead"
    """What every name begins with."""
    lease_s: float = 10.0
    """How long a node may be silent before its runs count as lost."""
    most_queued: int = 1000
    """How many runs may wait for a worker."""
