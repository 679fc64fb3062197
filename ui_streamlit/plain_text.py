"""Text of others where Streamlit reads Markdown, such as the label of a button."""

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """The text as it is, with nothing in it read as Markdown, a colour, a formula or the name of an icon."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))
