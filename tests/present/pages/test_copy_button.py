"""The button that copies: its text is an agent's, and stays text."""

from backend.present.pages.copy_button import copy_button_html


def test_the_button_names_the_text_it_copies() -> None:
    html = copy_button_html("The answer [1]", "ph-answer-markdown")
    assert 'data-ph-copy="#ph-answer-markdown"' in html
    assert 'id="ph-answer-markdown" value="The answer [1]"' in html


def test_what_is_copied_is_never_markup() -> None:
    html = copy_button_html('"><script>alert(1)</script>', "ph-text", label="<b>Copy</b>")
    assert "<script>" not in html
    assert "<b>" not in html
    assert 'value="">' not in html
