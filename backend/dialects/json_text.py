"""JSON as it comes from strangers, made such that it can be written again: whole characters, and not nested endlessly.

Senders that count in UTF-16 cut an emoji in two, and JSON lets each half pass, though no file and no browser takes it.
A half that ends a text is held until a text begins with the other one, as the pieces of an answer do; every other half
becomes U+FFFD. Nesting that can be read is not always nesting that can be written: it has a limit here.
"""

import json
import re
from collections.abc import Mapping

from pydantic import JsonValue

MAX_DEPTH = 100
"""Lists and objects inside one another."""

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


class JsonTexts:
    """Reads the JSON texts of one stream, in their order."""

    def __init__(self) -> None:
        self._held = ""

    def read(self, text: str) -> JsonValue:
        """The value. Raises ``ValueError`` or ``RecursionError`` where it is not JSON or nested too deeply."""
        value: JsonValue = json.loads(text)
        if text.count("[") + text.count("{") > MAX_DEPTH and _is_deeper(value, MAX_DEPTH):
            raise ValueError(f"more than {MAX_DEPTH} lists and objects inside one another")
        return self._mended(value) if _ESCAPED_HALF.search(text) else value

    def _mended(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {_HALF.sub(_REPLACEMENT, key): self._mended(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._mended(item) for item in value]
        return value

    def _text(self, text: str) -> str:
        if self._held and "\udc00" <= text[:1] <= "\udfff":
            pair, self._held = self._held + text[0], ""
            text = pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le") + text[1:]
        if "\ud800" <= text[-1:] <= "\udbff":
            self._held, text = text[-1], text[:-1]
        return _HALF.sub(_REPLACEMENT, text)


def _is_deeper(value: JsonValue, levels: int) -> bool:
    if isinstance(value, Mapping):
        return levels == 0 or any(_is_deeper(item, levels - 1) for item in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_is_deeper(item, levels - 1) for item in value)
    return False
