"""The run that a tab replays, with its drawing."""

from dataclasses import dataclass

from backend.desk.opened_run import OpenedRun
from ui_gradio.drawing import Drawing


@dataclass(slots=True)
class DrawnRun(OpenedRun):
    """One object for as long as the page is open."""

    drawing: Drawing | None = None
