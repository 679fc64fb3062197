"""What an agent sends is text to read, in both UIs: it never acts, links nowhere by itself and fetches nothing."""

import json
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, ConsoleMessage, expect

from backend.present.words.run import NOTICES
from tests.ui.hostile_scenario import hostile_text
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished

pytestmark = [pytest.mark.browser, pytest.mark.server]

UNSAFE_LINKS = """
() => [...document.querySelectorAll('a[href], area[href], [src], form[action], use')]
  .filter((e) => /^(javascript|vbscript|data:text|file|blob):?/i.test(e.getAttribute('href') ?? ''))
  .map((e) => e.outerHTML)
"""
ATTACKS = "img[src='x'], body [onerror], body [onload], svg script, .ph iframe, .ph object, .ph embed"
ACTIVE = "img, iframe, object, embed, form, math, script, [onclick], [onerror], [onload], [onmouseover], [onfocus]"


@pytest.mark.parametrize("place", ["", "replay"])
async def test_hostile_text_is_inert(reader: Reader, backend: httpx2.Client, place: str) -> None:
    run_id = await finished(backend, "scripted:hostile", hostile_text())
    await reader.open(run_id, place=place)
    if place == "replay":
        # It opens before the first event.
        await reader.expect_moment()
        await reader.strip.press("End")
    await expect(reader.page.locator(".ph-source").first).to_be_visible()
    await reader.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    await reader.page.evaluate(
        "document.querySelectorAll('.ph, .ph *').forEach((e) => { e.dispatchEvent(new Event('mouseover')); })"
    )
    await reader.page.locator("a.ph-marker").first.hover()
    await expect(reader.page.get_by_role("tooltip")).to_contain_text("<script>")
    for source in await reader.page.locator(".ph-source").all():
        await source.locator(".ph-source-number").click()
    assert await reader.page.evaluate("window.attacked") is None
    assert await reader.page.evaluate(UNSAFE_LINKS) == []
    assert await reader.page.locator(f".ph :is({ACTIVE})").count() == 0


async def planted(backend: httpx2.Client) -> dict[str, str]:
    """Two runs with active content in every field that a person may write; gives the address of each page of them."""
    text = hostile_text()[:180]
    name = "<img src=x onerror=window.attacked=1>.txt"
    file = backend.post("/v1/files", files={"file": (name, b"The revenue was 35.1 bn.")}).json()["file_id"]
    body = {"question": f"{text} What was the revenue?", "agent": "documents", "attachments": [file]}
    first = backend.post("/v1/runs", json=body).json()
    second = await finished(backend, "scripted:hostile", text)
    for run_id in (first["run_id"], second):
        backend.get(f"/v1/runs/{run_id}/events")
        comment = backend.post(f"/v1/runs/{run_id}/feedback", json={"thumb": "down", "comment": text})
        assert comment.status_code == 201, comment.text
        session = backend.get(f"/v1/runs/{run_id}").json()["session_id"]
        assert backend.patch(f"/v1/sessions/{session}", json={"title": text}).status_code == 200
    share = backend.post(f"/v1/runs/{first['run_id']}/share").json()["share_id"]
    return {
        "Ask": f"?run={first['run_id']}",
        "History": f"history?run={first['run_id']}",
        "Compare": f"compare?a={first['run_id']}&b={second}",
        "share": f"?share={share}",
    }


async def test_what_people_wrote_is_inert_on_every_page(reader: Reader, backend: httpx2.Client, ui_url: str) -> None:
    for page, address in (await planted(backend)).items():
        await reader.page.goto(f"{ui_url.rstrip('/')}/{address}")
        await expect(reader.page.get_by_text("onerror").first).to_be_attached(timeout=DEADLINE_MS)
        assert await reader.page.evaluate("window.attacked") is None, page
        assert await reader.page.evaluate(UNSAFE_LINKS) == [], page
        assert await reader.page.locator(ATTACKS).count() == 0, page


INJECTED = """
async () => {
  const put = document.createElement('div');
  put.innerHTML = '<img src="data:x" onerror="window.attacked = 1"><a id="ph-bait" onclick="window.attacked = 2">x</a>';
  document.body.append(put);
  put.querySelector('a').click();
  const script = document.createElement('script');
  script.textContent = 'window.attacked = 3';
  document.body.append(script);
  const sent = await fetch('http://127.0.0.1:9/', {mode: 'no-cors'}).then(() => 'sent', (error) => error.name);
  return [window.attacked ?? null, sent];
}
"""
"""What somebody might do who had found a way to put HTML into the page."""


@pytest.mark.parametrize("place", ["", "replay", "compare", "history"])
async def test_what_is_put_into_a_page_neither_runs_nor_sends_anything_away(
    reader: Reader, browser: Browser, place: str
) -> None:
    # A browser of its own: that of other tests has Playwright's scripts evaluated, which the policy forbids.
    context = await browser.new_context()
    page = await context.new_page()
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    page.on("console", note)
    await page.goto(f"{reader.url}{place}")
    await expect(page.get_by_role("link", name="History", exact=True).filter(visible=True).first).to_be_visible(
        timeout=DEADLINE_MS
    )
    assert refused == [], "nothing that the page does itself"
    assert await page.evaluate(INJECTED) == [None, "TypeError"]
    assert len(refused) >= 3
    await context.close()


async def test_a_recording_with_hostile_names_is_inert(reader: Reader, backend: httpx2.Client, tmp_path: Path) -> None:
    text = hostile_text()[:180]
    run_id = await finished(backend, "scripted:hostile", text)
    header, _, events = backend.get(f"/v1/runs/{run_id}/recording").content.partition(b"\n")
    named = {**json.loads(header), "question": text, "agent": text, "run_id": text, "session_id": text}
    refused = NOTICES["invalid_recording"][0]
    damaged = b"\n".join((header, text.encode(), events))
    files = ((json.dumps(named).encode() + b"\n" + events, "onerror"), (text.encode(), refused), (damaged, refused))
    for number, (content, said) in enumerate(files):
        file = tmp_path / f"<img src=x onerror=window.attacked={number}>.jsonl"
        file.write_bytes(content)
        await reader.open(place="replay")
        await reader.page.locator("input[type=file]").first.set_input_files(file)
        shown = reader.page.get_by_text(said).filter(visible=True)
        await expect(shown.first).to_be_visible(timeout=DEADLINE_MS)
        assert await reader.page.evaluate("window.attacked") is None
        assert await reader.page.locator(ATTACKS).count() == 0
