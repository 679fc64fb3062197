"""The folder of recordings and conformance cases that are not part of this repository."""

from collections.abc import Mapping
from pathlib import Path

import pytest

VARIABLE = "PLAYHEAD_SHARED_DATA"


def shared_folder(environment: Mapping[str, str]) -> Path:
    """The folder that the variable names.

    Skips the test where the variable is not set, with CI=true as well: what others recorded cannot be in a clone, and
    each of these tests has a twin with data of this project. Fails it where the variable names no folder.
    """
    named = environment.get(VARIABLE, "")
    if not named:
        pytest.skip(f"needs recordings that are not in this repository: set {VARIABLE} to their folder")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(
            f"{VARIABLE} names {named!r}, which is not a folder: correct it, or unset it to skip these tests.",
            pytrace=False,
        )
    return folder
