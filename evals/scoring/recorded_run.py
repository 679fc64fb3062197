"""One recording, measured. No server is asked.

A recording has the server's stamps and nothing else, so that its times are on the server's plane: milliseconds since
the run was accepted. What only a harness on the wire can know (connecting, the close, arrivals) has no value. Nothing
is known of what was meant, either: where no suite says how a run should end, every end of its own will do, and the
rules that it broke are counted by ``violations`` and judged by limits. A recording made of a stream that nobody timed
has no value for whatever needs a clock.
"""

from dataclasses import replace
from pathlib import Path

from backend.metrics.registry import METRICS, measure
from backend.metrics.trace import Trace
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import NO_TIMING, Recording, RecordingError, RecordingHeader
from evals.results.run import RunResult
from evals.scoring import run_parts
from evals.scoring.scored_run import ScoredRun, wrong_end
from evals.suites.scenario_index import ScenarioIndex
from evals.suites.suite import SuiteScenario, scenario_name

MAX_RECORDING_BYTES = 256 * 1024 * 1024

UNREADABLE = "unreadable"
"""What results call the agent of a recording whose header cannot be read."""


def score_file(file: Path, name: str, scenarios: ScenarioIndex | None = None) -> ScoredRun:
    """The run in a file. One that cannot be read is a failed run, whose error names file and line.

    ``name`` is what messages call the file; ``scenarios`` are those of a suite, for what it expects.
    """
    try:
        data = _content(file)
    except OSError as error:
        return _broken(RecordingHeader(agent=UNREADABLE), name, f"it cannot be read: {error.strerror or error}.")
    try:
        recording = parse_recording(data)
    except RecordingError as error:
        header = _header_of(data)
        return _broken(header, name, str(error), _asked(header, scenarios))
    return score_recording(recording, name, _asked(recording.header, scenarios))


def score_recording(recording: Recording, name: str, asked: SuiteScenario | None = None) -> ScoredRun:
    """A recording's run, whole or cut at its end."""
    header = recording.header
    server = Trace.of_server_times("server", recording.events)
    server = replace(server, expectation=asked.content) if asked else server
    outcome = server.done.outcome if server.done else None
    expected = (asked.expect if asked else None) or outcome or "completed"
    error = f"{name}: {recording.cut}" if recording.cut else None
    surprises = () if error or outcome == expected else (wrong_end(server, expected),)
    agent = header.agent or UNREADABLE
    values = measure(server)
    result = RunResult(
        run_id=header.run_id,
        scenario=_scenario_of(agent, asked),
        agent=agent,
        repeat=1,
        speed=header.options.speed,
        seed=header.options.seed,
        outcome=outcome,
        expected=expected,
        as_expected=error is None and not surprises,
        started=header.created_at,
        metrics=values,
        server_metrics=values,
        truth=None,
        steps=run_parts.steps(server, server, None),
        citations=run_parts.citations(server),
        longest_silence=run_parts.silence(server.without_people()),
        violations=run_parts.violations(server),
        error_codes=run_parts.error_codes(server),
        surprises=surprises,
        error=error,
        question=header.question,
        tags=asked.tags if asked else (),
        labels=dict(asked.labels) if asked else {},
        expectation=run_parts.expectation(server),
    )
    measured = _without_times(result) if header.timing == NO_TIMING else result
    return ScoredRun(measured, server, server, timing=header.timing)


def _scenario_of(agent: str, asked: SuiteScenario | None) -> str:
    """The name of a question whose answer is known to be right or wrong, else that of the agent."""
    return scenario_name(agent) if asked is None or asked.content is None else asked.result_name


def _without_times(run: RunResult) -> RunResult:
    values = run.metrics | dict.fromkeys(metric.key for metric in METRICS if metric.clocked)
    citations = tuple(lag.model_copy(update={"lag_ms": None}) for lag in run.citations)
    changes = {"metrics": values, "server_metrics": values, "citations": citations}
    return run.model_copy(update={**changes, "steps": (), "longest_silence": None})


def _asked(header: RecordingHeader, scenarios: ScenarioIndex | None) -> SuiteScenario | None:
    """The scenario of a suite that a recording belongs to."""
    if scenarios is None:
        return None
    return scenarios.find(header.agent, header.question, header.options.speed, header.options.seed)


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


def _broken(header: RecordingHeader, name: str, problem: str, asked: SuiteScenario | None = None) -> ScoredRun:
    return score_recording(Recording(header, (), problem), name, asked)
