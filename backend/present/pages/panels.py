"""Changes to draw: the fragments of a run's page that differ from those drawn last.

Both UIs redraw at most ten times a second. Each part of a view has a revision, so most frames cost one comparison per
part; and a fragment is returned only if its text really differs, so that nothing flickers or is sent twice.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from backend.present.answer.blocks import AnswerBlock, AnswerRenderer
from backend.present.evidence.artifacts import ArtifactView, artifact_views, artifacts_html
from backend.present.evidence.sources import SourceCards
from backend.present.evidence.steps import steps_html
from backend.present.evidence.warnings import warnings_html
from backend.present.pages.notices import error_html, question_html
from backend.present.pages.status import elapsed_of, metrics_html, status_html
from backend.present.pages.tabs import tabs_html
from backend.present.theme.palette import Theme
from backend.protocol.run_view import RunView

STATUS_PACE_MS = 500
"""The metrics are drawn again this often; the elapsed time keeps counting in the browser meanwhile."""

Slot = Literal["question", "steps", "notice", "warnings", "sources", "tabs", "metrics", "status"]
PLACES: Final[tuple[Slot, ...]] = get_args(Slot)
"""The slots of a page, one fragment each. The status comes last, after the parts it mentions are drawn."""


@dataclass(frozen=True, slots=True)
class Changes:
    """New fragments by panel; None if the one on screen is still right. All but the blocks are safe HTML."""

    question: str | None = None
    status: str | None = None
    metrics: str | None = None
    tabs: str | None = None
    steps: str | None = None
    answer: tuple[AnswerBlock, ...] | None = None
    notice: str | None = None
    warnings: str | None = None
    sources: str | None = None
    artifacts: tuple[ArtifactView, ...] | None = None
    results: str | None = None
    """All artifacts as one fragment, without native charts; a notice if there are none."""

    @property
    def empty(self) -> bool:
        """True if there is nothing to draw."""
        return all(getattr(self, name) is None for name in self.__dataclass_fields__)

    def fragments(self) -> dict[Slot, str]:
        """The new fragments that are drawn as they are, by slot; each framework draws answer and results itself."""
        return {place: text for place in PLACES if (text := getattr(self, place)) is not None}


class Panels:
    """Draws one run for one watcher. Make a new one for each run."""

    def __init__(self, theme: Theme = "light", scope: str = "") -> None:
        self._theme: Theme = theme
        self._scope = scope
        self._answer = AnswerRenderer(scope)
        self._sources = SourceCards(scope)
        self._seen: dict[str, object] = {}
        self._drawn: dict[str, object] = {}

    def draw(self, view: RunView, elapsed_ms: float | None = None, *, still: bool = False) -> Changes:
        """The changes since the last call. ``elapsed_ms``: milliseconds since the run was accepted, as of now.
        ``still``: time stands still on the page, so that durations are those of this very moment."""
        stream, message = view.stream, view.message
        process = (stream.revision, stream.phase)
        evidence = (len(message.citations), len(message.warnings))
        text = (message.revision, view.ended)
        changed: dict[str, object] = {}

        def offer(name: str, fragment: object) -> None:
            if name not in self._drawn or self._drawn[name] != fragment:
                self._drawn[name] = changed[name] = fragment

        pace = int(elapsed_of(view, elapsed_ms) // STATUS_PACE_MS)
        if self._moved("status", (*process, *evidence, pace)) or still:
            offer("status", status_html(view, elapsed_ms))
            offer("metrics", metrics_html(view, elapsed_ms))
        if self._moved("tabs", (stream.revision, *evidence, view.artifacts.revision)):
            offer("tabs", tabs_html(view))
        if self._moved("process", process):
            offer("notice", error_html(view))
        if self._moved("steps", (*process, *evidence)) or still:
            offer("steps", steps_html(view, elapsed_ms, scope=self._scope))
        if self._moved("text", text):
            offer("question", question_html(message.question))
            offer("answer", tuple(self._answer.blocks(view)))
            offer("warnings", warnings_html(view, scope=self._scope))
            offer("sources", self._sources.html(view))
        if self._moved("artifacts", (view.artifacts.revision, view.ended)):
            offer("results", artifacts_html(view, scope=self._scope))
            offer("artifacts", tuple(artifact_views(view, self._theme, scope=self._scope)))
        return Changes(**changed)  # type: ignore[arg-type]

    def _moved(self, name: str, state: object) -> bool:
        """True if the state differs from that at the last call."""
        if self._seen.get(name) == state:
            return False
        self._seen[name] = state
        return True
