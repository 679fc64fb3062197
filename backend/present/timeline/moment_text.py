"""One moment of a run in words: the playhead's time, and the latest event."""

from backend.present.evidence.sources import source_title
from backend.present.markup import fragment
from backend.present.timeline.playhead_clock import Timed
from backend.present.words import replay as words_replay, run as words
from backend.present.words.durations import format_clock, format_count, format_ms
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
from backend.protocol.pair_playback import PairPlayback
from backend.protocol.playback import Playback
from backend.protocol.run_view import StepView

_LONGEST = 90


def moment_html(playback: Playback, at_ms: float) -> str:
    """The moment as a line below the scrubber: its time, and the latest event."""
    return _line(moment_clock(playback, at_ms), moment_text(playback, at_ms))


def pair_moment_html(playback: PairPlayback, names: tuple[str, str], at_ms: float) -> str:
    """The same for two runs on one clock."""
    return _line(moment_clock(playback, at_ms), pair_moment_text(playback, names, at_ms))


def pair_moment_text(playback: PairPlayback, names: tuple[str, str], at_ms: float) -> str:
    """The latest event and its run: ``Documents: citation [1] Quarterly report``."""
    came = [
        (run.events[index].at_ms, name, run.events[index])
        for run, name in zip((playback.first, playback.second), names, strict=True)
        if (index := run.event_index_at(at_ms)) >= 0
    ]
    if came:
        _, name, event = max(came, key=lambda last: last[0])
        return f"{name}: {event_text(event)}"
    first = playback.next_event_ms(at_ms)
    return words_replay.NO_EVENTS if first is None else words_replay.NOTHING_YET.format(format_ms(first - at_ms))


def moment_clock(playback: Timed, at_ms: float) -> str:
    """``0:03.2 of 0:08.4``."""
    return f"{format_clock(at_ms)} of {format_clock(playback.duration_ms)}"


def moment_text(playback: Playback, at_ms: float) -> str:
    """``Event 17 of 214, 120 ms before: citation [1] Quarterly report``."""
    index, events = playback.event_index_at(at_ms), playback.events
    if not events:
        return words_replay.NO_EVENTS
    if index < 0:
        first = playback.next_event_ms(at_ms)
        return words_replay.NOTHING_YET.format(format_ms(None if first is None else first - at_ms))
    event = events[index]
    ago = at_ms - event.at_ms
    when = f", {format_ms(ago)} before" if ago >= 1 else ""
    return f"Event {index + 1:,} of {len(events):,}{when}: {event_text(event)}"


def event_text(event: Event) -> str:
    """An event in a few words."""
    if isinstance(event, StatusEvent):
        step = StepView(step_id=event.step_id or event.step, step=event.step, state=event.state, label=event.label,
                        tool=event.tool)  # fmt: skip
        return f"step {words.step_label(step)}, {words.STATE_WORDS[event.state]}"
    if isinstance(event, TokenEvent):
        piece = words.shortened(event.text, _LONGEST)
        return f"answer “{piece}”" if piece else f"answer, {format_count(len(event.text), 'character')}"
    if isinstance(event, CitationEvent):
        number = f"[{event.number}] " if event.number is not None else ""
        return f"citation {number}{source_title(event)}"
    if isinstance(event, WarningEvent | ErrorEvent | ArtifactEvent):
        return f"{event.type} {words.signal_text(event)}"
    if isinstance(event, DoneEvent):
        return f"the end, {words.OUTCOME_WORDS[event.outcome].lower()}"
    return f"an event of a type this Playhead does not know, {words.shortened(event.type, 40)}"


def _line(clock: str, text: str) -> str:
    return str(
        fragment(
            '<p class="ph ph-moment"><span class="ph-moment-clock">{}</span> '
            '<span class="ph-moment-text">{}</span></p>',
            clock,
            text,
        )
    )
