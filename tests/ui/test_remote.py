"""Both pages on somebody's agent: it speaks another dialect, and cites by ranges of its answer instead of markers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect
from starlette.types import Receive, Scope, Send

from backend.launch.child import ChildProcess
from backend.launch.server import serve_command
from evals.pages.page_target import START_S
from tests.live_server import LiveServer
from tests.ui.conftest import LoneUi
from tests.ui.reader import DEADLINE_MS, Reader

STREAM = Path(__file__).parent.parent / "dialects" / "data" / "openai_responses.sse"

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def somebody(scope: Scope, receive: Receive, send: Send) -> None:
    """An agent elsewhere that answers every question the same."""
    if scope["type"] == "http":
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": STREAM.read_bytes()})


@pytest.fixture
def ui_url(lone_ui: LoneUi, tmp_path: Path) -> Iterator[str]:
    """The page of a UI whose backend was pointed at somebody's agent."""
    with LiveServer(somebody) as agent:
        remote = f"openai-responses:{agent.url}/v1"
        command = serve_command(port=lone_ui.backend_port, data_dir=tmp_path / "data", remote=remote)
        with ChildProcess("The backend", command) as process:
            process.wait_until_ready(f"http://127.0.0.1:{lone_ui.backend_port}/readyz", START_S)
            yield lone_ui.url


async def test_the_agent_is_asked_and_its_sources_are_led_to(reader: Reader) -> None:
    await reader.page.goto(reader.url)
    # At once, whether or not the page knows yet what its backend offers.
    question = reader.page.get_by_label("Question").first
    await question.fill("What is big?")
    await question.press("Enter")
    await expect(reader.page.locator(".ph-answer").first).to_contain_text("It is big.", timeout=DEADLINE_MS)
    await reader.page.locator('.ph-answer a[href^="#ph-source-"]').first.click()
    await reader.expect_led_to("#ph-source-1")
    await expect(reader.page.locator("#ph-source-1")).to_contain_text("Tokyo")
    await expect(reader.page.get_by_text("Thinking", exact=True).first).to_be_visible()
    assert "Looking it up" not in await reader.page.inner_text("body")
    await expect(reader.page.get_by_text("reasoning text (1)").first).to_be_visible()
