"""The data of a strip on a page: the models of its runs, their clocks, and the playhead if there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.present.strip.model import StripModel
from backend.present.words import strip as words_strip


@dataclass(frozen=True, slots=True)
class ShownStrip:
    """One run on the strip. ``live_ms``: how far it is by now, in milliseconds since it was accepted; None if its clock
    stands still. ``name`` is written above it if there are two; ``scope``: as for ``sources_html``."""

    model: StripModel
    live_ms: float | None = None
    name: str = ""
    scope: str = ""


def strip_data(
    runs: Sequence[ShownStrip], *, turn: int = 0, playhead: Mapping[str, object] | None = None, label: str = ""
) -> dict[str, Any]:
    """The data for the page's script.

    ``turn`` counts the runs that a page has shown, so that a reader's position in one is not kept for the next;
    ``playhead``: ``at_ms``, ``duration_ms``, ``playing``, ``speed`` and ``moves``.
    """
    return {
        "label": label or words_strip.LABEL,
        "turn": turn,
        "playhead": playhead,
        "runs": [
            {"model": run.model.text, "live_ms": run.live_ms, "name": run.name, "scope": run.scope} for run in runs
        ],
    }
