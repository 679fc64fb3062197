"""The question field: several lines, an input method, and a backend that does not answer."""

from playwright.async_api import expect

from backend.launch.ports import free_port
from backend.present.words import run as words
from evals.pages.page_target import served
from scripts.checks.stage import Finding, Stage
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import run

COMPOSING = """
(field) => field.dispatchEvent(new KeyboardEvent('keydown',
  {key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))
"""


async def check(stage: Stage) -> list[Finding]:
    """Type as people do."""
    return [*await _typed(stage), await _without_backend(stage)]


async def _typed(stage: Stage) -> list[Finding]:
    async with stage.reader() as reader, stage.backend() as backend:
        page = reader.page
        await reader.open()
        await reader.choose_agent("Brief")
        field = page.get_by_label(words.QUESTION_LABEL).first
        await field.click()
        await field.press_sequentially("a")
        await field.press("Shift+Enter")
        await field.press_sequentially("b")
        before = len(backend.get("/v1/runs").json()["runs"])
        await field.evaluate(COMPOSING)
        await page.wait_for_timeout(500)
        composing = len(backend.get("/v1/runs").json()["runs"]) - before
        await field.press("Enter")
        question = run(backend, await reader.run_id())["question"]
        await reader.expect_status(words.OUTCOME_WORDS["completed"])
    return [
        Finding("composer: a, Shift+Enter, b, Enter", repr(question), repr("a\nb"), question == "a\nb"),
        Finding("composer: Enter in an input method", f"{composing} runs", "0 runs", composing == 0),
    ]


async def _without_backend(stage: Stage) -> Finding:
    with served(stage.name, f"http://127.0.0.1:{free_port()}") as url:
        context = await stage.browser.new_context(bypass_csp=True)
        reader = Reader(await context.new_page(), url)
        await reader.page.goto(url)
        field = reader.page.get_by_label(words.QUESTION_LABEL).first
        await expect(field).to_be_visible(timeout=DEADLINE_MS)
        await field.fill("Is anybody there?")
        await field.press("Enter")
        error = reader.page.locator(".ph-error, .ph-status-error, [role=alert]").filter(visible=True).first
        await expect(error).to_be_visible(timeout=DEADLINE_MS)
        await reader.page.wait_for_timeout(1000)
        kept, said = await field.input_value(), " ".join((await error.inner_text()).split())
        await context.close()
    return Finding(
        "composer: without a backend", f"field {kept!r}; said {said!r}", "the question, and one sentence",
        kept == "Is anybody there?" and bool(said),
    )  # fmt: skip
