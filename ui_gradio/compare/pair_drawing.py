"""Both runs on the page: live to the end of the longer one, and then as they were at the playhead."""

import gradio as gr

from backend.desk.pair_stream import PairUpdate
from backend.desk.player import Moment
from backend.desk.run_pair import BOTH
from backend.present.pages.comparison import comparison_table_html, first_to_move_html
from backend.present.pages.notices import section_title_html
from backend.present.theme.palette import Theme
from ui_gradio.compare.drawn_pair import DrawnPair
from ui_gradio.compare.layout import ComparePage
from ui_gradio.drawing import Drawing, Updates, blank
from ui_gradio.playback_controls import Moving


class PairDrawing:
    """Draws one pair for as long as the tab compares it."""

    def __init__(self, page: ComparePage, moving: Moving, pair: DrawnPair, theme: Theme) -> None:
        self._page, self._moving, self._pair, self._theme = page, moving, pair, theme
        self._drawn: PairUpdate | None = None
        sides = zip((page.first, page.second), BOTH, strict=True)
        pair.drawings = tuple(
            Drawing(panels, theme, which, holds_charts=not pair.charts_wanted) for panels, which in sides
        )

    def updates(self, update: PairUpdate) -> Updates:
        """The changes for this update."""
        page, before, self._drawn = self._page, self._drawn, update
        updates = {**blank(page.first), **blank(page.second)} if before is None else Updates()
        if before is None or before.problem != update.problem:
            updates[page.notice] = update.problem.html if update.problem is not None else ""
        if before is None or before.compared is not update.compared:
            updates |= self._numbers(update)
        return {**updates, **self._moving.at(self._pair, update.moment)}

    def _numbers(self, update: PairUpdate) -> Updates:
        page, (first, second) = self._page, update.compared
        return {
            page.sentence: first_to_move_html(first, second),
            page.table: comparison_table_html(first, second),
            page.first_name: section_title_html(first.name),
            page.second_name: section_title_html(second.name),
            page.stop: gr.update(visible=update.running and self._pair.rights.steers),
            page.another: gr.update(visible=True),
        }


def drawn(pair: DrawnPair, moment: Moment) -> Updates:
    """Both runs as they were at that moment."""
    updates = Updates()
    for drawing, run in zip(pair.drawings, moment.runs, strict=False):
        updates |= drawing.seen(run)
    return updates
