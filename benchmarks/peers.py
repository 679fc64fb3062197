"""Playhead beside other tools on one server with known timing: ``python -m benchmarks.peers [--install] [TOOL …]``.

Tools: playhead, openai (a loop over its SDK), guidellm, aiperf. The server (``benchmarks._peer_server``) writes a stamp
right before each chunk, and knows when the kernel had received each request; so the true time to first token and the
true gaps of every answer are known. Each tool measures 1, 10 and 100 streams at a time, in bursts: all begin together,
and again when they have ended. The tools take turns in every round. Printed is the error of the tool's own figures,
without its sign: of the time to first token, of single gaps, and of the mean gap of an answer.

``--install`` makes the environments of the peers in a cache folder (guidellm needs 6 GB); without it only those that
are there are measured. Linux only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import mean

from benchmarks._peer_tools import TOOLS, Measured, PeerFailure, Tool

LEVELS = (1, 10, 100)
LEAST_REQUESTS = 8
BURSTS = 3


@dataclass
class Errors:
    """Errors without their signs, in milliseconds, and how long requests waited in the server's socket."""

    ttft: list[float] = field(default_factory=list)
    gap: list[float] = field(default_factory=list)
    mean_gap: list[float] = field(default_factory=list)
    queued: list[float] = field(default_factory=list)


@contextmanager
def known_server(stamps: Path) -> Iterator[str]:
    """A fresh server; its address."""
    command = [sys.executable, "-m", "benchmarks._peer_server", str(stamps)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def collect(measured: Sequence[Measured], stamps: Path, errors: Errors) -> None:
    """Compare what a tool says with what the server wrote. Raises ``PeerFailure`` for an answer that is not known."""
    truths = [json.loads(line) for line in stamps.read_text(encoding="ascii").splitlines()]
    known = {truth["stream"]: truth for truth in truths} | {truth["request_id"]: truth for truth in truths}
    for one in measured:
        truth = known.get(one.key)
        if truth is None:
            raise PeerFailure(f"it measured a stream {one.key!r} that the server did not send")
        written = [stamp / 1e6 for stamp in truth["written"]]
        gaps = [later - earlier for earlier, later in pairwise(written)]
        errors.ttft.append(abs(one.ttft_ms - (written[0] - truth["arrived"] / 1e6)))
        errors.mean_gap.append(abs(one.mean_gap_ms - mean(gaps)))
        errors.queued.append((truth["read"] - truth["arrived"]) / 1e6)
        if one.gaps_ms is not None and len(one.gaps_ms) == len(gaps):
            errors.gap += [abs(seen - true) for seen, true in zip(one.gaps_ms, gaps, strict=True)]


def percentiles(values: Sequence[float]) -> str:
    """Median and 95th percentile."""
    ordered = sorted(values)
    if not ordered:
        return f"{'-':>7} {'-':>7}"
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95)]
    return " ".join(f"{value:7.2f}" for value in at)


def say(line: str) -> None:
    """One line of the result."""
    print(line, flush=True)  # noqa: T201 - a script's output


def ready(tools: Sequence[Tool], install: bool) -> list[Tool]:
    """Those that can be measured. The others are named, with the reason."""
    found = []
    for tool in tools:
        try:
            if not tool.installed and install:
                say(f"installing {tool.package}")
                tool.install()
        except PeerFailure as failure:
            say(f"{tool.name}: cannot be installed here: {failure}")
        if tool.installed:
            found.append(tool)
        elif not install:
            say(f"{tool.name}: is not installed; --install does it")
    return found


def measure(tools: Sequence[Tool], levels: Sequence[int], rounds: int) -> dict[tuple[int, str], Errors]:
    """The errors of every tool at every number of streams."""
    found: defaultdict[tuple[int, str], Errors] = defaultdict(Errors)
    for _ in range(rounds):
        for streams in levels:
            for tool in tools:
                with tempfile.TemporaryDirectory(prefix="playhead-peers-") as place:
                    folder, stamps = Path(place), Path(place) / "stamps.jsonl"
                    try:
                        with known_server(stamps) as url:
                            requests = max(LEAST_REQUESTS, BURSTS * streams)
                            measured = tool.measure(url, streams, requests, folder)
                        collect(measured, stamps, found[streams, tool.name])
                    except PeerFailure as failure:
                        say(f"{tool.name} at {streams} streams: {failure}")
    return found


def main() -> None:
    """Install, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [kind.name.partition(" ")[0] for kind in TOOLS]
    parser.add_argument("tools", nargs="*", metavar="TOOL", choices=[[], *names], help=f"default: {' '.join(names)}")
    parser.add_argument("--install", action="store_true", help="make the environments of the peers")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--streams", type=int, action="append", help=f"default: {LEVELS}")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "playhead" / "peers"
    parser.add_argument(
        "--cache", type=Path, default=cache, help="the folder of the environments (default: %(default)s)"
    )
    options = parser.parse_args()
    if not sys.platform.startswith("linux"):
        parser.error("Stamps of two processes can be compared on Linux only.")
    say("load of the machine " + " ".join(f"{load:.1f}" for load in os.getloadavg()))
    chosen = [kind(options.cache) for kind, name in zip(TOOLS, names, strict=True) if name in (options.tools or names)]
    found = measure(ready(chosen, options.install), options.streams or LEVELS, options.rounds)
    say("errors in ms (median, p95)        TTFT             a gap          mean gap   request read late      n")
    for (streams, name), errors in sorted(found.items(), key=lambda row: row[0][0]):
        if errors.ttft:
            columns = (errors.ttft, errors.gap, errors.mean_gap, errors.queued)
            figures = "   ".join(map(percentiles, columns))
            say(f"{streams:4} streams  {name:<12} {figures}   {len(errors.ttft):6}")


if __name__ == "__main__":
    main()
