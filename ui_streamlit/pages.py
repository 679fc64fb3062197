"""The pages. The server imports them as it starts: the first visitor does not wait for that."""

from collections.abc import Callable
from typing import Final

from backend.present.pages.addresses import PageName
from ui_streamlit.ask import page as ask
from ui_streamlit.compare import page as compare
from ui_streamlit.history import page as history
from ui_streamlit.replay import page as replay
from ui_streamlit.visit import Visit

PAGES: Final[dict[PageName, Callable[[Visit], None]]] = {
    "ask": ask.show,
    "replay": replay.show,
    "compare": compare.show,
    "history": history.show,
}
"""In the order of the navigation; the first is at ``/``."""
