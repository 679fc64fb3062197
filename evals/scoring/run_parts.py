"""The parts of a run's result that are measured from its trace, times to the microsecond."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final

from backend.metrics.citation_lag import CitationLag, citation_lags
from backend.metrics.expectation import is_source, shown_source
from backend.metrics.expected_content import missing_numbers, missing_text
from backend.metrics.expected_sources import cited
from backend.metrics.not_found import says_not_found
from backend.metrics.silence import Silence, longest_silence
from backend.metrics.statistics import rounded
from backend.metrics.steps import StepSpan, self_time_ms
from backend.metrics.trace import Trace
from backend.protocol.events import ErrorEvent
from evals.results.run import CitationResult, ExpectationResult, SilenceResult, StepResult, ViolationResult

_MOST_NAMES: Final = 20
"""Names of files that stand in results, of one run."""


def citations(trace: Trace) -> tuple[CitationResult, ...]:
    """The lag of every citation."""
    return tuple(CitationResult(**_rounded_fields(lag)) for lag in citation_lags(trace))


def violations(trace: Trace) -> tuple[ViolationResult, ...]:
    """Every rule that the stream broke."""
    return tuple(ViolationResult(**asdict(found)) for found in trace.violations)


def error_codes(trace: Trace) -> tuple[str, ...]:
    """The codes of the errors in the stream, each once, in the order in which they came."""
    return tuple(dict.fromkeys(event.code for event in trace.events if isinstance(event, ErrorEvent)))


def expectation(trace: Trace) -> ExpectationResult | None:
    """What is known to be right about the answer, and what it lacks."""
    known = trace.expectation
    if known is None:
        return None
    sources = [(shown_source(one), is_source(one, known.of_the_subject)) for one in cited(trace)]
    foreign = [name for name, of_the_subject in sources if known.of_the_subject and not of_the_subject]
    return ExpectationResult(
        sources=known.sources,
        subject=known.of_the_subject,
        numbers=tuple(number.text for number in known.numbers),
        text=known.text,
        not_found=known.not_found,
        said_not_found=says_not_found(trace),
        cited=_first_names(name for name, _ in sources),
        foreign=_first_names(foreign),
        missing_numbers=tuple(number.text for number in missing_numbers(trace)),
        missing_text=missing_text(trace),
    )


def _first_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[:_MOST_NAMES]


def silence(trace: Trace) -> SilenceResult | None:
    """The longest silent gap."""
    found = longest_silence(trace)
    return None if found is None else SilenceResult(**_rounded_fields(found))


def steps(wire: Trace, server: Trace, plan: Trace | None) -> tuple[StepResult, ...]:
    """Every step, or attempt of one, with its time on each plane. The planes have the same events, so that the n-th
    attempt of a step on one is the n-th on the other. Where there is nothing but a recording, ``wire`` is the server's
    plane too: nothing is then known of the wire.
    """
    on_wire = {} if wire.plane == "server" else {key: span.duration_ms for key, span in _by_attempt(wire)}
    on_server = {key: span.duration_ms for key, span in _by_attempt(server)}
    planned = {} if plan is None else {key: span.duration_ms for key, span in _by_attempt(plan)}
    found = []
    for key, span in _by_attempt(wire):
        wire_ms, server_ms = on_wire.get(key), on_server.get(key)
        found.append(
            StepResult(
                step_id=span.step_id,
                step=span.step,
                state=span.state,
                parent_id=span.parent_id,
                wire_ms=rounded(wire_ms),
                server_ms=rounded(server_ms),
                skew_ms=None if wire_ms is None or server_ms is None else rounded(wire_ms - server_ms),
                self_ms=rounded(self_time_ms(span, wire.steps)),
                planned_ms=rounded(planned.get(key)),
            )
        )
    return tuple(found)


def _by_attempt(trace: Trace) -> Iterator[tuple[tuple[str, int], StepSpan]]:
    seen: dict[str, int] = {}
    for span in trace.steps:
        seen[span.step_id] = seen.get(span.step_id, 0) + 1
        yield (span.step_id, seen[span.step_id]), span


def _rounded_fields(part: CitationLag | Silence) -> dict[str, Any]:
    return {name: rounded(value) if isinstance(value, float) else value for name, value in asdict(part).items()}
