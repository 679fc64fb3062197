"""Take the pictures of the README anew: `make pictures`. Needs Chromium, as the browser tests do."""

import re
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from backend.launch.server import LocalServer
from backend.present import words

FOLDER = Path(__file__).resolve().parent.parent / "docs"
WINDOW = ViewportSize(width=1280, height=720)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
START_S = 120.0
DEADLINE_MS = 30_000.0


def main() -> None:
    """Start the product as a user would, and take each picture at its moment."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium: run scripts/ensure-browser first.")
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        backend = stack.enter_context(LocalServer(data / "data")).url
        gradio, streamlit = (_serve(stack, name, backend) for name in ("ui_gradio", "ui_streamlit"))
        browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=chromium, args=FLAGS)
        _answered(browser.new_page(viewport=WINDOW), gradio, "gradio.png")
        _under_way(browser.new_page(viewport=WINDOW, color_scheme="dark"), streamlit, "streamlit.png")


def _serve(stack: ExitStack, module: str, backend: str) -> str:
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--backend", backend]
    process = stack.enter_context(ChildProcess(module, command))
    process.wait_until_ready(f"http://127.0.0.1:{port}/", START_S)
    return f"http://127.0.0.1:{port}/"


def _answered(page: Page, url: str, name: str) -> None:
    """The example question, answered from the bundled filings."""
    page.goto(url)
    page.get_by_role("button", name=words.EXAMPLE_QUESTIONS[0]).click()
    expect(page.locator(".ph-status-text")).to_have_text("Completed", timeout=DEADLINE_MS)
    expect(page.locator(".js-plotly-plot svg.main-svg").first).to_be_visible(timeout=DEADLINE_MS)
    page.mouse.move(0, 0)
    page.screenshot(path=FOLDER / name, animations="disabled")


def _under_way(page: Page, url: str, name: str) -> None:
    """A scenario in the middle of its answer."""
    page.goto(url)
    page.get_by_role("combobox", name=re.compile(words.AGENT_LABEL)).click(timeout=DEADLINE_MS)
    page.get_by_role("option", name="Happy path", exact=True).click()
    page.get_by_label(words.QUESTION_LABEL).first.fill(words.EXAMPLE_QUESTIONS[0])
    page.get_by_role("button", name=words.ASK, exact=True).click()
    expect(page.locator("a.ph-marker").first).to_be_visible(timeout=DEADLINE_MS)
    page.screenshot(path=FOLDER / name)


if __name__ == "__main__":
    main()
