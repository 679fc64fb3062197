"""The results of a run on the page: each chart as Streamlit's own with its data below it, then everything else."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from backend.present.evidence.artifacts import ArtifactView


@dataclass(slots=True)
class _Slot:
    """A slot, and the artifact drawn in it."""

    element: DeltaGenerator
    drawn: object


class ResultSlots:
    """Draws artifacts into one slot, each once and again only if it changed: Streamlit reports the same chart twice in
    one pass as an error, and a chart drawn again blinks."""

    def __init__(self, element: DeltaGenerator, scope: str = "") -> None:
        self._scope = scope
        # Charts first, as in the Gradio page: retrieved passages are long.
        both = element.container(gap="xsmall")
        self._charts, self._others = both.container(gap="xsmall"), both.container(gap="xsmall")
        self._slots: dict[tuple[bool, int, str], _Slot] = {}

    def draw(self, artifacts: tuple[ArtifactView, ...]) -> None:
        """Draw the changes. Artifacts stay in the order in which they first appeared."""
        counts = {True: 0, False: 0}
        wanted: set[tuple[bool, int, str]] = set()
        for artifact in artifacts:
            charted = artifact.figure is not None
            number = counts[charted]
            counts[charted] += 1
            if artifact.figure is not None:
                wanted.add((charted, number, "chart"))
                self._chart((charted, number, "chart"), artifact.figure, artifact.title)
            if artifact.html:
                wanted.add((charted, number, "html"))
                self._html((charted, number, "html"), artifact.html)
        for key in self._slots.keys() - wanted:
            self._slots.pop(key).element.empty()

    def _chart(self, key: tuple[bool, int, str], figure: dict[str, Any], title: str) -> None:
        slot = self._slots.get(key)
        if slot is not None and slot.drawn == figure:
            return
        element = self._charts if slot is None else slot.element
        drawn = element.plotly_chart(
            figure, theme=None, config={"displayModeBar": False}, alt=title, key=self._name(key[1], figure)
        )
        self._slots[key] = _Slot(drawn if slot is None else slot.element, figure)

    def _html(self, key: tuple[bool, int, str], fragment: str) -> None:
        slot = self._slots.get(key)
        if slot is None:
            self._slots[key] = _Slot((self._charts if key[0] else self._others).html(fragment), fragment)
        elif slot.drawn != fragment:
            slot.element.html(fragment)
            slot.drawn = fragment

    def _name(self, number: int, figure: dict[str, Any]) -> str:
        """The same in every pass that draws this figure, and different for any other figure."""
        content = blake2b(json.dumps(figure, sort_keys=True, default=str).encode(), digest_size=8).hexdigest()
        return f"chart-{self._scope}-{number}-{content}"
