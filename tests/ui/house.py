"""A backend and both UIs as processes, each of which can be killed and started again at its port."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from backend.launch.server import serve_command
from evals.pages.page_target import START_S


@dataclass
class House:
    """One backend and both UIs, each of which can be ended and started again."""

    url: str
    uis: dict[str, str] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)
    commands: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    processes: dict[str, ChildProcess] = field(default_factory=dict)

    def start(self, name: str, command: list[str], ready: str) -> None:
        """Start a part that answers at ``ready``."""
        self.commands[name] = command, ready
        self.processes[name] = self.stack.enter_context(ChildProcess(name, command))
        self.processes[name].wait_until_ready(ready, START_S)

    def kill(self, name: str) -> None:
        """End it as kill -9 does."""
        self.processes[name].kill()
        self.processes[name].wait()

    def restart(self, name: str = "backend") -> None:
        """Start it again at its port."""
        self.start(name, *self.commands[name])


@contextmanager
def opened_house(data: Path) -> Iterator[House]:
    """All of it while inside, with the scenarios of these tests."""
    port = free_port()
    command = serve_command(port=port, data_dir=data, scenarios_dir=Path(__file__).parent / "scenarios")
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        house = House(url, stack=stack)
        house.start("backend", command, f"{url}/readyz")
        for name in ("gradio", "streamlit"):
            port = free_port()
            house.uis[name] = f"http://127.0.0.1:{port}/"
            pages = [sys.executable, "-m", f"ui_{name}", "--port", str(port), "--backend", url]
            house.start(name, pages, house.uis[name])
        yield house
