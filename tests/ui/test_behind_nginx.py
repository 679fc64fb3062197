"""Both UIs below a path of a real nginx, over TLS: pages, streams, links and shares, as the documents set it up."""

import signal
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Response, expect

from backend.launch.ports import free_port
from backend.present.words import ask as words_ask, pages as words_pages
from tests.child_process import child_process
from tests.doors.nginx import nginx_path, running_nginx
from tests.ui.reader import DEADLINE_MS, Reader

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Site:
    """The demo behind nginx; ``url`` is the public address."""

    url: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Site]:
    nginx_path()
    folder = tmp_path_factory.mktemp("site")
    ports = {name: free_port() for name in ("backend", "gradio", "streamlit", "example")}
    url = f"https://localhost:{ports['example']}"
    command = [sys.executable, "-m", "backend.cli", "demo", "--no-browser", "--data", str(folder / "data")]
    command += ["--public-url", url, "--trusted-proxy", "127.0.0.1", "--port", str(ports["backend"])]
    command += ["--gradio-port", str(ports["gradio"]), "--streamlit-port", str(ports["streamlit"])]
    with child_process(command) as demo:
        assert demo.stdout is not None
        assert "ready" in iter(lambda: demo.stdout.readline().strip(), ""), "the demo ended"  # type: ignore[union-attr]
        with running_nginx(folder / "nginx", ports, ports["example"]):
            yield Site(url)
        demo.send_signal(signal.SIGTERM)
        demo.wait(60)


@pytest_asyncio.fixture(loop_scope="session", params=["gradio", "streamlit"])
async def below(site: Site, browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Reader, str]]:
    """A reader of that UI, and the address below which it is."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 900}, ignore_https_errors=True, bypass_csp=True
    )
    url = f"{site.url}/{request.param}/"
    yield Reader(await context.new_page(), url), url
    await context.close()


async def test_a_question_its_share_and_the_other_pages(below: tuple[Reader, str]) -> None:
    reader, url = below
    missing: list[str] = []
    sockets: list[str] = []

    def note(response: Response) -> None:
        # Streamlit's script looks for its server below the page first, and then above it.
        if response.status >= 400 and "_stcore" not in response.url:
            missing.append(f"{response.status} {response.url}")

    reader.page.on("response", note)
    reader.page.on("websocket", lambda socket: sockets.append(socket.url))
    await reader.open()
    await reader.choose_agent("Happy path")
    await reader.ask("Show me.")
    await reader.expect_status("Completed")
    assert reader.page.url.startswith(f"{url}?run=run_")
    assert sockets, "streams use WebSockets here too"
    assert all(socket.startswith(url.replace("https:", "wss:")) for socket in sockets)
    link = await reader.make_link()
    assert link.startswith(f"{url}?share=share_")
    await reader.page.goto(link)
    await expect(reader.page.get_by_text(words_ask.SHARED_SENTENCE)).to_be_visible(timeout=DEADLINE_MS)
    await reader.page.goto(url)
    await reader.page.get_by_role("link", name=words_pages.HISTORY_PAGE).first.click()
    await reader.page.wait_for_url(f"{url}history**", timeout=DEADLINE_MS)
    await expect(reader.page.get_by_text("Show me.").first).to_be_visible(timeout=DEADLINE_MS)
    assert missing == []
