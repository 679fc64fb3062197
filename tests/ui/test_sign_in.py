"""Signing in at both UIs in a real browser: whose runs a person sees, what their role allows, and what a visitor of a
share reaches."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, Page, expect

from backend.access.tokens import TokenFile, new_secret
from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from backend.launch.server import serve_command
from backend.network.credentials import KEY_VARIABLE
from backend.present.words import (
    account as words_account,
    ask as words_ask,
    compare as words_compare,
    history as words_history,
    pages as words_pages,
    run as words,
)
from backend.protocol.roles import Role
from evals.pages.page_target import START_S
from tests.ui.reader import Reader
from tests.ui.runs import finished, start

pytestmark = [pytest.mark.browser, pytest.mark.server]

ROLES: tuple[Role, ...] = ("steer", "view", "host")


@dataclass(frozen=True)
class Guarded:
    """A backend with tokens by role, and a UI of it."""

    backend: str
    url: str
    tokens: dict[str, str]

    def client(self, role: str) -> httpx2.Client:
        """A program with the token of that role."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        return httpx2.Client(base_url=self.backend, timeout=START_S, headers=headers, trust_env=False)


@pytest.fixture(scope="module")
def guarded(ui_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder: Path = tmp_path_factory.mktemp("guarded")
    file = TokenFile(folder / "tokens.json")
    tokens: dict[str, str] = {role: file.add(role, role, "") for role in ROLES}
    key = {KEY_VARIABLE: new_secret()}
    backend_port, port = free_port(), free_port()
    backend, url = (f"http://127.0.0.1:{each}" for each in (backend_port, port))
    serve = serve_command(port=backend_port, data_dir=folder / "data", token_file=file.path)
    pages = [sys.executable, "-m", ui_name, "--port", str(port), "--backend", backend]
    with ChildProcess("backend", serve, env=key) as first, ChildProcess(ui_name, pages, env=key) as second:
        first.wait_until_ready(f"{backend}/readyz", START_S)
        second.wait_until_ready(f"{url}/sign-in", START_S)
        yield Guarded(backend, f"{url}/", tokens)


async def signed_in(browser: Browser, guarded: Guarded, role: str, place: str = "") -> Page:
    """A page of a person who has just signed in at that address."""
    page = await (await browser.new_context(bypass_csp=True)).new_page()
    await page.goto(guarded.url + place)
    await page.get_by_label("Your token").fill(guarded.tokens[role])
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("link", name="History", exact=True).filter(visible=True)).to_be_visible()
    return page


async def test_a_person_asks_and_finds_their_own_runs(browser: Browser, guarded: Guarded) -> None:
    with guarded.client("host") as host:
        start(host, "scripted:happy_path", "A question of the host's?")
    page = await signed_in(browser, guarded, "steer")
    reader = Reader(page, guarded.url)
    await reader.open_ask()
    await reader.ask("A question of one's own?")
    await expect(page.locator(".ph-answer").first).to_be_visible()
    with guarded.client("steer") as steerer:
        (run,) = steerer.get("/v1/runs").raise_for_status().json()["runs"]
    assert run["question"] == "A question of one's own?"
    await page.goto(f"{guarded.url}history")
    await expect(page.get_by_text("A question of one's own?").filter(visible=True).first).to_be_visible()
    await expect(page.get_by_text("A question of the host's?").filter(visible=True)).to_have_count(0)
    everything = await signed_in(browser, guarded, "host", "history")
    for text in ("A question of one's own?", "A question of the host's?"):
        await expect(everything.get_by_text(text).filter(visible=True).first).to_be_visible()
    # Whoever began a conversation may rename it; to delete and to share is a host's.
    for someone, is_host in ((reader, False), (Reader(everything, guarded.url), True)):
        await someone.select_run("A question of one's own?")
        await expect(someone.button(words_history.SAVE_NAME)).to_be_visible()
        for label in (words_history.DELETE_RUN, words_history.DELETE_CONVERSATION, words_pages.SHARE):
            await expect(someone.button(label)).to_have_count(int(is_host))
    for opened in (page, everything):
        await opened.context.close()


async def test_who_may_only_look_is_told_so(browser: Browser, guarded: Guarded) -> None:
    page = await signed_in(browser, guarded, "view")
    await expect(page.get_by_text(words_ask.OWN_RIGHTS["view"]).filter(visible=True).first).to_be_visible()
    reader = Reader(page, guarded.url)
    await expect(reader.button(words.ASK)).to_have_count(0)
    await page.goto(f"{guarded.url}compare")
    way = page.get_by_role("tab").or_(page.get_by_role("radio"))
    await expect(way.filter(has_text=words_compare.TWO_RUNS).filter(visible=True)).to_have_count(1)
    await expect(way.filter(has_text=words_compare.RACE).filter(visible=True)).to_have_count(0)
    await page.get_by_role("button", name="view", exact=True).click()
    await expect(page.get_by_role("dialog").get_by_text(words_account.SIGNED_IN.split("{")[0])).to_be_visible()
    await page.get_by_role("button", name=words_account.SIGN_OUT).click()
    await expect(page.get_by_label("Your token")).to_be_visible()
    await page.context.close()


async def test_a_visitor_of_a_share_sees_its_run_and_nothing_else(browser: Browser, guarded: Guarded) -> None:
    with guarded.client("host") as host:
        questions = ("Shown to visitors?", "Hidden from visitors?")
        runs = [await finished(host, "scripted:happy_path", question) for question in questions]
        share = host.post(f"/v1/runs/{runs[0]}/share").json()["share_id"]
        page = await (await browser.new_context(bypass_csp=True)).new_page()
        bodies: list[str] = []
        page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: bodies.append(str(frame))))
        await page.goto(f"{guarded.url}replay?share={share}")
        await expect(page.get_by_text("Shown to visitors?").filter(visible=True).first).to_be_visible()
        await expect(page.get_by_role("slider").first).to_be_visible()
        await expect(page.get_by_role("link", name=words_account.SIGN_IN)).to_be_visible()
        text = await page.content() + "".join(bodies)
        assert not [each for each in ("Hidden from visitors?", *runs) if each in text]
        await page.goto(f"{guarded.url}history")
        await expect(page.get_by_label("Your token")).to_be_visible()
        host.delete(f"/v1/shared/{share}").raise_for_status()
        await page.goto(f"{guarded.url}replay?share={share}")
        await expect(page.get_by_label("Your token")).to_be_visible()
        await page.context.close()
