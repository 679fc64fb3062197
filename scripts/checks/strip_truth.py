"""The strip says the same wherever a run is met, by keys alone, and without colour."""

import re
from html import unescape
from pathlib import Path

from playwright.async_api import expect

from backend.present.offline_page.exports import exported
from backend.present.words import run as words
from scripts.checks.stage import Finding, Stage
from tests.ui.accessibility import findings as axe_findings
from tests.ui.reader import DEADLINE_MS
from tests.ui.runs import start
from tests.ui.test_run_strip import model_on_page

MOST_TABS = 80


async def check(stage: Stage, pictures: Path | None = None) -> list[Finding]:
    """One run, live, after a reload, in Replay and saved. Pictures without colour go to that folder."""
    async with stage.reader() as reader, stage.backend() as backend:
        page = reader.page
        run_id = start(backend, "scripted:late_citation", "Is it the same everywhere?")
        await reader.open(run_id)
        await reader.expect_status(words.OUTCOME_WORDS["completed"])
        models = [await model_on_page(reader)]
        await page.reload()
        models.append(await model_on_page(reader))
        await reader.open(run_id, place="replay")
        await reader.expect_moment()
        models.append(await model_on_page(reader))
        saved = exported("report", backend.get(f"/v1/runs/{run_id}/recording").content).content.decode()
        models += [unescape(text) for text in re.findall(r'data-ph-model="([^"]*)"', saved)]
        slider = reader.strip
        await reader.tab_to(slider)
        # The playhead may stand at the beginning already.
        await page.keyboard.press("Home")
        await expect(slider).to_have_attribute("aria-valuetext", re.compile("^0 ms of "), timeout=DEADLINE_MS)
        spoken = [await slider.get_attribute("aria-valuetext") or ""]
        for key in ("ArrowRight", "ArrowRight", "End"):
            before = await slider.get_attribute("aria-valuetext")
            await page.keyboard.press(key)
            await expect(slider).not_to_have_attribute("aria-valuetext", before or "", timeout=DEADLINE_MS)
            spoken.append(await slider.get_attribute("aria-valuetext") or "")
        bad = await axe_findings(page)
        if pictures is not None:
            await page.emulate_media(forced_colors="active")
            await page.screenshot(path=pictures / f"{stage.name}-forced-colours.png")
            await page.emulate_media(forced_colors="none")
            await page.add_style_tag(content="html {filter: grayscale(1) !important}")
            await page.screenshot(path=pictures / f"{stage.name}-grey.png")
    same = len(set(models)) == 1
    return [
        Finding("strip: models live, reloaded, replayed, saved", f"{len(models)}, equal: {same}", "4, equal",
                same and len(models) == 4),
        Finding("strip: keys alone", " | ".join(spoken), "each says a moment", all(" of " in text for text in spoken)),
        Finding("Replay: axe, critical and serious", "; ".join([str(len(bad)), *bad]), "0", not bad),
    ]  # fmt: skip
