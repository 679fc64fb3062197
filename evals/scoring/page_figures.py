"""What results say of a page beside its metrics."""

from dataclasses import dataclass
from typing import Literal

Interface = Literal["gradio", "streamlit"]
MODULES: dict[Interface, str] = {"gradio": "ui_gradio", "streamlit": "ui_streamlit"}


class PageError(Exception):
    """A UI cannot be measured. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Through:
    """A UI to measure through: which one, and its address if it runs already, against the measured backend."""

    interface: Interface
    url: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Through":
        """Read ``gradio``, ``streamlit``, or one of both with an address: ``gradio=http://127.0.0.1:7860``. Raises
        ``PageError``."""
        name, _, url = text.partition("=")
        interface = next((known for known in MODULES if known == name), None)
        if interface is None or ("=" in text and not url.startswith(("http://", "https://"))):
            raise PageError(
                f"There is no page {text!r}: give gradio or streamlit, or one that runs already as gradio=http://…"
            )
        return cls(interface, url or None)


@dataclass(frozen=True, slots=True)
class PageFigures:
    """What is known of a page beside its metrics, milliseconds.

    ``clock_bracket_ms``: the page's clock was read within this much of the harness's, so a render delay is known to
    half of it. ``painted_events``: how many events could be told apart on the page. ``end_out_of_view_ms``: how long
    the end of the growing answer was not in view of a reader who follows it; ``stuck_scroll``: it was out of view when
    the last letters came. ``notes``: what was not measured, and why.
    """

    clock_bracket_ms: float | None
    painted_events: int
    end_out_of_view_ms: float | None
    stuck_scroll: bool | None
    notes: tuple[str, ...]
