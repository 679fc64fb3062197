"""An answer as models write them, in both UIs: a block of code is copied as it is written, formulas are drawn."""

import httpx2
import pytest
from playwright.async_api import expect

from tests.ui.reader import Reader
from tests.ui.runs import finished

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_code_is_copied_as_it_is_written_and_formulas_and_tables_are_drawn(
    reader: Reader, backend: httpx2.Client
) -> None:
    run_id = await finished(backend, "scripted:written")
    await reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await reader.open(run_id)
    block = reader.page.locator(".ph-code-block")
    code = await block.locator("code").text_content()
    assert code is not None
    assert code.startswith("def total(")
    await block.hover()
    await block.locator(".ph-code-copy").click()
    await reader.page.wait_for_function(
        "async (code) => (await navigator.clipboard.readText()) === code", arg=code.rstrip("\n")
    )
    formulas = reader.page.locator(".ph-formula math")
    await expect(formulas).to_have_count(2)
    assert (
        await formulas.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().width > 40)") == [True] * 2
    )
    await expect(reader.answer.get_by_role("cell", name="reads the file")).to_have_count(1)
    assert "**" not in await reader.answer_text()
