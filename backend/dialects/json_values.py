"""Values out of foreign JSON, where nothing has to be what it should be."""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.dialect import JsonObject
from backend.dialects.json_text import JsonTexts


def text_of(holder: JsonObject, name: str) -> str:
    """The text of that field; empty where it is none."""
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def object_of(holder: JsonObject, name: str) -> JsonObject:
    """The object of that field; empty where it is none."""
    value = holder.get(name)
    return value if isinstance(value, Mapping) else {}


def objects_of(holder: JsonObject, name: str) -> list[JsonObject]:
    """The objects of the list in that field; other items are left out."""
    value = holder.get(name)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def whole_number_of(holder: JsonObject, name: str) -> int | None:
    """The whole number of that field, or None."""
    value = holder.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def plain(value: object) -> JsonValue:
    """The value as plain JSON."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def parsed(text: str) -> JsonValue:
    """The JSON value, or the text itself where it is none."""
    try:
        return JsonTexts().read(text)
    except (ValueError, RecursionError):
        return text


def camel_case(holder: JsonObject) -> JsonObject:
    """The object with its own field names in camel case; what is inside its fields stays as it is."""
    if not any("_" in name for name in holder):
        return holder
    renamed: dict[str, JsonValue] = {}
    for name, value in holder.items():
        head, *rest = name.split("_")
        renamed.setdefault(head + "".join(word.capitalize() for word in rest), value)
    return renamed


def is_lookup(tool: str) -> bool:
    """Whether a tool of that name looks something up."""
    return any(word in tool.lower() for word in ("search", "fetch", "url_context"))
