"""Which UI is measured, and where it runs."""

from dataclasses import dataclass
from typing import Final

from evals.results.run import Interface

MODULES: Final[dict[Interface, str]] = {"gradio": "ui_gradio", "streamlit": "ui_streamlit"}
"""The package that serves each UI."""


class PageError(Exception):
    """A UI cannot be measured. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class PageTarget:
    """A UI whose page is measured, and its address if it runs already, against the measured backend."""

    interface: Interface
    url: str | None = None

    @classmethod
    def parse(cls, text: str) -> "PageTarget":
        """Read ``gradio``, ``streamlit``, or one of both with an address: ``gradio=http://127.0.0.1:7860``. Raises
        ``PageError``."""
        name, _, url = text.partition("=")
        interface = next((known for known in MODULES if known == name), None)
        if interface is None or ("=" in text and not url.startswith(("http://", "https://"))):
            raise PageError(
                f"There is no page {text!r}: give gradio or streamlit, or one that runs already as gradio=http://…"
            )
        return cls(interface, url or None)
