"""Words of the navigation and of all four pages: opening, sharing, saving, copying, sorting."""

from typing import Final

ASK_PAGE: Final = "Ask"
REPLAY_PAGE: Final = "Replay"
COMPARE_PAGE: Final = "Compare"
HISTORY_PAGE: Final = "History"

PAGES_LABEL: Final = "Pages"
"""The navigation's name for screen readers."""

OTHER_THEME: Final = "Switch between light and dark"

OPEN_IN_ASK: Final = "Open in Ask"
OPEN_IN_REPLAY: Final = "Open in Replay"
OPEN_IN_COMPARE: Final = "Open in Compare"

SHARE: Final = "Share"

SAVE_RECORDING: Final = "Save recording"
SAVE_MARKDOWN: Final = "Save as Markdown"
SAVE_REPORT: Final = "Save as HTML report"

UPLOAD_LABEL: Final = "Recording file"
UPLOAD_HELP: Final = "A recording that Playhead saved (.jsonl)"

COPIED: Final = "Copied"
NOT_COPIED: Final = "The browser did not allow copying"
SORTED_ASCENDING: Final = "sorted, smallest first"
SORTED_DESCENDING: Final = "sorted, largest first"
