"""What a check has at hand: one UI in its own process, its backend, and a browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from playwright.async_api import Browser, ViewportSize

from tests.ui.reader import Reader

WINDOW = ViewportSize(width=1280, height=720)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found by one question to one UI. ``goal`` is in the words of a reader; ``met`` is None for a figure
    without a goal."""

    about: str
    found: str
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A UI (``ui_gradio`` or ``ui_streamlit``) at ``url``, and the backend behind it."""

    name: str
    url: str
    backend_url: str
    browser: Browser

    @asynccontextmanager
    async def reader(self, window: ViewportSize = WINDOW) -> AsyncIterator[Reader]:
        """Somebody in a fresh browser."""
        context = await self.browser.new_context(viewport=window, bypass_csp=True)
        try:
            yield Reader(await context.new_page(), self.url)
        finally:
            await context.close()

    @asynccontextmanager
    async def backend(self) -> AsyncIterator[httpx2.Client]:
        """The backend behind the page."""
        with httpx2.Client(base_url=self.backend_url, timeout=120.0, trust_env=False) as client:
            yield client

    def ui_cpu_s(self) -> float:
        """CPU seconds of the UI's process so far, user and system. Linux only."""
        port = self.url.rstrip("/").rpartition(":")[2]
        wanted = [b"-m", self.name.encode(), b"--port", port.encode()]
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    words = (folder / "cmdline").read_bytes().split(b"\0")
                    fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
                except OSError:
                    continue
                # The guard above the UI has the same words behind its own.
                if words[1:5] == wanted:
                    return (int(fields[11]) + int(fields[12])) / 100
        raise RuntimeError(f"The process of {self.name} was not found.")
