"""The timeline as text, to unfold beside the strip: for readers who cannot see it or want the numbers."""

from collections.abc import Sequence
from typing import Final

from backend.present.evidence.sources import source_title
from backend.present.evidence.tables import SortedCell, table_html
from backend.present.markup import Markup, fragment
from backend.present.strip.markers_in_time import MarkersInTime
from backend.present.strip.silences import Silences
from backend.present.timeline.facts import closed_steps_of
from backend.present.words import report as words_report, run as words, strip as words_strip
from backend.present.words.durations import format_count, format_ms
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

Row = tuple[float, str, str]
"""Milliseconds, kind and name."""

_COLUMNS: Final = ("Time", "What", "Which")


def timeline_text_html(events: Sequence[Event], element_id: str = "ph-timeline-table", of: str = "") -> Markup:
    """A table of events with their times. ``element_id`` must be unique on the page; ``of`` names the run if there are
    two."""
    rows = [(SortedCell(format_ms(at_ms), at_ms), what, which) for at_ms, what, which in _rows(events)]
    title = f"{words_report.TIMELINE_AS_TABLE}: {of}" if of else words_report.TIMELINE_AS_TABLE
    return fragment(
        '<div class="ph"><details class="ph-details" data-ph-keep="{}"><summary>{}</summary>{}</details></div>',
        element_id,
        title,
        table_html(_COLUMNS, rows, title=title, element_id=element_id),
    )


def timeline_table(events: Sequence[Event]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """What the strip shows, in order: time, kind and name. Token events are in it as the first, the last and their
    count."""
    return _COLUMNS, tuple((format_ms(at_ms), what, which) for at_ms, what, which in _rows(events))


def _rows(events: Sequence[Event]) -> list[Row]:
    rows = [*_steps(events), *_sources(events), *_signals(events), *_answer(events), *_silences(events)]
    rows += [
        (event.at_ms, "End", words.OUTCOME_WORDS[event.outcome]) for event in events if isinstance(event, DoneEvent)
    ]
    return sorted(rows, key=lambda row: row[0])


def _steps(events: Sequence[Event]) -> list[Row]:
    rows = []
    for step in closed_steps_of(events):
        duration = f", {format_ms(step.ended_ms - step.started_ms)}" if step.ended_ms is not None else ""
        rows.append((step.started_ms, "Step", f"{words.step_label(step)}, {words.STATE_WORDS[step.state]}{duration}"))
    return rows


def _sources(events: Sequence[Event]) -> list[Row]:
    """Each citation once, at its first event, with its newest title; and the markers."""
    citations: dict[object, tuple[float, CitationEvent]] = {}
    markers, numbers = MarkersInTime(), set()
    for event in events:
        if isinstance(event, CitationEvent):
            key = event.citation_id if event.citation_id is not None else (event.seq, len(citations))
            citations[key] = (citations[key][0] if key in citations else event.at_ms, event)
            numbers.add(event.number or 0)
        elif isinstance(event, TokenEvent) and event.text:
            markers.add(event.text, event.at_ms)
    rows = [(at_ms, "Citation", source_title(event)) for at_ms, event in citations.values()]
    return rows + [
        (at_ms, "Marker", f"[{number}]" if number in numbers else words_strip.MARKER_PENDING.format(number))
        for at_ms, number in markers.moments(numbers)
    ]


def _signals(events: Sequence[Event]) -> list[Row]:
    rows, known = [], set()
    for event in events:
        if isinstance(event, ArtifactEvent) and event.artifact_id:
            if event.artifact_id in known:
                continue
            known.add(event.artifact_id)
        if isinstance(event, WarningEvent | ErrorEvent | ArtifactEvent):
            rows.append((event.at_ms, words.readable(event.type), words.signal_text(event)))
    return rows


def _answer(events: Sequence[Event]) -> list[Row]:
    times = [event.at_ms for event in events if isinstance(event, TokenEvent) and event.text]
    if not times:
        return []
    count = format_count(len(times), "token event")
    return [(times[0], "Answer", "first token event"), (times[-1], "Answer", f"last token event, {count} in all")]


def _silences(events: Sequence[Event]) -> list[Row]:
    silences = Silences()
    for event in events:
        for at_ms in (event.activity_ms or ()) if isinstance(event, StatusEvent) else ():
            silences.add(min(max(0.0, at_ms), event.at_ms))
        silences.add(event.at_ms)
    return [(start, "Silence", format_ms(end - start)) for start, end in silences.gaps()]
