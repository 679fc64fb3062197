"""The strip under load: 200 events a second for a minute, 40 steps, 100 citations."""

import asyncio
from math import ceil
from typing import Any

import yaml

from backend.present.words import run as words
from evals.pages.frames import watch
from scripts.checks.stage import Finding, Stage
from tests.ui.delays import frames_shown, measured, token_arrivals

AGENT = "Strip under load"
STEPS, CITATIONS, TOKENS = 40, 100, 11_800
LONGEST_MS = 240_000
WORDS_A_PARAGRAPH = 50

WATCH_FRAMES = """
() => {
  const seen = window.phFrames = {gaps: [], long: [], largest: 0, nodes: 0};
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({type: 'longtask'});
  let last = performance.now();
  const frame = (now) => {
    seen.gaps.push(now - last);
    last = now;
    if (seen.gaps.length % 30 === 0) {
      const strip = document.querySelector('.ph-strip-run');
      seen.nodes = Math.max(seen.nodes, strip?.querySelectorAll('*').length ?? 0);
      seen.largest = Math.max(seen.largest, strip?.dataset.phModel?.length ?? 0);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""


def scenario() -> str:
    """The run: a paragraph after each step, some citations between."""
    paragraph = " ".join(["word"] * WORDS_A_PARAGRAPH)
    paragraphs = TOKENS // WORDS_A_PARAGRAPH
    timeline: list[dict[str, Any]] = []
    cited = 0
    for number in range(paragraphs):
        if number * STEPS // paragraphs != (number - 1) * STEPS // paragraphs:
            timeline.append({"step": "running_tool", "tool": {"name": f"tool_{number}"}, "lasts": 0.02})
        while cited < CITATIONS and cited * paragraphs <= number * CITATIONS:
            cited += 1
            timeline.append({"cite": cited, "title": f"Source {cited}", "source": "a check"})
        timeline.append({"say": paragraph + "\n\n"})
    head = {"title": AGENT, "description": "For checking the strip.", "question": "How fast?", "rate": 200}
    return yaml.safe_dump({**head, "timeline": timeline}, sort_keys=False)


def percentile(values: list[float], share: float) -> float:
    """Nearest rank; 0 without values."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


async def _cpu_share(stage: Stage, at_s: float) -> float:
    """The share of a core that the UI's process takes for five seconds, from then on."""
    await asyncio.sleep(at_s)
    before = stage.ui_cpu_s()
    await asyncio.sleep(5)
    return (stage.ui_cpu_s() - before) / 5


async def check(stage: Stage) -> list[Finding]:
    """One run in one page, at 1280x720."""
    async with stage.reader() as reader:
        page = reader.page
        await reader.open()
        await watch(page)
        await reader.choose_agent(AGENT)
        await page.evaluate(WATCH_FRAMES)
        await reader.ask("How fast is this drawn?")
        following = asyncio.create_task(token_arrivals(stage.backend_url, await reader.run_id()))
        early = asyncio.create_task(_cpu_share(stage, 3))
        late = asyncio.create_task(_cpu_share(stage, 52))
        await reader.expect_status(words.OUTCOME_WORDS["completed"], within_ms=LONGEST_MS)
        seen = await page.evaluate("window.phFrames")
        result = measured(await following, await frames_shown(page))
        first, last = await early, await late
    delay, gap, longest = result.percentile(0.95), percentile(seen["gaps"], 0.95), max(seen["long"], default=0.0)
    ratio = last / max(first, 0.001)
    return [
        Finding("strip: render delay p95", f"{delay:.0f} ms", "<= 130 ms", delay <= 130),
        Finding("strip: animation frames p95", f"{gap:.1f} ms", "<= 25 ms", gap <= 25),
        Finding("strip: longest task of the page", f"{longest:.0f} ms, {len(seen['long'])} above 50 ms"),
        Finding("strip: nodes", str(seen["nodes"]), "<= 600", 0 < seen["nodes"] <= 600),
        Finding("strip: bytes of the model", f"{seen['largest']:,}", "<= 4,000", 0 < seen["largest"] <= 4000),
        Finding(
            "strip: CPU of the UI, 52nd to 57th second against 3rd to 8th",
            f"{last:.0%} against {first:.0%}: {ratio:.2f} x", "<= 1.3 x", ratio <= 1.3,
        ),
    ]  # fmt: skip
