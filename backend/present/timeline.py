"""The timeline of a run as a Plotly figure: steps, token density, evidence, warnings, silence and the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.present.palette import Theme
from backend.protocol.events import Event


def timeline_figure(
    events: Sequence[Event],
    *,
    times_ms: Mapping[int, float] | None = None,
    plan: Sequence[Event] | None = None,
    theme: Theme = "light",
    playhead_ms: float | None = None,
    silence_ms: float = 1000.0,
) -> dict[str, Any]:
    """A run over time, as a Plotly figure in a plain dictionary.

    ``times_ms`` gives each event another time by its ``seq`` (a client's arrival stamps, milliseconds) in the place of
    ``at_ms``; ``plan`` is what a script meant to send, drawn as outlines under what happened; ``playhead_ms`` draws the
    moment that is being looked at. Silence longer than ``silence_ms`` is shaded. Points carry ``[seq, ms]`` as
    ``customdata``, so that a click can move the playhead.
    """
    from backend.present.timeline_layout import build_timeline

    return build_timeline(events, times_ms, plan, theme, playhead_ms, silence_ms)
