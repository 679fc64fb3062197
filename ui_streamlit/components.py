"""The pages' own components. Their scripts are in the page that is served: what Streamlit is given of a component, it
sends again in each pass, so that only calls the script."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st

from backend.present.browser import input_cards_script, strip_script

Component = Literal["strip", "inputs", "choices"]

_FILES: Final[dict[Component, str]] = {
    "strip": "run_strip.js",
    "inputs": "input_cards.js",
    "choices": "choices.js",
}


@cache
def component_scripts() -> str:
    """All of them as one script."""
    before: dict[Component, str] = {"strip": strip_script(), "inputs": input_cards_script()}
    scripts = ["window.phComponents={};"]
    scripts += (f"(()=>{{\n{before.get(name, '')}\n{_text(file)}\n}})();" for name, file in _FILES.items())
    return "\n".join(scripts)


def component(name: Component) -> Callable[..., object]:
    """A component to draw. Registered at every pass, as Streamlit requires; the same text is the same component."""
    script = _text("component.js").replace("NAME", name)
    return st.components.v2.component(f"playhead_{name}", html="<div></div>", js=script, isolate_styles=False)


def data_bytes(data: Any) -> bytes:
    """JSON for a component's script. In an object Streamlit would look for tables."""
    return json.dumps(data).encode()


@cache
def _text(file: str) -> str:
    return Path(__file__).with_name(file).read_text(encoding="utf-8")
