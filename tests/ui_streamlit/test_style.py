"""The pages' style in Streamlit: see ``tests.restyling``."""

from backend.present.theme.style import frame_rules, stylesheet
from tests.restyling import asks_the_whole_page, restyles_much, selectors_with_has
from ui_streamlit.style import page_style


def test_what_depends_on_other_parts_of_the_page_is_named() -> None:
    found = selectors_with_has(stylesheet() + frame_rules() + page_style())
    assert len(found) > 10
    assert [selector for selector in found if restyles_much(selector)] == []


def test_no_rule_looks_through_the_whole_page() -> None:
    found = selectors_with_has(stylesheet() + frame_rules() + page_style())
    assert [selector for selector in found if asks_the_whole_page(selector)] == []
    assert asks_the_whole_page(":root:not(.a):has(.b) .c")
    assert not asks_the_whole_page(".a:has(.b) .c")
