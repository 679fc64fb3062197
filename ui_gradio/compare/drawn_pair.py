"""The two runs that a tab compares, with their drawing."""

from dataclasses import dataclass

from backend.desk.run_pair import RunPair
from ui_gradio.drawing import Drawing


@dataclass(slots=True)
class DrawnPair(RunPair):
    """One object for as long as the page is open. ``choosing``: True while the choices are on the page;
    ``charts_wanted``: True once the page has had time for them."""

    drawings: tuple[Drawing, ...] = ()
    choosing: bool = True
    charts_wanted: bool = False

    def drawings_with_charts(self) -> tuple[Drawing, ...]:
        """Its drawings, now that their charts are wanted."""
        self.charts_wanted = True
        return self.drawings
