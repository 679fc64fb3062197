"""Every attack on every listener: the backend and both UIs as people run them."""

import json
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from backend.doors.limits import MAX_RECORDING_BYTES
from backend.settings import Settings
from evals.pages.browser import CHROMIUM_FLAGS
from tests.conftest import need_framework
from tests.doors.listeners import ALLOWED, DEADLINE_S, Listener, running_listeners
from tests.live_server import LiveServer

pytestmark = pytest.mark.server

NAMES = ("backend", "ui_gradio", "ui_streamlit")
EVIL = {"host": "evil.test", "origin": "http://evil.test"}
FOREIGN = {"origin": "http://evil.test", "sec_fetch_site": "cross-site"}
KEY = "sk-planted-0123456789abcdefghij"
LIMIT = Settings(data_dir=Path()).max_recording_bytes


@pytest.fixture(scope="module")
def listeners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Listener]]:
    """All three, running."""
    for framework in ("gradio", "streamlit"):
        need_framework(framework)
    with running_listeners(tmp_path_factory.mktemp("listeners")) as found:
        yield found


@pytest.fixture(params=NAMES)
def listener(request: pytest.FixtureRequest, listeners: dict[str, Listener]) -> Listener:
    """One after the other."""
    return listeners[request.param]


def test_a_name_rebound_to_this_machine_reaches_nothing(listener: Listener) -> None:
    for method, path in (("GET", listener.page), listener.history, listener.upload):
        answer = listener.call(method, path, **EVIL)
        assert answer.status_code == 421, (method, path)
        assert answer.headers["content-type"] == listener.answers
        assert "This server does not answer to 'evil.test': call it by its own address" in answer.text
        assert "access-control-allow-origin" not in answer.headers
    if listener.websocket:
        assert listener.handshake(**EVIL) == 421


def test_a_page_of_another_site_stores_nothing_and_opens_nothing(listener: Listener) -> None:
    before = set(listener.files.rglob("*"))
    for headers in (FOREIGN, {"origin": "null"}, {"sec_fetch_site": "cross-site"}):
        answer = listener.call(*listener.upload, **headers)
        assert answer.status_code == 403
        assert answer.headers["content-type"] == listener.answers
        assert "A page of another site sent this request" in answer.text
        if listener.websocket:
            assert listener.handshake(**headers) == 403
    assert set(listener.files.rglob("*")) == before


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(listener: Listener) -> None:
    assert listener.announce(LIMIT + 2**20) == 413


def test_a_link_leads_to_it_and_no_frame_shows_it(listener: Listener) -> None:
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    answer = listener.call("GET", listener.page, **link)
    assert answer.status_code == 200
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert listener.call("GET", listener.page, **{**link, "sec_fetch_dest": "iframe"}).status_code == 403


def test_an_allowed_name_is_answered_to(listener: Listener) -> None:
    assert listener.call("GET", listener.page, host=ALLOWED).status_code == 200
    assert listener.call("GET", listener.page, host=f"{ALLOWED}:443").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/config"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file=http://127.0.0.1/"),
        ("GET", "/gradio_api/proxy=https://x.hf.space/"),
        ("GET", "/gradio_api/queue/status"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("POST", "/gradio_api/run/delete"),
        ("POST", "/gradio_api/api/delete"),
        ("POST", "/gradio_api/call/delete"),
        ("POST", "/gradio_api/call/v2/delete"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/vibe-code"),
        ("POST", "/login"),
    ],
)
def test_what_no_page_uses_of_gradio_is_closed(listeners: dict[str, Listener], method: str, path: str) -> None:
    answer = listeners["ui_gradio"].call(method, path)
    assert (answer.status_code, answer.text) == (404, "There is no page at this address: open / instead.\n")


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/interact", "/auth/login", "/any/page"]
)
def test_what_no_page_uses_of_streamlit_is_closed(listeners: dict[str, Listener], path: str) -> None:
    answer = listeners["ui_streamlit"].call("GET", path)
    assert (answer.status_code, answer.text) == (404, "There is no page at this address: open / instead.\n")


def test_no_event_of_gradio_is_described_to_strangers(listeners: dict[str, Listener]) -> None:
    page = listeners["ui_gradio"].call("GET", "/").text
    assert '{"named_endpoints":{},"unnamed_endpoints":{}}' in page


def test_the_files_of_gradio_are_the_users_alone(listeners: dict[str, Listener]) -> None:
    gradio = listeners["ui_gradio"]
    (folder,) = gradio.files.glob("playhead-gradio-*")
    assert folder.stat().st_mode & 0o777 == 0o700
    (path,) = gradio.call(*gradio.upload).raise_for_status().json()
    assert Path(path).is_relative_to(folder)
    assert gradio.call("GET", f"/gradio_api/file={path}").content == bytes(1000)
    assert gradio.call("GET", f"/gradio_api/file={folder}/../../data/playhead.sqlite").status_code == 404


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.xhtml", "a.xml", "a.js", "a.pdf", "a", "a.html.png"])
def test_a_file_that_somebody_uploads_never_becomes_a_page(listeners: dict[str, Listener], name: str) -> None:
    """A link to it would run its scripts as a page of this server, for whoever follows it."""
    gradio = listeners["ui_gradio"]
    content = b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(document.cookie)</script></html>"
    with httpx2.Client(base_url=gradio.url, timeout=DEADLINE_S, trust_env=False) as client:
        for kind in ("text/html", "image/svg+xml", "image/png"):
            sent = client.post(gradio.upload[1], files={"files": (name, content, kind)}).raise_for_status()
            answer = client.get(f"/gradio_api/file={sent.json()[0]}", headers={"Accept": "text/html"})
            shown = answer.headers.get("content-type", "").partition(";")[0]
            saved = answer.headers.get("content-disposition", "").startswith("attachment")
            assert saved or (shown.startswith("image/") and "svg" not in shown), answer.headers
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sha256-" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("page", ["", "replay", "compare"])
def test_no_event_of_gradio_reads_or_deletes_a_file_that_was_not_uploaded(
    listeners: dict[str, Listener], page: str, tmp_path: Path
) -> None:
    """An event names the files that a page has uploaded: whoever sends one could name any other."""
    gradio = listeners["ui_gradio"]
    secret = tmp_path / "secret.jsonl"
    secret.write_text("a secret of this machine", encoding="utf-8")
    (folder,) = gradio.files.glob("playhead-gradio-*")
    (folder / "link.jsonl").symlink_to(secret)
    with httpx2.Client(base_url=gradio.url, timeout=DEADLINE_S, trust_env=False) as client:
        config = client.get(f"/{page}").text.partition("window.gradio_config = ")[2]
        fields: dict[str, Any] = json.JSONDecoder().raw_decode(config)[0]
        kinds = {each["id"]: each["type"] for each in fields["components"]}
        events = {each["id"]: [kinds.get(name) for name in each["inputs"]] for each in fields["dependencies"]}
        takers = {number: inputs for number, inputs in events.items() if "uploadbutton" in inputs}
        assert takers
        climbing = os.path.relpath(secret, Path.cwd())
        for number, inputs in takers.items():
            for path in (
                str(secret),
                climbing,
                f"{folder}/../../{secret}",
                f"file://{secret}",
                str(folder / "link.jsonl"),
            ):
                for more in ({}, {"is_stream": True}, {"orig_name": "a.jsonl", "url": f"{gradio.url}/x"}):
                    file = {"path": path, "meta": {"_type": "gradio.FileData"}, **more}
                    for given in (file, [file]):
                        data = [given if kind == "uploadbutton" else None for kind in inputs]
                        said = event_of_gradio(client, number, data)
                        assert '"success":false' in said, (path, more, said[:300])
                        assert "a secret" not in said
            (uploaded,) = gradio.call(*gradio.upload).json()
            own = {"path": uploaded, "orig_name": "z.bin", "meta": {"_type": "gradio.FileData"}}
            several = [own] if page == "" else own
            data = [several if kind == "uploadbutton" else None for kind in inputs]
            said = event_of_gradio(client, number, data)
            assert '"success":true' in said, said[:300]
    assert secret.read_text(encoding="utf-8") == "a secret of this machine"
    (folder / "link.jsonl").unlink()
    copies = [file for file in gradio.files.rglob("*") if file.is_file() and b"a secret" in file.read_bytes()]
    assert copies == []


def event_of_gradio(client: httpx2.Client, number: int, data: list[Any]) -> str:
    """What the page's event of that number is answered with for these inputs."""
    session = secrets.token_hex(8)
    asked = {"data": data, "fn_index": number, "session_hash": session, "event_data": None, "trigger_id": None}
    client.post("/gradio_api/queue/join", json=asked).raise_for_status()
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if "process_completed" in line:
                return line.replace('": ', '":')
    pytest.fail("the event did not end")


def test_the_uis_take_what_the_backend_takes() -> None:
    assert MAX_RECORDING_BYTES == LIMIT


@pytest_asyncio.fixture(loop_scope="session")
async def misled_page(chromium_path: str) -> AsyncIterator[Page]:
    """A page in a browser for which every name under evil.test leads to this machine."""
    rebound = "--host-resolver-rules=MAP *.evil.test 127.0.0.1"
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=[*CHROMIUM_FLAGS, rebound]
        )
        yield await browser.new_page()
        await browser.close()


SENDS_A_FILE = """
(address) => {
  const form = new FormData();
  form.append('files', new Blob(['stolen']), 'stolen.bin');
  return fetch(address, {method: 'POST', mode: 'no-cors', body: form}).then(() => null, () => null);
}
"""
OPENS_A_WEBSOCKET = """
(address) => new Promise((resolve) => {
  const socket = new WebSocket(address);
  socket.onopen = () => resolve('open');
  socket.onerror = () => resolve('refused');
})
"""


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES[1:])
async def test_neither_ui_opens_for_a_foreign_page(
    listeners: dict[str, Listener], misled_page: Page, name: str
) -> None:
    listener, page = listeners[name], misled_page
    port = listener.url.rpartition(":")[2]

    # A rebound name shows a sentence and no page.
    answer = await page.goto(f"http://ui.evil.test:{port}/")
    assert answer is not None
    assert answer.status == 421
    await expect(page.locator("body")).to_have_text(
        f"This server does not answer to 'ui.evil.test': call it by its own address, such as 127.0.0.1:{port}, "
        "or start it with --allow-host for a name that leads to it."
    )

    async def attacker(_: object) -> HTMLResponse:
        return HTMLResponse(f'<a href="{listener.url}/">A link</a><iframe src="{listener.url}/"></iframe>')

    with LiveServer(Starlette(routes=[Route("/", attacker)])) as site:
        # Another site: its frame stays empty, its form and its WebSocket are refused, its link may be followed.
        statuses: dict[str, int] = {}
        page.on("response", lambda response: statuses.update({response.url: response.status}))
        await page.goto(f"http://attacker.evil.test:{site.port}/")
        upload = listener.url + listener.upload[1]
        await page.evaluate(SENDS_A_FILE, upload)
        assert statuses[upload] == 403
        assert list(listener.files.rglob("stolen.bin")) == []
        if listener.websocket:
            websocket = f"ws://127.0.0.1:{port}{listener.websocket}"
            assert await page.evaluate(OPENS_A_WEBSOCKET, websocket) == "refused"
        assert statuses[f"{listener.url}/"] == 403
        assert page.frames[1].url.startswith("chrome-error:")

        # Another port of this machine: its requests are taken, but its frame stays empty as well.
        statuses.clear()
        await page.goto(f"{site.url}/")
        assert statuses[f"{listener.url}/"] == 200
        assert page.frames[1].url.startswith("chrome-error:")

        await page.get_by_text("A link").click()
        await expect(page.get_by_label("Question").first).to_be_visible(timeout=DEADLINE_S * 1000)


def test_a_ui_writes_json_alone_whatever_it_is_asked(listeners: dict[str, Listener]) -> None:
    """Last, so that it reads what all attacks have made it write, and what it writes without its backend."""
    listeners["backend"].process.stop()
    for name in NAMES[1:]:
        ui = listeners[name]
        assert ui.call("GET", f"/?run={KEY}").status_code == 200
        ui.call("GET", "/nothing-here", host="example.com")
        assert [line for line in ui.lines if not line.startswith("{")] == []
        assert KEY[3:] not in "".join(ui.lines)


def test_a_ui_ends_at_once_and_leaves_nothing(listeners: dict[str, Listener]) -> None:
    for listener in listeners.values():
        listener.process.stop()
        assert listener.process.returncode == 0, listener.process.last_lines
        assert list(listener.files.glob("playhead-*")) == []
