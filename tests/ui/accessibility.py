"""What axe-core finds on a page: https://github.com/dequelabs/axe-core, bundled by axe-playwright-python."""

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

SERIOUS = ("critical", "serious")


async def findings(page: Page) -> list[str]:
    """Critical and serious findings, one line each: rule, what it means, where."""
    # Animations would be caught half way, with colours that are on their way.
    await page.evaluate(
        "Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < 2000)"
        ".map(a => a.finished))"
    )
    results = await Axe().run(page)
    return [
        f"{violation['impact']}: {violation['id']}, {violation['help']}, at {node['target']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
