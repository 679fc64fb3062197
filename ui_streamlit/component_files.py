"""The files of Streamlit's components that the pages use: the browser fetches them together with the page, instead of
one after the other when the first pass has named them, with a placeholder for each until then."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import streamlit as st

_COMPONENTS: Final = (
    *("Html", "PageLink", "BidiComponent", "Button", "TextArea", "TextInput", "Selectbox", "NumberInput"),
    *("ButtonGroup", "FileUploader"),
)
_IMPORTED: Final = re.compile(r'from"\./([\w.-]+\.js)"|import"\./([\w.-]+\.js)"')


def component_links(page: str) -> str:
    """Links for the head of this page, safe HTML; without those that it has already."""
    folder = Path(st.__file__).parent / "static" / "static" / "js"
    named: dict[str, None] = {}
    for component in _COMPONENTS:
        for file in sorted(folder.glob(f"{component}.*.js")):
            named |= dict.fromkeys(_with_imports(folder, file.name, set()))
    return "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in named if name not in page
    )


def _with_imports(folder: Path, name: str, known: set[str]) -> Iterator[str]:
    """This file, and all that it imports."""
    if name in known or not (folder / name).is_file():
        return
    known.add(name)
    yield name
    for found in _IMPORTED.finditer((folder / name).read_text(encoding="utf-8")[:20_000]):
        yield from _with_imports(folder, found[1] or found[2], known)
