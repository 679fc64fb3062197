"""Make the README's animation anew: `make animation`. A question is asked and answered, then the run is scrubbed.

One run in one page, taken as it happens: a picture is taken as often as the browser allows, and shown in the animation
as long as it was the newest. Pictures that show nothing new are left out.
"""

import io
import time
from itertools import pairwise
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from backend.present.words import replay as words_replay, run as words
from evals.pages.visitor import FIRST_SCREEN
from scripts.product import running_product

FILE = Path(__file__).resolve().parent.parent / "docs" / "playhead.webp"
WINDOW = ViewportSize(width=1280, height=720)
WIDTH = 960
"""Of the animation, in pixels."""

DEADLINE_MS = 60_000.0
SHORTEST_MS = 60
LAST_MS = 2_500
"""How long the last picture stands before it begins again."""

SCRUBS = 28


class Film:
    """Pictures of one page, each with the time at which it was taken."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._pictures: list[tuple[float, Image.Image]] = []

    def take(self) -> None:
        """Take one, unless it shows what the last one showed."""
        at = time.monotonic()
        content = self._page.screenshot(type="png")
        picture = Image.open(io.BytesIO(content)).convert("RGB")
        height = round(picture.height * WIDTH / picture.width)
        picture = picture.resize((WIDTH, height), Image.Resampling.LANCZOS)
        if not self._pictures or self._pictures[-1][1].tobytes() != picture.tobytes():
            self._pictures.append((at, picture))

    def save(self, file: Path) -> None:
        """Write the animation. It begins again at its end."""
        times = [at for at, _ in self._pictures]
        lasts = [max(SHORTEST_MS, round(1000 * (after - at))) for at, after in pairwise(times)]
        first, *others = (picture for _, picture in self._pictures)
        first.save(
            file, save_all=True, append_images=others, duration=[*lasts, LAST_MS], loop=0, quality=60, method=4,
            minimize_size=True,
        )  # fmt: skip


def main() -> None:
    """Play the whole scene in the Gradio page."""
    with running_product("ui_gradio") as product:
        page = product.browser.new_page(viewport=WINDOW)
        url = product.uis["ui_gradio"]
        page.goto(url)
        film = Film(page)
        _ask(page, film)
        _scrub(page, film)
        film.save(FILE)


def _ask(page: Page, film: Film) -> None:
    question = page.get_by_label(words.QUESTION_LABEL).first
    expect(page.locator(FIRST_SCREEN).first).to_be_visible(timeout=DEADLINE_MS)
    page.get_by_role("combobox", name=words.AGENT_LABEL).first.click()
    page.get_by_role("option", name="Happy path", exact=True).click()
    film.take()
    for begun in range(8, len(words.EXAMPLE_QUESTIONS[0]) + 8, 8):
        question.fill(words.EXAMPLE_QUESTIONS[0][:begun])
        film.take()
    page.get_by_role("button", name=words.ASK, exact=True).click()
    completed = page.get_by_text(words.OUTCOME_WORDS["completed"], exact=True).first
    until = time.monotonic() + DEADLINE_MS / 1000
    while not completed.is_visible() and time.monotonic() < until:
        film.take()
    marker = page.locator("a.ph-marker").first
    marker.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    film.take()


def _scrub(page: Page, film: Film) -> None:
    page.mouse.move(0, 0)
    page.get_by_role("link", name="Open in Replay").first.click()
    slider = page.get_by_role("slider", name=words_replay.SCRUBBER_LABEL).first
    expect(slider).to_be_visible(timeout=DEADLINE_MS)
    expect(slider.locator(".ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)
    film.take()
    across = slider.locator(".ph-strip-overlay").bounding_box() or {"x": 0.0, "y": 0.0, "width": 0.0}
    clock = page.locator(".ph-moment-clock")
    for step in range(1, SCRUBS + 1):
        before = clock.inner_text()
        page.mouse.click(across["x"] + (across["width"] - 1) * step / SCRUBS, across["y"] + 30)
        expect(clock).not_to_have_text(before, timeout=DEADLINE_MS)
        film.take()


if __name__ == "__main__":
    main()
