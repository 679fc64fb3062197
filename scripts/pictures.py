"""Take the pictures of the README anew: `make pictures`. Needs Chromium, as the browser tests do.

Four pages in each UI, Gradio in the light and Streamlit in the dark; and the head of a report.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize, expect

from backend.client.background import Background
from backend.client.run_client import RunClient
from backend.present.words import pages as words_pages, run as words
from scripts.product import Product, running_product

FOLDER = Path(__file__).resolve().parent.parent / "docs"
WINDOW = ViewportSize(width=1280, height=720)
DEADLINE_MS = 60_000.0
SCHEMES: dict[str, Literal["light", "dark"]] = {"gradio": "light", "streamlit": "dark"}


def main() -> None:
    """Start the product as a user would, and take each picture at its moment."""
    FOLDER.mkdir(exist_ok=True)
    with running_product("ui_gradio", "ui_streamlit") as product:
        first, second = _two_runs(product.backend)
        for name, scheme in SCHEMES.items():
            url = product.uis[f"ui_{name}"]
            page = product.browser.new_page(viewport=WINDOW, color_scheme=scheme)
            _ask(page, url)
            _take(page, name)
            page.goto(f"{url}replay?run={first}&t=3200")
            expect(page.locator(".ph-moment")).to_be_visible(timeout=DEADLINE_MS)
            _take(page, f"{name}-replay")
            page.goto(f"{url}compare?a={first}&b={second}")
            expect(page.locator(".ph-first-to-move")).to_be_visible(timeout=DEADLINE_MS)
            _take(page, f"{name}-compare")
            page.goto(f"{url}history")
            page.locator("button, label").filter(has_text=words.EXAMPLE_QUESTIONS[1]).first.click(timeout=DEADLINE_MS)
            expect(page.get_by_role("link", name=words_pages.OPEN_IN_REPLAY).first).to_be_visible(timeout=DEADLINE_MS)
            expect(page.get_by_role("button", name=words_pages.SAVE_RECORDING)).to_be_visible(timeout=DEADLINE_MS)
            _take(page, f"{name}-history", strip=False)
            page.close()
        _take_report(product)


def _take_report(product: Product) -> None:
    """The head of the report that the bundled suite ``demo`` gives."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "backend.cli", "eval", "demo", "--url", product.backend, "--out", folder]
        # The exit code is the verdict, which a busy machine leaves open.
        subprocess.run(command, check=False, timeout=DEADLINE_MS / 100)
        page = product.browser.new_page(viewport=WINDOW, color_scheme="light")
        page.goto((Path(folder) / "report.html").as_uri())
        _take(page, "report", strip=False)
        page.close()


def _two_runs(backend: str) -> tuple[str, str]:
    """The same question with status events and without them, at their own pace."""
    client, background = RunClient(backend), Background.shared()
    first, second = (
        background.call(
            client.start_run(words.EXAMPLE_QUESTIONS[1], "scripted:happy_path", options={"status_events": wanted})
        ).run_id
        for wanted in (True, False)
    )
    for run_id in (first, second):
        for _ in background.iterate(client.frames(run_id)):
            pass
    return first, second


def _ask(page: Page, url: str) -> None:
    """The example question, answered from the bundled filings."""
    page.goto(url)
    page.get_by_role("button", name=re.compile(re.escape(words.EXAMPLE_QUESTIONS[0]))).first.click(timeout=DEADLINE_MS)
    expect(page.locator(".ph-status-text")).to_have_text(words.OUTCOME_WORDS["completed"], timeout=DEADLINE_MS)


def _take(page: Page, name: str, *, strip: bool = True) -> None:
    if strip:
        expect(page.locator(".ph-strip-run .ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)
    page.mouse.move(0, 0)
    # Not with animations disabled: that would end them, and a duration that counts on would read 3600 s.
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
