"""400 pixels: navigation in view, nothing wider than the window, letters and targets large enough."""

from playwright.async_api import ViewportSize

from scripts.checks.stage import Finding, Stage
from tests.ui.reader import PLACES
from tests.ui.runs import finished
from tests.ui.test_workbench import NARROW


async def check(stage: Stage) -> list[Finding]:
    """Every page at 400x800, with a run in the history."""
    findings = []
    async with stage.backend() as backend:
        run_id = await finished(backend, "scripted:happy_path", "Is this narrow?")
    async with stage.reader(ViewportSize(width=400, height=800)) as reader:
        for place, title in PLACES.items():
            run = None if place in ("history", "compare") else run_id
            await reader.open(run, place=place)
            await reader.page.wait_for_load_state("networkidle")
            seen = await reader.page.evaluate(NARROW)
            links = 0
            for name in PLACES.values():
                link = reader.page.get_by_role("link", name=name, exact=True).filter(visible=True).first
                box = await link.bounding_box()
                links += box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 400 and box["y"] < 800
            fonts = min(seen["fonts"], default=16)
            met = (links, seen["wider"], seen["small"]) == (len(PLACES), 0, []) and fonts >= 16
            small = f", small targets: {'; '.join(seen['small'])}" if seen["small"] else ""
            findings.append(
                Finding(
                    f"400 px, {title}",
                    f"{links} links in view, {seen['wider']} px too wide, letters {fonts:g} px{small}",
                    "4 links, 0 px, 16 px, targets of 24 px",
                    met,
                )
            )
    return findings
