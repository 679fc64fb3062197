"""What not every installation has: which extra brings a package, and the one sentence for a package that is missing.

Playhead is not on a package index: ``pip install playhead`` would install a stranger's package of that name, so the
advice is always to install from Playhead's folder. Any room may lack a package, so this is on the ground floor.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EXTRAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gradio": "gradio",
        "streamlit": "streamlit",
        "playwright": "browser",
        "pydantic_ai": "model",
        "fastmcp": "model",
        "openai": "model",
        "anthropic": "model",
        "google": "model",
        "redis": "redis",
        "socksio": "socks",
    }
)
"""The extra that brings a package, by the name under which the package is imported."""


def missing_package(what: str, module: str | None) -> str:
    """One sentence for ``what`` that needs a module which is not installed, and how to get it."""
    package = (module or "a package").partition(".")[0]
    extra = EXTRAS.get(package)
    if extra is None:
        return f"{what} needs {package}, which is not installed here: run `make setup` in Playhead's folder."
    name = package.replace("_", "-")
    return f"{what} needs {name}, which is not installed here: run `pip install '.[{extra}]'` in Playhead's folder."
