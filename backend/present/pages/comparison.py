"""Two runs side by side: in numbers as a table, and the first to move in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from backend.metrics.registry import BY_KEY
from backend.present.markup import Markup, fragment, joined
from backend.present.pages.run_metrics import COMPARED, metric_definition, metric_label, metric_text, run_metrics
from backend.present.timeline.text import timeline_text_html
from backend.present.words import compare as words_compare, run as words
from backend.present.words.durations import NO_VALUE, format_ms
from backend.present.words.metric_text import difference
from backend.protocol.events import ArtifactEvent, CitationEvent, DoneEvent, Event, StatusEvent, TokenEvent
from backend.protocol.view import StepView

Standing = Literal["better", "worse", "other", "same", "unknown"]
"""How the second run's value compares with the first one's."""

_NEAR_MS: Final = 1.0
"""Two times as close as this look the same: a screen draws every 16 ms."""

_SAME_SHARE: Final = 0.005
"""Other values count as the same if they differ by less than half a percent of the first."""


@dataclass(frozen=True)
class Compared:
    """One of the two runs: its name on the page, its events so far, and its question."""

    name: str
    events: Sequence[Event]
    question: str = ""

    @cached_property
    def metrics(self) -> Mapping[str, float | None]:
        """Its metrics on the server's plane."""
        return run_metrics(self.events)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric of both runs, as text. ``difference`` is second minus first, ``standing`` its meaning."""

    key: str
    label: str
    definition: str
    first: str
    second: str
    difference: str
    standing: Standing


def comparison_rows(first: Compared, second: Compared) -> tuple[MetricRow, ...]:
    """Every metric that at least one of the two has."""
    return tuple(
        _row(key, first.metrics[key], second.metrics[key])
        for key in COMPARED
        if first.metrics[key] is not None or second.metrics[key] is not None
    )


def comparison_table_html(first: Compared, second: Compared) -> str:
    """The same as a table that can be sorted and saved; each difference says in words whether it is for the better.

    Below it both timelines as text, to unfold.
    """
    body = joined(
        fragment(
            '<tr><th scope="row" title="{}">{}</th><td class="ph-right">{}</td><td class="ph-right">{}</td>'
            '<td class="ph-right ph-difference ph-difference--{}">{}</td></tr>',
            row.definition,
            row.label,
            row.first,
            row.second,
            row.standing,
            _difference_html(row),
        )
        for row in comparison_rows(first, second)
    )
    return str(
        fragment(
            '<div class="ph ph-comparison"><div class="ph-table-scroll" tabindex="0">'
            '<table class="ph-table" id="ph-comparison" data-ph-sortable><thead><tr><th scope="col">{}</th>'
            '<th scope="col" class="ph-right">{}</th><th scope="col" class="ph-right">{}</th>'
            '<th scope="col" class="ph-right">{}</th></tr></thead><tbody>{}</tbody></table></div></div>{}{}',
            words_compare.METRIC,
            first.name,
            second.name,
            words_compare.DIFFERENCE,
            body,
            timeline_text_html(first.events, "ph-timeline-first", first.name),
            timeline_text_html(second.events, "ph-timeline-second", second.name),
        )
    )


def first_to_move(first: Compared, second: Compared) -> str:
    """Which of the two a watcher would have seen move first, and which wrote first."""
    moves = [_first_sight(run.events) for run in (first, second)]
    answers = [run.metrics["ttft_ms"] for run in (first, second)]
    sentences = [
        _who_first(first.name, second.name, [moved[0] if moved else None for moved in moves], words_compare.MOVES),
        _who_first(first.name, second.name, answers, words_compare.WRITES),
    ]
    seen = [f"{run.name} shows “{moved[1]}”" for run, moved in zip((first, second), moves, strict=True) if moved]
    if len(seen) == 2:
        sentences.append(f"The first sign: {seen[0]}, {seen[1]}.")
    return " ".join(sentences)


def first_to_move_html(first: Compared, second: Compared) -> str:
    """The same as a line of the page, announced when it changes."""
    return str(fragment('<p class="ph ph-first-to-move" role="status">{}</p>', first_to_move(first, second)))


def _row(key: str, first: float | None, second: float | None) -> MetricRow:
    by = None if first is None or second is None else second - first
    text = difference(by, BY_KEY[key].unit)
    return MetricRow(
        key,
        metric_label(key),
        metric_definition(key),
        metric_text(key, first),
        metric_text(key, second),
        text,
        _standing(key, first, second),
    )


def _standing(key: str, first: float | None, second: float | None) -> Standing:
    if first is None or second is None:
        return "unknown"
    by, metric = second - first, BY_KEY[key]
    if _is_same(first, second, _NEAR_MS if metric.unit == "ms" else 0.0):
        return "same"
    if metric.direction == "none":
        return "other"
    return "better" if (by < 0) == (metric.direction == "lower") else "worse"


def _is_same(first: float, second: float, near: float) -> bool:
    """True if nobody could see a difference; the sentence and the table must agree on it."""
    return abs(second - first) <= max(near, abs(first) * _SAME_SHARE)


def _difference_html(row: MetricRow) -> Markup:
    meaning = words_compare.STANDINGS[row.standing]
    if row.standing in ("same", "unknown"):
        return fragment("{}", meaning or NO_VALUE)
    return fragment('{} <span class="ph-standing">{}</span>', row.difference, meaning)


def _first_sight(events: Sequence[Event]) -> tuple[float, str] | None:
    """The time and name of the first thing on screen: a step, a source, a result or the answer."""
    for event in events:
        if isinstance(event, StatusEvent):
            step = StepView(step_id=event.step_id or event.step, step=event.step, label=event.label, tool=event.tool,
                            state=event.state, started_ms=event.at_ms)  # fmt: skip
            return event.at_ms, words.step_label(step)
        if isinstance(event, CitationEvent):
            return event.at_ms, words_compare.A_SOURCE
        if isinstance(event, ArtifactEvent):
            return event.at_ms, words.ARTIFACT_TITLES[event.kind]
        if isinstance(event, TokenEvent) and event.text:
            return event.at_ms, words_compare.THE_ANSWER
        if isinstance(event, DoneEvent):
            return event.at_ms, words.OUTCOME_WORDS[event.outcome]
    return None


def _who_first(first: str, second: str, times_ms: Sequence[float | None], verbs: tuple[str, str, str]) -> str:
    """``verbs``: for the run that is first, for neither, and for both."""
    one, other = times_ms
    does, neither, both = verbs
    if one is None and other is None:
        return f"Neither run {neither}."
    if one is None or other is None:
        name, at_ms = (first, one) if other is None else (second, other)
        return f"Only {name} {does}, after {format_ms(at_ms)}."
    if _is_same(one, other, _NEAR_MS):
        return f"Both {both} at the same moment, after {format_ms(one)}."
    leader, follower = ((first, one), (second, other)) if one < other else ((second, other), (first, one))
    return (
        f"{leader[0]} {does} first, after {format_ms(leader[1])}: {format_ms(follower[1] - leader[1])} before "
        f"{follower[0]}."
    )
