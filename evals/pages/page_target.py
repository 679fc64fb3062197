"""The measured UI and its address."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from evals.results.run import Interface

MODULES: Final[dict[Interface, str]] = {"gradio": "ui_gradio", "streamlit": "ui_streamlit"}
"""The package that serves each UI."""

START_S: Final = 90.0
"""How long a UI may take to start."""


class PageError(Exception):
    """A UI cannot be measured. The message gives the reason and the next action."""


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
                f"There is no page {text!r}: give gradio or streamlit, or one that is running as gradio=http://…"
            )
        return cls(interface, url or None)


@contextmanager
def served(module: str, backend_url: str) -> Iterator[str]:
    """The address of that UI, ``ui_gradio`` or ``ui_streamlit``, in a process of its own while inside. Raises
    ``ChildFailed``."""
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--backend", backend_url]
    with ChildProcess(module, command) as process:
        process.wait_until_ready(f"http://127.0.0.1:{port}/", START_S)
        yield f"http://127.0.0.1:{port}/"
