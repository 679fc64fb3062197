"""The advice for a package that is missing: right, and in one place."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from backend.extras import EXTRAS, missing_package
from tests.product_strings import product_files, strings_of

FROM_AN_INDEX = re.compile(r"\b(?:pipx?|uvx?|poetry|conda)\b[^\n`]*?[\s'\"]playhead\b(?!/)", re.IGNORECASE)
"""An advice to fetch a package of this name from an index, where it would be a stranger's."""

DISTRIBUTIONS = {"google": "pydantic-ai-slim", "openai": "pydantic-ai-slim", "anthropic": "pydantic-ai-slim"}
"""The requirement that brings a package, where its name is another one: the providers' packages come with it."""


def test_an_extra_is_installed_from_the_folder() -> None:
    assert missing_package("This page", "gradio.themes") == (
        "This page needs gradio, which is not installed here: run `pip install '.[gradio]'` in Playhead's folder."
    )
    assert missing_package("The model x", "pydantic_ai") == (
        "The model x needs pydantic-ai, which is not installed here: run `pip install '.[model]'` in Playhead's folder."
    )


@pytest.mark.parametrize(("module", "named"), [("ui_gradio", "ui_gradio"), (None, "a package")])
def test_what_no_extra_brings_is_set_up_anew(module: str | None, named: str) -> None:
    sentence = missing_package("This command", module)
    assert (
        sentence == f"This command needs {named}, which is not installed here: run `make setup` in Playhead's folder."
    )


@pytest.mark.parametrize("module", EXTRAS)
def test_every_extra_brings_its_package(repository: Path, module: str) -> None:
    extras = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    brought = [Requirement(text) for text in extras["optional-dependencies"][EXTRAS[module]]]
    wanted = DISTRIBUTIONS.get(module, module)
    assert any(canonicalize_name(each.name).startswith(canonicalize_name(wanted)) for each in brought)


@pytest.mark.parametrize(
    "advice", ["pip install 'playhead[gradio]'", "pip install -U playhead", "pipx install playhead", "uvx 'playhead'"]
)
def test_advice_to_install_from_an_index_is_recognised(advice: str) -> None:
    assert FROM_AN_INDEX.search(advice)
    assert not FROM_AN_INDEX.search("pip install '.[gradio]'")


@pytest.fixture(scope="module")
def strings(repository: Path) -> list[tuple[Path, str]]:
    """Every string of the product, with its file."""
    files = product_files(repository)
    return [(path, text) for path in files for _, text in strings_of(path.read_text(encoding="utf-8"))]


def test_nobody_is_sent_to_an_index_for_playhead(repository: Path, strings: list[tuple[Path, str]]) -> None:
    pages = [path for pattern in ("*.md", "docs/*.md", "scripts/*", "Makefile") for path in repository.glob(pattern)]
    texts = [(path, path.read_text(encoding="utf-8")) for path in pages if path.is_file()] + strings
    assert len(texts) > 1000
    assert [path.relative_to(repository) for path, text in texts if FROM_AN_INDEX.search(text)] == []


def test_how_to_install_is_said_in_one_place(repository: Path, strings: list[tuple[Path, str]]) -> None:
    saying = {path.relative_to(repository).as_posix() for path, text in strings if "pip install" in text}
    assert saying == {"backend/extras.py"}


def test_the_strings_of_a_program_are_found_without_its_docstrings() -> None:
    function = 'def f(x: int) -> str:\n    """Of f."""\n    return f"run {x + len(\'inner\')} s"\n'
    source = f'"""Of the module."""\nword = "a word"\n{function}'
    assert sorted(strings_of(source)) == [(2, "a word"), (5, "inner"), (5, "run … s")]
