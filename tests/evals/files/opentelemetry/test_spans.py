"""A recording as a trace: spans, their times, what is left out, and a collector that takes them or does not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.protocol.events import ErrorEvent, Event, StatusEvent, ToolLog, WarningEvent
from backend.protocol.recordings import Recording, RecordingHeader, recording_lines
from evals.commands.trace import command
from evals.files.opentelemetry.otlp import otlp_json
from evals.files.opentelemetry.spans import NoMoment, OtelSpan, spans_of
from tests.metrics.traces import citation, done, status, token

BEGAN_NS = 1_790_000_000_000_000_000
SECRET = "the customer's own words"


def recording(*timed: tuple[float, Event], created_at: str = "2026-09-21T14:13:20+00:00", **header: Any) -> Recording:
    events = tuple(
        event.model_copy(update={"seq": seq, "at_ms": float(at)}) for seq, (at, event) in enumerate(timed, start=1)
    )
    about = {"run_id": "run_1", "session_id": "ses_1", "agent": "scripted:made", "question": SECRET}
    return Recording(RecordingHeader(**(about | header), created_at=created_at), events)


def tool(state: str, at: str = "t", **log: Any) -> StatusEvent:
    return StatusEvent(
        step_id=at,
        step="running_tool",
        state=state,
        parent_id="outer",
        tool=ToolLog(name="search", **log),
    )


RUN = recording(
    (4, StatusEvent(step_id="outer", step="retrieving")),
    (10, tool("started", arguments={"query": SECRET})),
    (60, tool("finished", result=[SECRET])),
    (70, StatusEvent(step_id="outer", step="retrieving", state="finished")),
    (80, citation(1, title=SECRET)),
    (90, token("")),
    (100, token(f"{SECRET} [1].")),
    (110, WarningEvent(code="dated", message=SECRET)),
    (200, done()),
)  # fmt: skip


def test_a_run_is_a_span_with_its_steps_below() -> None:
    run, outer, inner = spans_of(RUN)
    assert [span.name for span in (run, outer, inner)] == [
        "invoke_agent scripted:made",
        "retrieving",
        "execute_tool search",
    ]
    assert (run.parent_id, outer.parent_id, inner.parent_id) == (None, run.span_id, outer.span_id)
    assert len({span.trace_id for span in (run, outer, inner)}) == 1
    assert [(span.started_ns - run.started_ns, span.ended_ns - run.started_ns) for span in (run, outer, inner)] == [
        (0, 200_000_000), (4_000_000, 70_000_000), (10_000_000, 60_000_000),
    ]  # fmt: skip
    assert run.started_ns == BEGAN_NS
    assert run.attributes["gen_ai.response.time_to_first_chunk"] == 0.004, "an event of any type, as TTFE is defined"
    assert run.attributes["playhead.time_to_first_status"] == 0.004
    assert run.attributes["playhead.time_to_first_token"] == 0.1, "an empty token is none"
    assert run.attributes["gen_ai.conversation.id"] == "ses_1"
    assert inner.attributes["gen_ai.operation.name"] == "execute_tool"
    assert [(event.name, (event.at_ns - BEGAN_NS) / 1e6) for event in run.events] == [
        ("playhead.first_token", 100), ("playhead.citation", 80), ("playhead.warning", 110),
    ]  # fmt: skip
    assert run.problem is None


def test_what_people_wrote_is_in_it_only_when_asked_for() -> None:
    assert SECRET not in otlp_json(spans_of(RUN), "1")
    told = otlp_json(spans_of(RUN, with_content=True), "1")
    assert told.count(SECRET) == 6, "question, answer, title, message, arguments, result"


def test_the_same_recording_gives_the_same_trace() -> None:
    assert spans_of(RUN) == spans_of(RUN)
    ids = [span.span_id for span in spans_of(RUN)]
    assert len(set(ids)) == len(ids)


def test_failures_are_failures() -> None:
    failed = recording(
        (0, status("a")),
        (10, status("a", "failed")),
        (20, ErrorEvent(code="agent_failed", message=SECRET)),
        (30, done(outcome="failed")),
    )
    run, step = spans_of(failed)
    assert (run.problem, run.attributes["error.type"]) == ("failed", "agent_failed")
    assert (step.problem, step.attributes["error.type"]) == ("failed", "failed")
    cut, open_step = spans_of(recording((0, status("a")), (50, token("x"))))
    assert cut.problem == "interrupted"
    assert open_step.attributes["playhead.step.unfinished"] is True
    assert open_step.ended_ns == cut.ended_ns


def test_a_step_that_came_again_is_two_spans() -> None:
    again = recording(
        (0, status("a")), (10, status("a", "failed")), (20, status("a")), (40, status("a", "finished")), (50, done())
    )
    _, first, second = spans_of(again)
    assert first.span_id != second.span_id
    assert (first.problem, second.problem) == ("failed", None)


def test_otlp_has_the_types_of_its_schema() -> None:
    spans = json.loads(otlp_json(spans_of(RUN), "1.2"))["resourceSpans"][0]["scopeSpans"][0]["spans"]
    run = spans[0]
    assert (len(run["traceId"]), len(run["spanId"])) == (32, 16)
    assert run["startTimeUnixNano"] == str(BEGAN_NS)
    values = {attribute["key"]: attribute["value"] for attribute in run["attributes"]}
    assert values["gen_ai.request.stream"] == {"boolValue": True}
    assert values["gen_ai.response.time_to_first_chunk"] == {"doubleValue": 0.004}
    assert run["events"][1]["attributes"][1]["value"] == {"intValue": "1"}
    assert "parentSpanId" not in run
    assert spans[1]["parentSpanId"] == run["spanId"]
    assert run["status"] == {}


def test_a_run_without_a_date_is_no_trace() -> None:
    with pytest.raises(NoMoment, match="created_at"):
        spans_of(recording((0, done()), created_at=""))


class Collector(HTTPServer):
    """Takes what is posted, and answers as it is told."""

    status, answer = 200, b"{}"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[tuple[str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Quietly."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    path.write_text("".join(recording_lines(RUN.header, RUN.events)), encoding="utf-8")
    return path


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_collector_gets_what_a_file_gets(file: Path, tmp_path: Path, collector: Collector) -> None:
    url, out = f"http://127.0.0.1:{collector.server_port}", tmp_path / "trace.json"
    code, said = call(file, "--otlp", url, "--out", out)
    assert (code, said.startswith("3 spans of trace ")) == (0, True)
    assert collector.taken == [("/v1/traces", json.loads(out.read_text(encoding="utf-8")))]
    assert call(file, "--otlp", f"{url}/own/path")[0] == 0
    assert collector.taken[-1][0] == "/own/path"


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (503, b"Full.", "answered 503: Full."),
        (
            200,
            b'{"partialSuccess": {"rejectedSpans": "2", "errorMessage": "too old"}}',
            "2 spans were refused: too old",
        ),
        (302, b"", "answered 302"),
    ],
)
def test_what_a_collector_refuses_is_told(
    file: Path, collector: Collector, status: int, answer: bytes, said: str
) -> None:
    collector.status, collector.answer = status, answer
    code, output = call(file, "--otlp", f"http://127.0.0.1:{collector.server_port}")
    assert code == 1
    assert said in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--out FILE, or --otlp URL"),
        (("--otlp", "localhost:4318"), "is not an address of a collector"),
        (("--otlp", "http://127.0.0.1:9"), "cannot be reached"),
        (("--out", "/nowhere/at/all.json"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(file: Path, arguments: tuple[str, ...], said: str) -> None:
    code, output = call(file, *arguments)
    assert code != 0
    assert said in output
    assert "Traceback" not in output


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("nothing")
    assert "This is not a recording" in call(tmp_path / "x", "--out", tmp_path / "y")[1]
    assert "cannot be read" in call(tmp_path / "missing", "--out", tmp_path / "y")[1]
    assert not (tmp_path / "y").exists()


def test_every_span_has_an_id_of_its_own_even_without_a_runs_id() -> None:
    one, other = (spans_of(recording((0, done()), run_id="", question=text))[0] for text in ("a", "b"))
    assert isinstance(one, OtelSpan)
    assert one.trace_id != other.trace_id
