"""Formulas in attributes."""

from backend.present.answer.formula_attributes import formulas_as_attributes


def test_a_formula_is_kept_in_an_attribute_that_nothing_can_leave() -> None:
    html = '<p>a <math display="block"><mo>&lt;</mo></math> b</p>'
    kept = "&lt;math display=&#34;block&#34;&gt;&lt;mo&gt;&amp;lt;&lt;/mo&gt;&lt;/math&gt;"
    assert formulas_as_attributes(html) == f'<p>a <span data-ph-formula="{kept}"></span> b</p>'
    assert formulas_as_attributes("<p>a</p>") == "<p>a</p>"
