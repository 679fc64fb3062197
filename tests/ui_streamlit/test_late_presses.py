"""A press that the browser sends before it has heard that a field has left the page."""

from collections.abc import Iterator

import pytest

from backend.launch.server import LocalServer
from evals.pages.page_target import served
from tests.conftest import need_framework
from tests.ui_streamlit.socket_page import pressed, socket_page

pytestmark = pytest.mark.server

FILES = (("lease.txt", b"The rent is 1,250 euros."), ("other.md", b"# Other"))


@pytest.fixture(scope="module")
def ui_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need_framework("streamlit")
    with (
        LocalServer(tmp_path_factory.mktemp("ui") / "data") as backend,
        served("ui_streamlit", backend.url) as url,
    ):
        yield url


async def test_files_are_attached_once_though_their_field_reports_them_with_the_next_press(ui_url: str) -> None:
    async with socket_page(ui_url) as page:
        files = await page.uploaded(page.field_for_files(), FILES)
        await page.run(files)
        chosen = [button.label for button in page.buttons() if "\N{MULTIPLICATION X}" in button.label]
        assert [any(name in label for label in chosen) for name, _ in FILES] == [True, True]
        await page.run(files, pressed(page.button("other")))
        chosen = [button.label for button in page.buttons() if "\N{MULTIPLICATION X}" in button.label]
        assert len(chosen) == 1, chosen
        assert "lease" in chosen[0]
