"""The two runs that a tab compares, and what draws them."""

from dataclasses import dataclass

from backend.desk.run_pair import RunPair
from ui_gradio.drawing import Drawing


@dataclass(slots=True)
class DrawnPair(RunPair):
    """One object for as long as the page is open. ``choosing``: whether the ways to get two runs are on the page."""

    drawings: tuple[Drawing, ...] = ()
    choosing: bool = True
