"""Folded parts: what is in one and what comes after it, wherever their tags stand on their lines."""

import pytest

from backend.present.answer.blocks import answer_html
from tests.present.html_reader import visible
from tests.present.samples import answered

FOLDED = [
    "<details>\n<summary>S</summary>\n\ninner\n\n</details>\nafter",
    "<details><summary>S</summary>inner</details>\nafter",
    "<details open><summary>S</summary>\ninner</details>\n\nafter",
    "<details>\n<summary>S</summary> inner\n</details>\nafter",
    "<details>\n<summary>S</summary>\n<details><summary>T</summary>inner</details></details>\nafter",
    "<details><summary>S</summary>\n\n<details>\n<summary>T</summary>\n\ninner\n</details> </details>\nafter",
    "> <details><summary>S</summary>inner\n> </details>\n\nafter",
]


@pytest.mark.parametrize("answer", FOLDED)
def test_what_comes_after_a_part_is_not_folded_into_it(answer: str) -> None:
    html = answer_html(answered(answer))
    folded, _, rest = html.rpartition("</details>")
    assert "inner" in visible(folded)
    assert visible(rest).split() == ["after"]
    assert "&lt;" not in html


def test_a_part_that_is_not_closed_ends_with_the_answer() -> None:
    html = answer_html(answered("<details><summary>S</summary>one\n\ntwo"))
    assert visible(html.partition("</details>")[0]).split() == ["S", "one", "two"]


def test_a_part_that_is_not_closed_ends_with_its_item() -> None:
    html = answer_html(answered("- <details><summary>S</summary>one\n  two\n\nafter\n\n- b"))
    assert visible(html.partition("</details>")[2]).split() == ["after", "b"]


def test_items_that_begin_after_the_tags_are_a_list() -> None:
    assert "<li>a</li>" in answer_html(answered("<details><summary>S</summary>- a\n- b\n</details>"))
