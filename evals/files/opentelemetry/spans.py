"""A recording as spans: one for the run, one for each step, tools among them; sources, warnings and errors as events.

Attributes have the names of the semantic conventions for generative AI if there are some
(https://github.com/open-telemetry/semantic-conventions-genai: ``invoke_agent``, ``execute_tool``), else ``playhead.…``.
Texts of people and agents (question, answer, titles, arguments, results) are left out unless requested, as the
conventions advise.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from backend.metrics.first import ttfe_ms, ttfs_ms, ttft_ms
from backend.metrics.steps import StepSpan
from backend.metrics.trace import Trace
from backend.protocol.events import CitationEvent, DoneEvent, ErrorEvent, Event, StatusEvent, ToolLog, WarningEvent
from backend.protocol.recordings import Recording

Value = str | bool | int | float
Attributes = dict[str, Value]

_TOKEN_COUNTS: Final = {"input_tokens": "gen_ai.usage.input_tokens", "output_tokens": "gen_ai.usage.output_tokens"}


class NoMoment(ValueError):
    """The recording has no date: spans need one."""


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """An event at a moment of a span. ``at_ns`` is Unix time in nanoseconds."""

    name: str
    at_ns: int
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class OtelSpan:
    """One span. Ids are hexadecimal as OTLP/JSON has them; times are Unix time in nanoseconds.

    ``problem`` is the reason why the span counts as failed, None if it does not.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: Literal["internal", "client"]
    started_ns: int
    ended_ns: int
    attributes: Attributes
    events: tuple[SpanEvent, ...] = field(default=())
    problem: str | None = None


def spans_of(recording: Recording, *, with_content: bool = False) -> list[OtelSpan]:
    """The run's span, then those of its steps in the order of their starts. The same recording gives the same ids, so
    that it may be sent twice. Raises ``NoMoment``.
    """
    return list(_Spans(recording, with_content).all())


class _Spans:
    def __init__(self, recording: Recording, with_content: bool) -> None:
        self._header = recording.header
        self._trace = Trace.of_server_times("server", recording.events)
        self._with_content = with_content
        self._began_ns = _unix_ns(recording.header.created_at)
        self._trace_id = _hex(self._header.run_id or recording.header.model_dump_json(), 16)
        self._run_span_id = _hex(f"{self._trace_id} run", 8)
        self._tools = _tools(self._trace.events)

    def all(self) -> Iterator[OtelSpan]:
        yield self._run()
        for number, step in enumerate(self._trace.steps):
            yield self._step(step, number)

    def _run(self) -> OtelSpan:
        header, done = self._header, self._trace.done
        failed = done is None or done.outcome != "completed"
        return OtelSpan(
            trace_id=self._trace_id,
            span_id=self._run_span_id,
            parent_id=None,
            name=f"invoke_agent {header.agent}".strip(),
            kind="client",
            started_ns=self._began_ns,
            ended_ns=self._at(self._trace.end_ms),
            attributes=self._run_attributes(),
            events=tuple(self._events()),
            problem=("interrupted" if done is None else done.outcome) if failed else None,
        )

    def _run_attributes(self) -> Attributes:
        header, done = self._header, self._trace.done
        found: dict[str, Any] = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": header.agent or None,
            "gen_ai.conversation.id": header.session_id or None,
            "gen_ai.request.stream": True,
            # Of the stream, whatever its first chunk contains; the answer's first words have a name of Playhead's.
            "gen_ai.response.time_to_first_chunk": _seconds(ttfe_ms(self._trace)),
            "playhead.run_id": header.run_id or None,
            "playhead.outcome": done.outcome if done else None,
            "playhead.partial": done.partial if done else None,
            "playhead.time_to_first_status": _seconds(ttfs_ms(self._trace)),
            "playhead.time_to_first_token": _seconds(ttft_ms(self._trace)),
        }
        if done is not None and done.outcome != "completed":
            found["error.type"] = self._error_code() or done.outcome
        found |= _token_counts(done)
        if self._with_content:
            answer = "".join(token.text for token, _ in self._trace.tokens)
            found["gen_ai.input.messages"] = _messages("user", header.question)
            found["gen_ai.output.messages"] = _messages("assistant", answer)
        return _present(found)

    def _error_code(self) -> str | None:
        return next((event.code for event in reversed(self._trace.events) if isinstance(event, ErrorEvent)), None)

    def _events(self) -> Iterator[SpanEvent]:
        first = ttft_ms(self._trace)
        if first is not None:
            yield SpanEvent("playhead.first_token", self._at(first), {})
        for event, at_ms in zip(self._trace.events, self._trace.times_ms, strict=True):
            found = self._event_attributes(event)
            if found is not None:
                yield SpanEvent(f"playhead.{event.type}", self._at(at_ms), _present(found))

    def _event_attributes(self, event: Event) -> dict[str, Any] | None:
        """The attributes of an event that is an event of the span too; None for one that is not."""
        if isinstance(event, CitationEvent):
            content = {"title": event.title, "url": event.url} if self._with_content else {}
            found = {"citation_id": event.citation_id, "number": event.number, **content}
        elif isinstance(event, WarningEvent | ErrorEvent):
            found = {"code": event.code, **({"message": event.message} if self._with_content else {})}
        else:
            return None
        return {f"playhead.{event.type}.{name}": value for name, value in found.items()}

    def _step(self, step: StepSpan, number: int) -> OtelSpan:
        tool = self._tools.get(step.step_id)
        parents = {span.step_id: place for place, span in enumerate(self._trace.steps)}
        above = parents.get(step.parent_id) if step.parent_id is not None else None
        found: dict[str, Any] = {"playhead.step": step.step, "playhead.step.state": step.state}
        if tool is not None:
            found |= {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool.name}
            if self._with_content:
                found["gen_ai.tool.call.arguments"] = _as_json(tool.arguments)
                found["gen_ai.tool.call.result"] = _as_json(tool.result)
        if step.state in ("failed", "cancelled"):
            found["error.type"] = step.state
        ended_ms = step.ended_ms
        if ended_ms is None:
            ended_ms, found["playhead.step.unfinished"] = max(step.started_ms, self._trace.end_ms), True
        return OtelSpan(
            trace_id=self._trace_id,
            span_id=self._step_id(number),
            parent_id=self._run_span_id if above in (None, number) else self._step_id(above or 0),
            name=f"execute_tool {tool.name}" if tool else step.step,
            kind="internal",
            started_ns=self._at(step.started_ms),
            ended_ns=self._at(ended_ms),
            attributes=_present(found),
            problem=step.state if step.state == "failed" else None,
        )

    def _step_id(self, number: int) -> str:
        return _hex(f"{self._trace_id} step {number}", 8)

    def _at(self, at_ms: float) -> int:
        return self._began_ns + round(at_ms * 1e6)


def _token_counts(done: DoneEvent | None) -> dict[str, int]:
    usage = (done.usage if done else None) or {}
    counted = {key: count for key, count in usage.items() if isinstance(count, int)}
    return {_TOKEN_COUNTS[key]: count for key, count in counted.items() if key in _TOKEN_COUNTS}


def _tools(events: tuple[Event, ...]) -> dict[str, ToolLog]:
    """The fullest tool log of each step: arguments come first, results later."""
    found: dict[str, ToolLog] = {}
    for event in events:
        if isinstance(event, StatusEvent) and event.tool is not None:
            step_id, before = event.step_id or event.step, found.get(event.step_id or event.step)
            said = event.tool.model_dump(exclude_none=True)
            found[step_id] = event.tool if before is None else before.model_copy(update=said)
    return found


def _unix_ns(created_at: str) -> int:
    try:
        moment = datetime.fromisoformat(created_at)
    except ValueError:
        raise NoMoment(
            "The recording does not say when its run was (created_at in its first line), and a trace needs a date."
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000) * 1_000


def _hex(text: str, octets: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * octets]


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else round(ms / 1000, 9)


def _messages(role: str, text: str) -> str:
    return _as_json([{"role": role, "parts": [{"type": "text", "content": text}]}])


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _present(values: Mapping[str, Any]) -> Attributes:
    return {name: value for name, value in values.items() if value is not None}
