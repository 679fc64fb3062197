"""The page, animation frame by animation frame: a script in the page notes the one after every change.

For each that shows something new: its time (``performance.now()``, milliseconds of the browser's own monotonic clock),
the numbers of letters of the answer, of steps and of sources on the page, and whether the end of the answer is in view.
Letters alone are counted, since Markdown's signs, markers and numbers of lists come and go.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any

from playwright.async_api import Page, TimeoutError as PlaywrightTimeoutError

from backend.present.words import run as words

BRACKETS = 15
"""How often the two clocks are read one inside the other; the narrowest reading counts."""

NEAR_THE_END_PX = 40
"""The page's own script counts a reader as being at the end within this distance."""

PARTS_MS = 2_000
"""How long the rest of a page may take once it shows that the run has ended."""

_SHOWN = "(counts) => counts.every((count, place) => (window.phWatched.frames.at(-1)?.[place + 1] ?? 0) === count)"

_WATCH = r"""
([ask, near]) => {
  const watched = window.phWatched = {frames: [], click: null};
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button');
    if (button && button.innerText.trim() === ask) watched.click ??= event.timeStamp;
  }, true);
  let due = false, shown = '';
  const counted = new WeakMap();
  const count = (block) => {
    const text = block.textContent, known = counted.get(block);
    if (known && known.text === text) return known.letters;
    const letters = (text.match(/\p{L}/gu) || []).length;
    counted.set(block, {text, letters});
    return letters;
  };
  const frame = () => {
    due = false;
    const at = performance.now();
    const blocks = [...document.querySelectorAll('.ph-answer')];
    const letters = blocks.reduce((sum, block) => sum + count(block), 0);
    const steps = document.querySelectorAll('.ph-step').length;
    const sources = document.querySelectorAll('.ph-source').length;
    const now = `${letters} ${steps} ${sources}`;
    if (now === shown) return;
    shown = now;
    const box = document.querySelector('#ph-reading, .st-key-ph-reading')?.getBoundingClientRect();
    const last = blocks.at(-1)?.getBoundingClientRect();
    watched.frames.push([at, letters, steps, sources, !box || !last || last.bottom <= box.bottom + near]);
  };
  new MutationObserver(() => { if (!due) { due = true; requestAnimationFrame(frame); } })
    .observe(document.body, {childList: true, subtree: true, characterData: true});
}
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The contents of one animation frame. ``at_ms`` is on the page's clock; ``end_in_view``: whether a reader who
    follows sees the end of the answer."""

    at_ms: float
    letters: int
    steps: int
    sources: int
    end_in_view: bool


@dataclass(frozen=True, slots=True)
class PageClock:
    """The page's clock on the harness's: ``perf_counter_ns`` when ``performance.now()`` was 0.

    ``bracket_ms`` is the width within which the two were read: a paint is known to half of that.
    """

    zero_ns: int
    bracket_ms: float

    def ns(self, at_ms: float) -> int:
        """A moment of the page as a stamp of the harness."""
        return self.zero_ns + round(at_ms * 1e6)


async def watch(page: Page) -> None:
    """From now on note the click on Ask and the animation frames that show something new."""
    await page.evaluate(_WATCH, [words.ASK, NEAR_THE_END_PX])


async def wait_until_shown(page: Page, counts: Sequence[int]) -> None:
    """Wait until that many letters, steps and sources are on the page: its parts are not drawn all at once. Returns
    after ``PARTS_MS`` all the same."""
    with suppress(PlaywrightTimeoutError):
        await page.wait_for_function(_SHOWN, arg=list(counts), timeout=PARTS_MS)


async def read_clock(page: Page) -> PageClock:
    """Read the page's clock between two readings of the harness's, several times."""
    readings = []
    for _ in range(BRACKETS):
        before = perf_counter_ns()
        browser_ms = await page.evaluate("performance.now()")
        after = perf_counter_ns()
        readings.append((after - before, (before + after) // 2 - round(browser_ms * 1e6)))
    bracket_ns, zero_ns = min(readings)
    return PageClock(zero_ns, bracket_ns / 1e6)


async def read_frames(page: Page) -> tuple[float | None, list[Shown]]:
    """The time of the click on Ask (None: never), and the animation frames so far."""
    watched: dict[str, Any] = await page.evaluate("window.phWatched")
    return watched["click"], [Shown(*frame) for frame in watched["frames"]]
