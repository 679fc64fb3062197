"""The page as it is served: style and script are in it, and a browser that has it is sent nothing."""

import gzip

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from backend.present.browser import page_script
from backend.present.theme.style import frame_rules
from tests.conftest import need_framework

PAGE = "<html><head><title>x</title></head><body><div id=root></div></body></html>"


@pytest.fixture
def client() -> httpx2.AsyncClient:
    need_framework("streamlit")
    from ui_streamlit.served_page import ServedPage

    def page(_request: object) -> Response:
        return Response(PAGE, media_type="text/html", headers={"ETag": '"theirs"', "Last-Modified": "then"})

    def other(_request: object) -> Response:
        return PlainTextResponse("</head>")

    app = ServedPage(Starlette(routes=[Route("/", page), Route("/other", other)]), paths=["/"])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://page")


async def test_style_and_script_are_in_the_page_that_is_served(client: httpx2.AsyncClient) -> None:
    page = await client.get("/", headers={"Accept-Encoding": "identity"})
    head, _, body = page.text.partition("</head>")
    assert frame_rules() in body
    assert page_script() in body
    assert int(page.headers["content-length"]) == len(page.content)
    assert head.count('rel="modulepreload"') > 10
    packed = await client.get("/", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.text) == ("gzip", page.text)
    assert int(packed.headers["content-length"]) == len(gzip.compress(page.content))


async def test_a_browser_that_has_the_page_is_sent_nothing(client: httpx2.AsyncClient) -> None:
    page = await client.get("/")
    assert page.headers["etag"] != '"theirs"'
    assert "last-modified" not in page.headers
    again = await client.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_other_addresses_are_left_alone(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/other")).text == "</head>"


def test_scripts_of_components_end_with_their_element() -> None:
    need_framework("streamlit")
    from ui_streamlit.components import component_scripts

    scripts = component_scripts()
    assert "</script" not in scripts
    assert scripts.count("window.phComponents.") == 3
    assert "\nexport" not in scripts
