"""The fold: events in, view out. One pure function serves live runs, reloads, replay, scrubbing and tests.

Duplicates (``seq`` not above the last one) change nothing but their count. A gap is recorded and the event still
applied: the client's part is to fetch a snapshot. So is an attempt that leaves out events which are in the view
already; among events that are folded together, what it leaves out is never applied. The first ``done`` is final;
whatever follows it changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Any, Final, TypeVar

from backend.protocol.attempts import resumed_after, standing
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.input_states import close_inputs, fold_inputs
from backend.protocol.marker_state import markers_after, markers_with
from backend.protocol.places import MemberPlaces
from backend.protocol.run_view import (
    ArtifactsState,
    Gap,
    MessageState,
    Phase,
    RunView,
    SnapshotEvent,
    StepView,
    StreamState,
)
from backend.protocol.steps import activity_after, close_open_steps, fold_status

T = TypeVar("T")

__all__ = [
    "ArtifactsState",
    "MessageState",
    "Phase",
    "RunView",
    "SnapshotEvent",
    "StepView",
    "StreamState",
    "fold",
    "reduce",
    "view_at",
]


def reduce(view: RunView, event: Event | SnapshotEvent) -> RunView:
    """The view after one more event. Pure: the same view and event always give the same view."""
    if isinstance(event, SnapshotEvent):
        return event.view
    return _apply(view, [event])


def fold(view: RunView, events: Iterable[Event]) -> RunView:
    """``reduce`` over many events. Runs of tokens are joined first, so that a long answer costs linear time."""
    group: list[Event] = []
    for event in standing(events):
        if group and not (_is_writing(view) and _continues(group[-1], event)):
            view = _apply(view, group)
            group = []
        group.append(event)
    return _apply(view, group) if group else view


def view_at(events: Sequence[Event], t_ms: float, question: str = "") -> RunView:
    """The view as it was ``t_ms`` milliseconds after the run was accepted: every event with ``at_ms <= t_ms``."""
    return fold(RunView.start(question), takewhile(lambda event: event.at_ms <= t_ms, events))


def _is_writing(view: RunView) -> bool:
    """Whether another token is nothing new to the stream: only then may several count as one redraw each."""
    return view.stream.phase == "open" and view.stream.first_token_ms is not None


def _continues(last: Event, event: Event) -> bool:
    """Whether two tokens follow each other without a gap, and may be applied in one go."""
    return isinstance(last, TokenEvent) and isinstance(event, TokenEvent) and _follows(last, event)


def _follows(last: Event, event: Event) -> bool:
    """Whether the event has the next number, in the same attempt."""
    return last.seq > 0 and event.seq == last.seq + 1 and event.attempt is None


def _apply(view: RunView, events: list[Event]) -> RunView:
    """Apply one event, or several contiguous tokens."""
    stream = view.stream
    if view.ended:
        late = stream.model_copy(update={"duplicates": stream.duplicates + len(events)})
        return view.model_copy(update={"stream": late})
    after = resumed_after(events[0])
    if after is not None and (events[0].attempt or 1) > stream.attempt:
        changes: dict[str, Any] = {"attempt": events[0].attempt}
        known_seq, fresh = after.seq, events
    else:
        changes, known_seq = {}, stream.last_seq
        fresh = [event for event in events if event.seq == 0 or event.seq > known_seq]
    changes["duplicates"] = stream.duplicates + len(events) - len(fresh)
    if not fresh:
        return view.model_copy(update={"stream": stream.model_copy(update=changes)})
    redraw = stream.phase != "open"
    changes["phase"] = "open"
    first, last = fresh[0], fresh[-1]
    if known_seq < stream.last_seq or first.seq > stream.last_seq + 1:
        changes["gaps"] = (*stream.gaps, Gap(expected=stream.last_seq + 1, got=first.seq))
        redraw = True
    changes["last_seq"] = max(known_seq, last.seq)
    changes["last_at_ms"] = max(stream.last_at_ms, last.at_ms)
    changes["longest_gap_ms"] = _longest_gap(stream, fresh)
    parts = _parts(view, fresh, changes)
    redraw = redraw or parts.pop("redraw_stream", False)
    changes["revision"] = stream.revision + (1 if redraw else 0)
    return view.model_copy(update={**parts, "stream": stream.model_copy(update=changes)})


def _longest_gap(stream: StreamState, events: list[Event]) -> float:
    longest, previous = stream.longest_gap_ms, stream.last_at_ms
    for event in events:
        longest, previous = max(longest, event.at_ms - previous), max(previous, event.at_ms)
    return round(longest, 3)


def _parts(view: RunView, events: list[Event], changes: dict[str, Any]) -> dict[str, Any]:
    """What the events do to message and artifacts; what they do to the stream goes into ``changes``."""
    stream, message, event = view.stream, view.message, events[0]
    if isinstance(event, TokenEvent):
        tokens = [token for token in events if isinstance(token, TokenEvent)]
        return _add_tokens(stream, message, tokens, changes)
    if isinstance(event, StatusEvent):
        changes["steps"] = fold_status(stream.steps, event)
        changes["inputs"] = fold_inputs(stream.inputs, event)
        changes["activity"] = activity_after(stream.activity, changes["steps"], event)
        if stream.first_status_ms is None:
            changes["first_status_ms"] = event.at_ms
        return {"redraw_stream": True}
    if isinstance(event, CitationEvent):
        return {"message": _with_citation(message, event)}
    if isinstance(event, WarningEvent):
        warnings = (*message.warnings, event)
        return {"message": message.model_copy(update={"warnings": warnings, "revision": message.revision + 1})}
    if isinstance(event, ArtifactEvent):
        return {"artifacts": _with_artifact(view.artifacts, event)}
    if isinstance(event, ErrorEvent):
        changes["error"] = event
        return {"redraw_stream": True}
    if isinstance(event, DoneEvent):
        _end(stream, event, changes)
        return {"redraw_stream": True}
    return {}


def _add_tokens(
    stream: StreamState, message: MessageState, tokens: list[TokenEvent], changes: dict[str, Any]
) -> dict[str, Any]:
    written = [token for token in tokens if token.text]
    changes["token_events"] = stream.token_events + len(written)
    if not written:
        return {}
    redraw = stream.first_token_ms is None
    if redraw:
        changes["first_token_ms"] = written[0].at_ms
    changes["last_token_ms"] = written[-1].at_ms
    answer = message.answer + "".join(token.text for token in written)
    update = {"answer": answer, **markers_after(message, answer), "revision": message.revision + len(written)}
    return {"message": message.model_copy(update=update), "redraw_stream": redraw}


def _with_citation(message: MessageState, event: CitationEvent) -> MessageState:
    replaced: list[CitationEvent | None] = [None]

    def make(before: CitationEvent | None) -> CitationEvent:
        replaced[0] = before
        return event

    citations = _put(_CITATIONS, message.citations, event.citation_id, make)
    update = {
        "citations": citations,
        **markers_with(message, citations, event, replaced[0]),
        "revision": message.revision + 1,
    }
    return message.model_copy(update=update)


def _with_artifact(artifacts: ArtifactsState, event: ArtifactEvent) -> ArtifactsState:
    items = _put(_ARTIFACTS, artifacts.items, event.artifact_id or None, lambda _: event)
    return artifacts.model_copy(update={"items": items, "revision": artifacts.revision + 1})


def _put(
    places: MemberPlaces[T], items: tuple[T, ...], wanted: str | None, make: Callable[[T | None], T]
) -> tuple[T, ...]:
    """What has no id is always one more."""
    return (*items, make(None)) if wanted is None else places.put(items, wanted, make)


_CITATIONS: Final = MemberPlaces[CitationEvent](lambda citation: citation.citation_id)
_ARTIFACTS: Final = MemberPlaces[ArtifactEvent](lambda artifact: artifact.artifact_id or None)


def _end(stream: StreamState, event: DoneEvent, changes: dict[str, Any]) -> None:
    changes.update(
        phase="ended",
        outcome=event.outcome,
        partial=event.partial,
        latency_ms=event.latency_ms,
        waited_ms=event.waited_ms,
        paused_ms=event.paused_ms,
        activity="running",
        inputs=close_inputs(stream.inputs, event.at_ms),
        counts=event.counts,
        usage=event.usage,
        steps=close_open_steps(stream.steps, event.outcome, event.at_ms),
    )
