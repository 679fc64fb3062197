"""The page of examples/nextjs, built and served as its README says, in a real Chromium against a real backend."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.api.backend_server import BackendServer
from tests.clients.conftest import find_node
from tests.clients.drivers import NODE_FOLDER
from tests.clients.nextjs_page import EXAMPLE, NotInstalled, build, served
from tests.conftest import missing

# The first of these tests installs and builds; the others take what it made.
pytestmark = [pytest.mark.server, pytest.mark.timeout(400)]

Built = tuple[Path, str]


@pytest.fixture(scope="module")
def built(pytestconfig: pytest.Config) -> Built:
    """The folder of the page that is built, and what the build printed."""
    find_node()
    if shutil.which("npm") is None:
        missing("needs npm on PATH")
    try:
        return build(pytestconfig.cache.mkdir("nextjs"))
    except NotInstalled as error:
        missing(f"npm ci failed in a copy of examples/nextjs: {error}")


@pytest.fixture(scope="module")
def site(built: Built, backend: BackendServer) -> Iterator[str]:
    """The page's address."""
    with served(find_node(), built[0], backend.url) as url:
        yield url


def test_it_builds_without_warnings(built: Built) -> None:
    folder, printed = built
    assert "Compiled successfully" in printed
    assert "Finished TypeScript" in printed
    # With CI=true it also complains that no cache of an earlier build was given to it.
    assert [line for line in printed.split("\n") if "⚠" in line and "build cache" not in line] == []
    assert (folder / ".next" / "BUILD_ID").is_file()


@pytest.mark.parametrize("folder", [EXAMPLE, NODE_FOLDER], ids=lambda folder: folder.name)
def test_versions_are_exact_and_the_lock_names_no_registry(folder: Path) -> None:
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    named = {**package["dependencies"], **package.get("devDependencies", {})}
    assert [version for version in named.values() if version.startswith(("^", "~", ">", "*", "latest"))] == []
    addresses = [each["resolved"] for each in lock["packages"].values() if "resolved" in each]
    assert [address for address in addresses if "://" in address] == []
    assert [name for name, each in lock["packages"].items() if each.get("license", "").startswith("LGPL")] == []


@pytest.mark.browser
async def test_an_answer_comes_with_steps_sources_and_the_chart_as_a_table(site: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{site}/?agent=scripted:happy_path")
    await page.get_by_role("button", name="Ask").click()
    await expect(page.get_by_role("button", name="Stop")).to_be_visible()
    answer = page.get_by_role("article")
    await expect(answer).to_have_attribute("aria-busy", "false")
    await expect(answer.locator(".text")).to_contain_text("five customers owe 70 % of them 2.")
    await expect(answer.get_by_label("Steps").get_by_role("listitem")).to_have_count(3)
    await expect(answer.locator(".notice.warning")).to_have_text(
        "The newest filing contradicts the trend of the earlier ones."
    )
    rows = answer.locator("tbody tr")
    await expect(rows).to_have_count(6)
    await expect(rows.nth(3)).to_have_text("FY2026 Q361")
    await answer.get_by_label("Source 1").click()
    source = answer.locator(".sources li:target")
    await expect(source).to_contain_text("NVIDIA 10-Q, FY2026 Q3")
    await expect(source.get_by_role("link")).to_have_attribute(
        "href", "https://www.sec.gov/Archives/edgar/data/1045810/000104581025000230/nvda-20251026.htm"
    )
    assert [url for url in asked if not url.startswith((site, "data:"))] == []


@pytest.mark.browser
async def test_stop_ends_the_run_and_keeps_what_was_written(site: str, page: Page, client: httpx2.Client) -> None:
    await page.goto(f"{site}/?agent=clients:wait-9")
    await page.get_by_label("Question").fill("To be stopped")
    await page.get_by_role("button", name="Ask").click()
    answer = page.get_by_role("article")
    await expect(answer.locator(".text")).to_have_text("Rising 1")
    await page.get_by_role("button", name="Stop").click()
    await expect(answer.locator(".notice")).to_have_text("Stopped. What had been written is kept.")
    await expect(answer.locator(".text")).to_have_text("Rising 1")
    await expect(page.get_by_role("button", name="Ask")).to_be_visible()
    kept = json.loads(await page.evaluate("sessionStorage.getItem('playhead-chat')"))
    run = client.get(f"/v1/runs/{kept['messages'][1]['metadata']['run_id']}").json()
    assert run["view"]["stream"]["outcome"] == "cancelled"


@pytest.mark.browser
async def test_a_page_that_is_loaded_anew_goes_on_with_the_answer(site: str, page: Page, client: httpx2.Client) -> None:
    question = "To be resumed"
    await page.goto(f"{site}/?agent=clients:wait-9")
    await page.get_by_label("Question").fill(question)
    await page.get_by_role("button", name="Ask").click()
    answer = page.get_by_role("article")
    await expect(answer.locator(".text")).to_have_text("Rising 1")
    await page.reload()
    await expect(page.get_by_role("button", name="Stop")).to_be_enabled()
    await expect(answer.locator(".text")).to_have_text("Rising 1")
    client.post("/v1/runs", json={"agent": "clients:release", "question": question})
    await expect(answer.locator(".text")).to_have_text("Rising 1, fast 2.")
    await expect(answer).to_have_attribute("aria-busy", "false")
    await expect(answer).to_have_count(1)
    await expect(answer.get_by_label("Sources").get_by_role("listitem")).to_have_count(2)
