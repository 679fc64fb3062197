"""A question of several lines, in either UI: what was pasted or broken by hand is what the backend gets."""

import httpx2
import pytest
from playwright.async_api import Locator, expect

from backend.present.theme.style import QUESTION_LINES
from backend.present.words import run as words
from tests.ui.reader import Reader
from tests.ui.runs import questions, run

pytestmark = [pytest.mark.browser, pytest.mark.server]

ENTER_OF_A_COMPOSITION = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}


TALLER = "([field, than]) => field.getBoundingClientRect().height > than"


def field_of(reader: Reader) -> Locator:
    return reader.page.get_by_label(words.QUESTION_LABEL).filter(visible=True).first


async def test_enter_asks_and_shift_enter_breaks_the_line(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    await reader.choose_agent("Brief")
    field, keyboard = field_of(reader), reader.page.keyboard
    low = await field.bounding_box()
    await field.focus()
    await keyboard.type("line one")
    await keyboard.press("Shift+Enter")
    await keyboard.type("  line two")
    await expect(field).to_have_value("line one\n  line two")
    # The field grows with its lines, which a framework may do after it has the text.
    assert low is not None
    await reader.page.wait_for_function(TALLER, arg=[await field.element_handle(), low["height"]])
    await keyboard.press("Enter")
    await reader.expect_status("Completed")
    assert run(backend, await reader.run_id())["question"] == "line one\n  line two"
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()
    shown = reader.page.locator(".ph-question")
    assert await shown.inner_text() == "line one\n  line two"


async def test_pasted_line_breaks_are_kept(reader: Reader, backend: httpx2.Client) -> None:
    await reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await reader.open()
    await reader.choose_agent("Brief")
    pasted = "line one\nline two\n\n" + "\n".join(f"line {number}" for number in range(4, 3 * QUESTION_LINES))
    await reader.page.evaluate("(text) => navigator.clipboard.writeText(text)", pasted)
    field = field_of(reader)
    await field.focus()
    await reader.page.keyboard.press("ControlOrMeta+v")
    await expect(field).to_have_value(pasted)
    assert await field.evaluate("(field) => field.scrollHeight > 2 * field.clientHeight"), "it scrolls after some lines"
    assert await reader.page.evaluate("document.documentElement.scrollHeight") <= 720
    await reader.press(words.ASK)
    await reader.expect_status("Completed")
    assert run(backend, await reader.run_id())["question"] == pasted


async def test_enter_that_ends_a_composition_sends_nothing(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    await reader.choose_agent("Brief")
    before = len(questions(backend, "日本"))
    field = field_of(reader)
    await field.focus()
    cdp = await reader.page.context.new_cdp_session(reader.page)
    await cdp.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    await cdp.send("Input.dispatchKeyEvent", ENTER_OF_A_COMPOSITION)
    await cdp.send("Input.insertText", {"text": "日本"})
    await expect(field).to_have_value("日本")
    await reader.page.keyboard.type("?")
    await reader.page.keyboard.press("Enter")
    await reader.expect_status("Completed")
    assert run(backend, await reader.run_id())["question"] == "日本?"
    await expect(reader.page.locator(".ph-question")).to_have_text("日本?")
    assert len(questions(backend, "日本")) == before + 1, "and nothing else was asked"
