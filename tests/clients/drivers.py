"""Foreign clients in a process of node: one process plays all cases of a client and prints a line for each."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from backend.dialects.encoding.encoder import Encoder
from tests.dialects.encoded_runs import FULL, ended

NODE_FOLDER = Path(__file__).parent / "node"
DEADLINE_S = 100.0
"""For all cases of a client; only ever reached by a failure."""

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a client. ``frames`` is how many it gets before the disturbance; ``rejoin`` is the driver's word."""

    name: str
    agent: str
    disturbance: Literal["none", "cut", "cancel"] = "none"
    frames: int = 0
    rejoin: str = ""
    whole: bool = False
    question: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)


SCENARIOS = (
    "happy_path",
    "unicode",
    "nested_steps",
    "tool_retry",
    "chart_revised",
    "citation_updates",
    "citations_out_of_order",
    "orphan_and_dangling",
    "empty_answer",
    "error_mid_answer",
    "timeout",
)
"""Scripted runs that are short, or can be played without waiting."""


def undisturbed() -> list[Case]:
    """One of everything, runs that end badly, and the scenarios."""
    ends = [Case(kind, f"clients:{kind}") for kind in ("full", "fail", "break")]
    # One scenario waits for its time to be up.
    options = {"speed": 0, "timeout_s": 0.5}
    return ends + [Case(name, f"scripted:{name}", options=options) for name in SCENARIOS]


def frames_sent(encoder: Encoder, drafts: int) -> int:
    """How many frames a client has got when the run has sent so many drafts of ``FULL``."""
    sent = encoder.begin() + b"".join(map(encoder.encode, ended()[:drafts]))
    return sent.count(b"\n\n")


def disturbed(kind: Literal["cut", "cancel"], encoders: Sequence[Encoder], rejoin: str = "") -> list[Case]:
    """A case for every place between two drafts, from before the first to behind the last; the agent waits there.
    ``encoders`` are new ones, one for each place."""
    return [
        Case(
            name=f"{kind} at {drafts} {rejoin}".strip(),
            agent=f"clients:wait-{drafts}",
            disturbance=kind,
            frames=frames_sent(encoder, drafts),
            rejoin=rejoin,
        )
        for drafts, encoder in enumerate(encoders[: len(FULL) + 1])
    ]


def play(node: str, driver: str, url: str, cases: Sequence[Case], version: str = "") -> dict[str, Found]:
    """What the client has at the end of every case, by name. The client finds its server nowhere but at ``url``."""
    listed = [{**asdict(case), "question": case.question or f"Why? {driver} {version} {case.name}"} for case in cases]
    done = subprocess.run(
        [node, f"{driver}.mjs", url, json.dumps(listed), version],
        cwd=NODE_FOLDER,
        env={name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = {line["name"]: line for line in map(json.loads, done.stdout.rstrip("\n").split("\n"))}
    assert list(found) == [case.name for case in cases]
    return found
