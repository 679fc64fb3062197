"""Where two texts of one answer meet."""

import pytest

from backend.protocol.paragraphs import paragraph_break

CASES = [
    ("Let me look.", "## Result", True, "\n\n"),
    ("Let me look.", " It is 42.", True, "\n\n"),
    ("Let me look", "Found it", True, "\n\n"),
    ("Let me look:\n", "- one", True, "\n"),
    ("Let me look.\n\n", "It", True, ""),
    ("Let me look.", "\nIt", True, "\n"),
    ("**Bold.**", "next", True, "\n\n"),
    ("让我查一下。", "结果", True, "\n\n"),
    ("The answer is", " 42", True, ""),
    ("The answer is ", "Paris", True, ""),
    ("We found", ", then", True, ""),
    ("We fou", "nd", True, ""),
    ("", "One", True, ""),
    ("One.", "- two", False, "\n\n"),
    ("One.", "Two", False, "\n\n"),
    ("One.", " Two", False, ""),
    ("The sky is", "blue", False, ""),
    ("It says **Stop.", "** Now", False, ""),
    ("It says **Stop.**", "**Next**", False, "\n\n"),
    ("It fell to $", "3m", False, ""),
    ("said (", "Smith", False, ""),
]


@pytest.mark.parametrize(("before", "after", "apart", "missing"), CASES)
def test_what_is_missing_between_them(before: str, after: str, apart: bool, missing: str) -> None:
    assert paragraph_break(before, after, apart=apart) == missing
