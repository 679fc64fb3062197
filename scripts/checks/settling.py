"""From the first paint of a page until nothing that shows changes any more: how long, and what moves; and from Enter to
the first status."""

import statistics
import time
from typing import Any

from playwright.async_api import expect

from backend.present.words import run as words
from scripts.checks.stage import Finding, Stage
from tests.ui.reader import DEADLINE_MS
from tests.ui.runs import finished

QUESTIONS = 7
IDLE_MS = 1000

WATCH = """
() => {
  const named = ['.ph-bar', 'nav', 'h1', '#ph-conversation, .st-key-ph-conversation', '#ph-reading, .st-key-ph-reading',
    '#ph-composer, .st-key-ph-composer', '#ph-evidence, .st-key-ph-evidence', '#ph-welcome, .st-key-ph-welcome',
    '.ph-strip-run', '.ph-status-text', '.ph-question', '.ph-card'];
  const seen = window.phSettling = {shifts: 0, moved: {}, last: 0, first: {}};
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shifts += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  const seeing = {opacityProperty: true, visibilityProperty: true};
  const look = () => {
    for (const css of named) {
      const found = [...document.querySelectorAll(css)].find((e) => e.checkVisibility?.(seeing));
      if (!found) continue;
      const box = found.getBoundingClientRect();
      if (!box.width || !box.height) continue;
      const at = [box.left, box.top];
      if (!(css in seen.first)) seen.last = performance.now();
      const was = seen.first[css] ??= at;
      const away = Math.max(Math.abs(at[0] - was[0]), Math.abs(at[1] - was[1]));
      if (away > (seen.moved[css] ?? 0)) seen.moved[css] = away;
    }
    requestAnimationFrame(look);
  };
  const start = () => {
    const shows = (node) => (node.nodeType === 1 ? node : node.parentElement)?.checkVisibility?.(seeing);
    const note = (changes) => { if (changes.some((change) => shows(change.target))) seen.last = performance.now(); };
    new MutationObserver(note)
      .observe(document.documentElement, {childList: true, subtree: true, characterData: true});
    look();
  };
  document.documentElement ? start() : addEventListener('DOMContentLoaded', start);
}
"""

SETTLED = (
    "() => { const seen = window.phSettling; return seen && Object.keys(seen.first).length"
    f" && performance.now() - seen.last > {IDLE_MS}; }}"
)


async def check(stage: Stage) -> list[Finding]:
    """Every page with a run, in a browser that has been there before; then some questions."""
    findings = []
    async with stage.backend() as backend:
        run_id = await finished(backend, "scripted:happy_path", "What settles?")
        other = await finished(backend, "scripted:late_citation", "What settles?")
    addresses = {
        "Ask": "", "Ask with a run": f"?run={run_id}", "Replay": f"replay?run={run_id}",
        "Compare": f"compare?a={run_id}&b={other}", "History": "history",
    }  # fmt: skip
    for name, address in addresses.items():
        findings += await _page(stage, name, address)
    findings.append(await _first_status(stage))
    return findings


async def _page(stage: Stage, name: str, address: str) -> list[Finding]:
    async with stage.reader() as reader:
        page = reader.page
        await page.goto(stage.url + address)
        await page.wait_for_load_state("networkidle")
        await page.add_init_script(f"({WATCH})()")
        await page.goto(stage.url + address)
        await page.wait_for_function(SETTLED, timeout=DEADLINE_MS)
        seen: dict[str, Any] = await page.evaluate("window.phSettling")
    moved = {css.split(",")[0]: round(px) for css, px in seen["moved"].items() if px > 4}
    settled_s = seen["last"] / 1000
    what = ", ".join(f"{css} {px} px" for css, px in moved.items()) or "nothing"
    return [
        Finding(f"{name}: settled after", f"{settled_s:.1f} s", "< 2 s", settled_s < 2),
        Finding(
            f"{name}: moved by more than 4 px", f"{what} (layout shift {seen['shifts']:.3f})", "nothing", not moved
        ),
    ]


async def _first_status(stage: Stage) -> Finding:
    took = []
    async with stage.reader() as reader:
        page = reader.page
        await reader.open()
        await reader.choose_agent("Brief")
        field = page.get_by_label(words.QUESTION_LABEL).first
        for number in range(QUESTIONS):
            await field.fill(f"What is brief, {number}?")
            await page.evaluate(
                "() => { window.phStatus = null; const look = () => {"
                " const text = [...document.querySelectorAll('.ph-status-text')].at(-1)?.innerText ?? '';"
                " if (text && !/Completed|Ready/.test(text)) window.phStatus = performance.now();"
                " else requestAnimationFrame(look); };"
                " addEventListener('keydown', () => { window.phEnter = performance.now(); look(); },"
                " {once: true, capture: true}); }"
            )
            before = time.monotonic()
            await field.press("Enter")
            await page.wait_for_function("() => window.phStatus", timeout=DEADLINE_MS)
            took.append(await page.evaluate("window.phStatus - window.phEnter"))
            await expect(page.locator(".ph-status-text").last).to_have_text(
                words.OUTCOME_WORDS["completed"], timeout=DEADLINE_MS
            )
            await page.wait_for_timeout(max(0.0, 1500 - (time.monotonic() - before) * 1000))
    median = statistics.median(took)
    return Finding(
        "Enter to the first status, median", f"{median:.0f} ms of {len(took)} ({min(took):.0f} to {max(took):.0f})",
        "< 150 ms", median < 150,
    )  # fmt: skip
