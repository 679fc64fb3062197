"""Whom a question is put to if nobody chooses."""

import pytest

from backend.present.pages.question_checks import starting_agent


@pytest.mark.parametrize(
    ("offered", "agent"),
    [((), "documents"), (("documents", "scripted:brief"), "documents"), (("remote", "documents"), "remote")],
)
def test_a_page_starts_with_what_the_operator_asked_for(offered: tuple[str, ...], agent: str) -> None:
    assert starting_agent(offered) == agent
