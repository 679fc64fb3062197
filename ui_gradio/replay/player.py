"""What the page shows at the playhead."""

from backend.present.timeline.moment_text import moment_html
from ui_gradio.drawing import Updates
from ui_gradio.replay.layout import ReplayPage
from ui_gradio.replay.opened_run import Table


def drawn(page: ReplayPage, table: Table) -> Updates:
    """The run as it was at that moment, and the moment in words."""
    at_ms = table.position_ms()
    if table.drawing is None:
        return {page.moving.moment: ""}
    return {
        **table.drawing.moment(table.playback.view_at(at_ms), at_ms),
        page.moving.moment: moment_html(table.playback, at_ms),
    }
