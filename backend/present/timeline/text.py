"""The timeline as text, to unfold below the figure: for readers who cannot see it or want the numbers."""

from collections.abc import Sequence

from backend.present.evidence.tables import table_html
from backend.present.markup import Markup, fragment
from backend.present.timeline.figure import timeline_table
from backend.present.words import report as words_report
from backend.protocol.events import Event


def timeline_text_html(events: Sequence[Event], element_id: str = "ph-timeline-table", of: str = "") -> Markup:
    """A table of events with their times. ``element_id`` must be unique on the page; ``of`` names the run if there are
    two."""
    columns, rows = timeline_table(events)
    title = f"{words_report.TIMELINE_AS_TABLE}: {of}" if of else words_report.TIMELINE_AS_TABLE
    return fragment(
        '<div class="ph"><details class="ph-details" data-ph-keep="{}"><summary>{}</summary>{}</details></div>',
        element_id,
        title,
        table_html(columns, rows, title=title, element_id=element_id),
    )
