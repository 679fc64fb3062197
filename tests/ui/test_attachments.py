"""Files attached to a question in either UI, by keyboard and in a narrow window too."""

import asyncio
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import FileChooser, Locator, expect

from backend.present.words import files as words, run as words_run
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import run

pytestmark = [pytest.mark.browser, pytest.mark.server]

LEASE = "The monthly rent of the flat in Elm Street is 1,250 euros.\n"
PRESSED_AGAIN_S = 3.0
QUESTION = "What is the monthly rent of the flat in Elm Street?"


def attach_button(reader: Reader) -> Locator:
    return reader.page.get_by_role("button", name=words.ATTACH, exact=True).filter(visible=True)


async def choose(reader: Reader, *paths: Path) -> None:
    """Choose files with the keyboard as far as pages have a say in it: the dialog is the browser's."""
    field = reader.page.locator("input[type=file]")
    if "streamlit" in await reader.page.content():
        await attach_button(reader).first.focus()
        await reader.page.keyboard.press("Enter")
        await field.first.set_input_files(paths)
    else:
        await (await _file_chooser(reader)).set_files(paths)


async def _file_chooser(reader: Reader) -> FileChooser:
    """The browser's dialog, opened by Enter. Gradio may draw the button anew while the page loads: the focus is lost
    then, and a person presses again."""
    opened: asyncio.Future[FileChooser] = asyncio.get_running_loop().create_future()

    def take(chooser: FileChooser) -> None:
        opened.set_result(chooser)

    reader.page.once("filechooser", take)
    deadline = asyncio.get_running_loop().time() + DEADLINE_MS / 1000
    while not opened.done() and asyncio.get_running_loop().time() < deadline:
        await attach_button(reader).first.focus()
        await reader.page.keyboard.press("Enter")
        await asyncio.wait([opened], timeout=PRESSED_AGAIN_S)
    assert opened.done(), "Enter on the button opened no dialog"
    return opened.result()


async def test_files_are_attached_taken_out_refused_and_read(
    reader: Reader, backend: httpx2.Client, tmp_path: Path
) -> None:
    lease, other, fake = tmp_path / "lease.txt", tmp_path / "other.md", tmp_path / "fake.pdf"
    lease.write_text(LEASE, encoding="utf-8")
    other.write_text("# Other\n\nNothing of it.\n", encoding="utf-8")
    fake.write_text("no PDF", encoding="utf-8")
    await reader.page.set_viewport_size({"width": 400, "height": 720})
    await reader.open()
    await expect(attach_button(reader)).to_have_count(1, timeout=DEADLINE_MS)
    await choose(reader, lease, other, fake)
    files = reader.page.get_by_role("button", name="✕").filter(visible=True)
    await expect(files).to_have_text(["✕ lease.txt · 59 bytes", "✕ other.md · 24 bytes"], timeout=DEADLINE_MS)
    await expect(reader.page.get_by_role("alert").filter(has_text="fake.pdf is not a PDF")).to_be_visible()
    assert await reader.page.evaluate("document.documentElement.scrollWidth") <= 400
    await files.nth(1).focus()
    await reader.page.keyboard.press("Enter")
    await expect(files).to_have_text(["✕ lease.txt · 59 bytes"], timeout=DEADLINE_MS)
    await reader.page.get_by_label(words_run.QUESTION_LABEL).filter(visible=True).first.fill(QUESTION)
    await reader.press(words_run.ASK)
    await reader.expect_status("Completed")
    await expect(files).to_have_count(0)
    await expect(reader.page.locator(".ph-attached")).to_contain_text("lease.txt")
    await reader.expect_text("1,250 euros")
    run_id = await reader.run_id()
    assert [file["name"] for file in run(backend, run_id)["attachments"]] == ["lease.txt"]
    await reader.open(run_id)
    await expect(reader.page.locator(".ph-attached")).to_contain_text("lease.txt", timeout=DEADLINE_MS)


async def test_the_button_is_there_only_where_the_agent_takes_files(reader: Reader) -> None:
    await reader.open()
    await expect(attach_button(reader)).to_have_count(1, timeout=DEADLINE_MS)
    await reader.choose_agent("Brief")
    await expect(attach_button(reader)).to_have_count(0, timeout=DEADLINE_MS)
