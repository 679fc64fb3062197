"""A figure in two themes for little more than the size of one: the light figure, and the differences of the dark
one."""

from collections.abc import Callable
from typing import Any

from backend.present.theme.palette import Theme

Figure = dict[str, Any]
Patch = tuple[list[str | int], Any]
"""A path in the light figure, as keys and indexes, and the value there in the dark one."""


def two_themes(draw: Callable[[Theme], Figure]) -> dict[str, Any]:
    """The figure that ``draw`` makes, as ``{"light": figure, "dark": patches}``."""
    return in_two_themes(draw("light"), draw("dark"))


def in_two_themes(light: Figure, dark: Figure) -> dict[str, Any]:
    """The same for a figure that was drawn twice."""
    return {"light": light, "dark": patches(light, dark)}


def patches(light: Any, dark: Any, path: tuple[str | int, ...] = ()) -> list[Patch]:
    """The values to set in ``light`` to make it ``dark``."""
    if isinstance(light, dict) and isinstance(dark, dict) and light.keys() == dark.keys():
        return [patch for key in light for patch in patches(light[key], dark[key], (*path, key))]
    if isinstance(light, list) and isinstance(dark, list) and len(light) == len(dark):
        return [
            patch
            for index, (one, other) in enumerate(zip(light, dark, strict=True))
            for patch in patches(one, other, (*path, index))
        ]
    return [] if light == dark else [(list(path), dark)]
