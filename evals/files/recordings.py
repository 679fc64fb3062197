"""Runs as recordings, which both UIs open in Replay: with the server's times, else those of the arrivals."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from backend.protocol.events import Event
from backend.protocol.options import RunOptions
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import RecordingHeader, recording_lines
from evals.results.models import RunResult
from evals.scoring.scored_run import ScoredRun

FOLDER: Final = "recordings"

MOST_BYTES: Final = 256 * 1024 * 1024
MOST_FILES: Final = 5_000
"""Limits for the recordings of one evaluation; runs that are worth a look come first."""

_LONGEST_NAME: Final = 60
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_-]+")


def recording_text(run: ScoredRun) -> str:
    """The run as a recording: the events as a reader sees them, up to its done."""
    result = run.result
    header = RecordingHeader(
        run_id=result.run_id,
        question=result.question,
        agent=result.agent,
        options=RunOptions(speed=result.speed, seed=result.seed),
        created_at=result.started,
        timing=run.timing,
    )
    return "".join(recording_lines(header, run.wire.events))


def recorded_events(file: Path) -> tuple[Event, ...]:
    """The events in a recording. Raises ``OSError`` or ``RecordingError``."""
    return parse_recording(file.read_bytes()).events


def recording_names(runs: Iterable[RunResult]) -> list[str]:
    """A file name for each run, such as ``recordings/late_citation-2.jsonl``: plain ASCII, each unique."""
    seen: Counter[str] = Counter()
    names = []
    for run in runs:
        group = _NOT_IN_NAMES.sub("_", run.group or run.scenario).strip("_")[:_LONGEST_NAME] or "run"
        stem = f"{group}-{run.repeat}"
        seen[stem.lower()] += 1
        again = f"-{seen[stem.lower()]}" if seen[stem.lower()] > 1 else ""
        names.append(f"{FOLDER}/{stem}{again}.jsonl")
    return names


def recordings(
    runs: Sequence[ScoredRun], names: Sequence[str], order: Iterable[int], most_bytes: int = MOST_BYTES
) -> Iterator[tuple[int, str, str]]:
    """Index, name and text of every run in ``order`` that sent anything, until they are too many or too large."""
    left_bytes, left_files = most_bytes, MOST_FILES
    for place in order:
        run = runs[place]
        if not run.wire.events:
            continue
        text = recording_text(run)
        left_bytes, left_files = left_bytes - len(text), left_files - 1
        if left_bytes < 0 or left_files < 0:
            return
        yield place, names[place], text
