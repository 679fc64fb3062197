"""Agents that no product has: one that ends its worker, and one that writes megabytes.

A worker has them whose environment is ``strange_agents(folder)``: a package beside the installed ones.
"""

import os
import signal
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Final

from backend.agents.agent import RunContext, RunRequest
from backend.agents.function_agent import function_agent
from backend.protocol.events import Draft

FLOOD_PIECES: Final = 1000
FLOOD_PIECE: Final = "x" * 4095 + " "

_ROOT = Path(__file__).resolve().parents[2]


@function_agent
async def poison(request: RunRequest, context: RunContext) -> AsyncGenerator[Draft | str, None]:
    """Ends its worker."""
    os.kill(os.getpid(), signal.SIGKILL)
    yield "never"


@function_agent
async def flood(request: RunRequest, context: RunContext) -> AsyncGenerator[Draft | str, None]:
    """Writes four megabytes."""
    for _ in range(FLOOD_PIECES):
        yield FLOOD_PIECE


def strange_agents(folder: Path) -> Mapping[str, str]:
    """The environment of a worker that has them."""
    package = folder / "strange_agents-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: strange-agents\nVersion: 1.0\n")
    module = "tests.faults.strange_agents"
    points = "".join(f"{name} = {module}:{name}\n" for name in ("poison", "flood"))
    (package / "entry_points.txt").write_text(f"[playhead.agents]\n{points}")
    return {"PYTHONPATH": f"{folder}{os.pathsep}{_ROOT}"}
