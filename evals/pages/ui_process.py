"""A UI as a process of its own, as ``playhead demo`` starts it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port

START_S = 90.0


@contextmanager
def served(module: str, backend_url: str) -> Iterator[str]:
    """The address of that UI, ``ui_gradio`` or ``ui_streamlit``, while inside. Raises ``ChildFailed``."""
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--backend", backend_url]
    with ChildProcess(module, command) as process:
        process.wait_until_ready(f"http://127.0.0.1:{port}/", START_S)
        yield f"http://127.0.0.1:{port}/"
