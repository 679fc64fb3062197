"""What axe-core finds on a page: https://github.com/dequelabs/axe-core, bundled by axe-playwright-python."""

from collections.abc import Sequence
from typing import Literal

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

SERIOUS = ("critical", "serious")
COLOUR_RULES = ("color-contrast", "link-in-text-block")
"""The rules of axe-core whose findings can differ between light and dark."""

NOTHING_MOVES = """
Promise.allSettled(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < 2000)
  .map(a => a.finished))
"""
"""Animations would be caught half way, with colours that are on their way. One whose element goes meanwhile has no
end."""

GROUND_IS = r"""
(scheme) => {
  const ground = [...document.querySelectorAll('.stApp, .gradio-container, body')]
    .map((element) => getComputedStyle(element).backgroundColor.match(/[\d.]+/g).map(Number))
    .find(([red, green, blue, alpha]) => alpha !== 0);
  return (ground[0] + ground[1] + ground[2] < 3 * 128) === (scheme === 'dark');
}
"""


async def findings(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Critical and serious findings, of all rules or of these only, one line each: rule, what it means, where."""
    await page.evaluate(NOTHING_MOVES)
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    results = await Axe().run(page, options=options)
    return [
        f"{violation['impact']}: {violation['id']}, {violation['help']}, at {node['target']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


async def findings_in_light_and_dark(page: Page) -> list[str]:
    """All findings on a page in light, and those of its colours once the person's system has turned dark."""
    found = await findings(page)
    await turn(page, "dark")
    found += [f"dark: {finding}" for finding in await findings(page, COLOUR_RULES)]
    await turn(page, "light")
    return found


async def turn(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Turn the person's system light or dark, and wait until the page has followed."""
    await page.emulate_media(color_scheme=scheme)
    await page.wait_for_function(GROUND_IS, arg=scheme)
