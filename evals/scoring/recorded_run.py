"""One recording, measured. No server is asked.

A recording holds the server's stamps and nothing else, so that its times are on the server's plane: milliseconds since
the run was accepted. What only a harness on the wire can know (connecting, the close, arrivals) has no value. Nothing
is known of what was meant, either: where no suite says how a run should end, every end of its own will do, and the
rules that it broke are counted by ``violations`` and judged by limits. A recording made of a stream that nobody timed
has no value for whatever needs a clock.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from backend.metrics.citation_lag import citation_lags
from backend.metrics.registry import METRICS, measure
from backend.metrics.silence import longest_silence
from backend.metrics.steps import self_time_ms
from backend.metrics.trace import Trace
from backend.protocol.events import Outcome
from backend.protocol.recordings import NO_TIMING, Recording, RecordingError, RecordingHeader, parse_recording
from evals.playing.runner import PlayedRun
from evals.playing.target import Play
from evals.scoring.scored_run import ScoredRun, StepLatency, wrong_end
from evals.suites.suite import Entry
from evals.wire.exchange import Capture

MAX_RECORDING_BYTES = 256 * 1024 * 1024

UNREADABLE = "unreadable"
"""What results call the agent of a recording whose header cannot be read."""


def score_file(file: Path, name: str, entries: Sequence[Entry] = ()) -> ScoredRun:
    """The run in a file. One that cannot be read is a failed run, whose error names file and line.

    ``name`` is what messages call the file; ``entries`` are those of a suite, for what it expects.
    """
    try:
        data = _content(file)
    except OSError as error:
        return _broken(RecordingHeader(agent=UNREADABLE), name, f"it cannot be read: {error.strerror or error}.")
    try:
        recording = parse_recording(data)
    except RecordingError as error:
        return _broken(_header_of(data), name, str(error))
    return score_recording(recording, name, entry_for(recording.header, entries))


def score_recording(recording: Recording, name: str, asked: Entry | None = None) -> ScoredRun:
    """A recording's run, whole or cut at its end."""
    server = Trace.of_server_times("server", recording.events)
    outcome = server.done.outcome if server.done else None
    expected = (asked.expect if asked else None) or outcome or "completed"
    play = _play(recording.header, asked, expected)
    unexpected = () if outcome == expected else (wrong_end(server, expected),)
    error = f"{name}: {recording.cut}" if recording.cut else None
    values = measure(server)
    run = ScoredRun(
        played=_played(recording.header, play),
        run_id=recording.header.run_id,
        wire=server,
        server=server,
        metrics=values,
        server_metrics=values,
        truth=None,
        steps=tuple(_steps(server)),
        citations=citation_lags(server),
        violations=server.violations,
        silence=longest_silence(server),
        error=error,
        surprises=() if error else unexpected,
    )
    return _without_times(run) if recording.header.timing == NO_TIMING else run


def _without_times(run: ScoredRun) -> ScoredRun:
    values = run.metrics | dict.fromkeys(metric.key for metric in METRICS if metric.clocked)
    citations = tuple(replace(lag, lag_ms=None) for lag in run.citations)
    return replace(run, metrics=values, server_metrics=values, steps=(), citations=citations, silence=None)


def entry_for(header: RecordingHeader, entries: Sequence[Entry]) -> Entry | None:
    """The entry of a suite that a recording belongs to: of the same agent, and of the same question where the entry has
    one. Where several fit, the one with the recording's speed and seed, else the first."""
    fitting = [entry for entry in entries if _fits(entry, header)]
    exact = (entry for entry in fitting if (entry.speed, entry.seed) == (header.options.speed, header.options.seed))
    return next(exact, fitting[0] if fitting else None)


def _fits(entry: Entry, header: RecordingHeader) -> bool:
    return entry.agent == header.agent and entry.question in (None, header.question)


def _content(file: Path) -> bytes:
    with file.open("rb") as source:
        data = source.read(MAX_RECORDING_BYTES + 1)
    if len(data) > MAX_RECORDING_BYTES:
        raise OSError(f"it has more than {MAX_RECORDING_BYTES:,} bytes")
    return data


def _header_of(data: bytes) -> RecordingHeader:
    """The header alone, of a recording that is damaged behind it."""
    try:
        header = parse_recording(data.partition(b"\n")[0]).header
    except RecordingError:
        return RecordingHeader(agent=UNREADABLE)
    return header if header.agent else header.model_copy(update={"agent": UNREADABLE})


def _broken(header: RecordingHeader, name: str, problem: str) -> ScoredRun:
    return score_recording(Recording(header, (), problem), name)


def _play(header: RecordingHeader, asked: Entry | None, expected: Outcome) -> Play:
    entry = Entry(
        agent=header.agent or UNREADABLE,
        question=header.question,
        repeats=1,
        speed=header.options.speed,
        seed=header.options.seed,
        expect=asked.expect if asked else None,
        tags=asked.tags if asked else (),
    )
    return Play(entry, header.question, None, expected, {})


def _played(header: RecordingHeader, play: Play) -> PlayedRun:
    return PlayedRun(play, 1, header.created_at, Capture())


def _steps(server: Trace) -> list[StepLatency]:
    return [
        StepLatency(
            span.step_id,
            span.step,
            span.state,
            span.parent_id,
            wire_ms=None,
            server_ms=span.duration_ms,
            skew_ms=None,
            self_ms=self_time_ms(span, server.steps),
            planned_ms=None,
        )
        for span in server.steps
    ]
