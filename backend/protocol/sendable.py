"""What can be sent as JSON: text that UTF-8 can carry, and numbers that JSON has. Python's own reader takes more."""

import json
from typing import Annotated, TypeVar

from pydantic import AfterValidator

ValueType = TypeVar("ValueType")


def not_unicode(what: str) -> str:
    """The sentence for a text, such as ``The text``, that UTF-8 cannot carry. JSON's escapes can put one together."""
    return f"{what} contains half of a surrogate pair: send valid Unicode."


def _well_formed(text: str) -> str:
    """The text, unless JSON escapes put something into it that no UTF-8 can carry."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(not_unicode("The text")) from error
    return text


Text = Annotated[str, AfterValidator(_well_formed)]
"""A text that can be sent on."""


def sendable(value: ValueType) -> ValueType:
    """The JSON value itself. Raises ``ValueError`` with a sentence where it contains text or numbers that cannot be
    written as JSON again."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(not_unicode("The value")) from error
    except (ValueError, RecursionError) as error:
        raise ValueError("The value contains a number that JSON does not have, or too many levels.") from error
    return value
