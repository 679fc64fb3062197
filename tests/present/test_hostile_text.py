"""No text of an agent ever becomes active, wherever it stands."""

import json

import pytest
from hypothesis import given, settings, strategies as st
from markdown_it import MarkdownIt

from backend.present.answer.blocks import answer_html
from backend.present.answer.markdown_export import answer_markdown, export_markdown
from backend.present.evidence.artifacts import artifact_views
from backend.present.markup import external_link, safe_url
from backend.present.pages.notices import notice_html, question_html, section_title_html
from backend.protocol.events import DoneEvent, ErrorEvent, StatusEvent
from backend.protocol.run_view import RunView
from tests.present.html_reader import Fragment
from tests.present.samples import HOSTILE, HOSTILE_MARKDOWN, answered, fragments, hostile_run, view_of

ANYTHING = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)


def problems(view: RunView) -> dict[str, list[str]]:
    """What is wrong with the fragments of a view."""
    return {name: found for name, html in fragments(view).items() if (found := Fragment(html).problems)}


@pytest.mark.parametrize("text", [*HOSTILE, *HOSTILE_MARKDOWN])
def test_every_place_of_a_run_escapes_what_it_is_given(text: str) -> None:
    assert problems(hostile_run(text)) == {}


@pytest.mark.parametrize("text", [*HOSTILE, *HOSTILE_MARKDOWN])
def test_the_end_of_a_run_escapes_the_error(text: str) -> None:
    view = view_of(StatusEvent(step=text), ErrorEvent(code=text, message=text), DoneEvent(outcome="failed"))
    assert problems(view) == {}
    assert Fragment(notice_html("failed", text)).problems == []
    assert Fragment(section_title_html(text)).problems == []


@settings(deadline=None)
@given(ANYTHING)
def test_any_text_in_any_place(text: str) -> None:
    assert problems(hostile_run(text)) == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_was_written(text: str) -> None:
    shown = Fragment(question_html(text)).text
    assert shown.removeprefix("\n").replace("\u0000", "") == text.replace("\u0000", "")


@pytest.mark.parametrize("markdown", HOSTILE_MARKDOWN)
def test_no_answer_links_or_fetches_what_it_must_not(markdown: str) -> None:
    fragment = Fragment(answer_html(answered(markdown)))
    assert fragment.problems == []
    assert "<img" not in fragment.html


@settings(deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, *HOSTILE_MARKDOWN, "\n\n", "- ", "|", "[1]", "`", "**"]), max_size=6))
def test_safe_markdown_stays_safe_where_html_is_allowed(parts: list[str]) -> None:
    naive = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    view = answered("".join(parts))
    for markdown in (answer_markdown(view), export_markdown(view)):
        html = naive.render(markdown)
        read = Fragment(html)
        assert [problem for problem in read.problems if not problem.startswith("style 'text-align")] == [], markdown
        assert "<img" not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_figures_keep_no_tag_beyond_plain_text_styles(text: str) -> None:
    charts = [view.figure for view in artifact_views(hostile_run(text)) if view.figure]
    for figure in charts:
        written = json.dumps(figure)
        assert not any(tag in written.lower() for tag in ("<script", "<img", "<svg", "<a ", "<iframe", "<math")), (
            written
        )


@pytest.mark.parametrize(
    "url",
    [
        "https://sec.gov/a?b=c&d=(e)#f",
        "http://127.0.0.1:8000/x",
        "HTTPS://SEC.GOV/",
        "mailto:a@b.example",
        "https://münchen.example/ä",
    ],
)
def test_web_and_mail_addresses_may_be_linked(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("", " ", "x", "/a", "//a.example", "#a", "javascript:alert(1)", "JAVASCRIPT:x", "java\tscript:x"),
        *("\x01javascript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a.example", "mailto:"),
        *("blob:https://a.example", "https://", "http:///x", 'https://a.example/"onclick="x', "https://a.example/ x"),
        *("https://a\u202e.example", "https://[::1", f"https://a.example/{'x' * 5000}", "about:blank"),
        *("chrome://settings", "https:\\\\a.example"),
    ],
)
def test_no_other_address_may_be_linked(url: str) -> None:
    assert safe_url(url) is None
    assert Fragment(external_link(url, "text")).links == []


@settings(deadline=None)
@given(ANYTHING)
def test_a_link_to_anything_is_safe(url: str) -> None:
    assert Fragment(external_link(url, url)).problems == []
