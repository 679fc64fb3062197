"""The product as a user has it, for the scripts that take pictures of it."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from backend.launch.server import LocalServer

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
START_S = 120.0


@dataclass(frozen=True, slots=True)
class Product:
    """The addresses of its parts, and a browser to look at them. A UI that was not asked for has no address."""

    backend: str
    uis: dict[str, str]
    browser: Browser


@contextmanager
def running_product(*modules: str) -> Iterator[Product]:
    """A backend with data of its own, those UIs (``ui_gradio``, ``ui_streamlit``), and Chromium, while inside."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium: run scripts/ensure-browser first.")
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        backend = stack.enter_context(LocalServer(data / "data")).url
        uis = {module: _serve(stack, module, backend) for module in modules}
        playwright = stack.enter_context(sync_playwright())
        yield Product(backend, uis, playwright.chromium.launch(executable_path=chromium, args=FLAGS))


def _serve(stack: ExitStack, module: str, backend: str) -> str:
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--backend", backend]
    process = stack.enter_context(ChildProcess(module, command))
    process.wait_until_ready(f"http://127.0.0.1:{port}/", START_S)
    return f"http://127.0.0.1:{port}/"
