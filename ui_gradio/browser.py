"""The functions that the pages' events call in the browser; they are in ``page.js``."""

import json
from functools import cache
from importlib.resources import files
from typing import Final

from backend.present.pages.addresses import FIRST, RUN, SECOND, SHARE

RUN_INTO_ADDRESS: Final = "(run) => phPage.nameRun(run)"
"""Put the run's id into the page's address, so that a reload finds it again."""

TAKE_QUESTION: Final = "(...values) => phPage.takeQuestion(...values)"
"""Take what was written, the second of two inputs, out of its field."""

WHEN_CHARTS_CAN_BE_DRAWN: Final = "() => phPage.chartsCanBeDrawn()"
"""Signals that charts can be drawn; until then nothing waits, and charts that came too early are drawn again."""

WHEN_CHARTS_ARE_WANTED: Final = "() => phPage.chartsAreWanted()"
"""Signals that the page has time for charts: a reader comes near one, or all else has been drawn for a while."""

SAVE_FILE: Final = "() => phPage.saveFile()"
"""Have the browser save the file in the hidden download button."""

_NAMED_IN_ADDRESS: Final = {"run": RUN, "share": SHARE, "first": FIRST, "second": SECOND}


def with_theme(inputs: int) -> str:
    """Send the server whether the page is light or dark, since charts are coloured there, as the last of the inputs."""
    return f"(...values) => phPage.withTheme({inputs}, ...values)"


def asking(inputs: int, question: int) -> str:
    """The same for an event that asks. ``question`` is the index of the question among its inputs: it is sent as it
    was when it was asked, since Gradio looks into the field a moment later."""
    return f"(...values) => phPage.asking({inputs}, {question}, ...values)"


@cache
def head_script() -> str:
    """The element with the script, for the head of every page."""
    script = files("ui_gradio").joinpath("page.js").read_text(encoding="utf-8")
    return f"<script>{script.replace('__NAMED_IN_ADDRESS__', json.dumps(_NAMED_IN_ADDRESS))}</script>"
