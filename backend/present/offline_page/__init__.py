"""The parts of a page that is one file: Plotly inside, figures in two themes, and a policy that lets nothing else
run."""

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files

__all__ = ["content_policy", "figures_script", "plotly_js", "script_json"]


@cache
def plotly_js() -> str:
    """The text of plotly.js from the installed Plotly."""
    from plotly.offline import get_plotlyjs

    text = str(get_plotlyjs())
    if "</script" in text.lower():
        raise RuntimeError("This plotly.js cannot be put into a page: it contains the end of a script element.")
    return text


@cache
def figures_script() -> str:
    """The script that draws every element with ``data-figure`` from the JSON in the element ``#figures``.

    That JSON maps names to results of ``two_themes``. Figures are drawn when they come near, in the reader's colour
    scheme, and light on paper.
    """
    return files("backend.present.offline_page").joinpath("figures.js").read_text(encoding="utf-8")


def content_policy(*scripts: str) -> str:
    """The page's policy: run these scripts, style itself, draw its own pictures. Nothing is fetched."""
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"


def script_json(value: object) -> str:
    """JSON that is safe in a script element: no text in it can end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
