"""Arguments and results of a tool for a step's log: plain JSON of bounded size."""

import json

from pydantic import JsonValue
from pydantic_core import PydanticSerializationError, to_jsonable_python

MAX_LOGGED_CHARACTERS = 20_000


def loggable(value: object) -> JsonValue:
    """The value as JSON; above the limit its beginning as text."""
    try:
        plain: JsonValue = to_jsonable_python(value, fallback=str, bytes_mode="base64", inf_nan_mode="constants")
        text = json.dumps(plain, ensure_ascii=False)
    except (PydanticSerializationError, ValueError, RecursionError, TypeError):
        return "(this cannot be shown)"
    if len(text) <= MAX_LOGGED_CHARACTERS:
        return plain
    return f"{text[:MAX_LOGGED_CHARACTERS]} … ({len(text):,} characters in all)"
