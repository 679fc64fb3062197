"""The text of a message that carries some, wherever the sender put it; what cannot be read as text is a loss.

Senders rename the field of a text, nest it in an object, or send a list of parts. Where such a form is known it is
read. Where it is not, the message would seem empty, so the field that was left is counted as lost, by its name.
"""

from collections.abc import Callable, Collection, Mapping

from pydantic import JsonValue

from backend.dialects.dialect import JsonObject

_NAMES = ("text", "delta", "textDelta", "text_delta", "content", "value", "payload", "output_text", "token", "answer")
"""Fields that are known to contain a piece of an answer, beside the one that a dialect's reference names."""

_DEEPEST = 6

_MOST_ITEMS = 1_000

CountLoss = Callable[[str], None]


def said_text(
    holder: JsonObject, name: str, beside: Collection[str], count_loss: CountLoss, *, required: bool = False
) -> str:
    """The text in the field ``name``, or in another field that is known for it.

    ``beside``: fields of such a message that are not its text. ``required``: a message of that kind without any text
    is a loss, even if no other field could be it.
    """
    value = holder.get(name)
    if isinstance(value, str) and value:
        return value
    for field in (name, *_NAMES):
        if field == name or field not in beside:
            found = _text_in(holder.get(field), _DEEPEST)
            if found:
                return found
    lost = count_unread(holder, {*beside, *({name} if isinstance(value, str) else ())}, count_loss)
    if required and not lost and not isinstance(value, str):
        count_loss("messages of text that contain none")
    return ""


def said_objects(value: JsonValue, count_loss: CountLoss) -> list[JsonObject]:
    """The objects of a list of parts of an answer; whatever is not one, or is not in a list, is lost."""
    items = value if isinstance(value, list) else [value]
    found: list[JsonObject] = [item for item in items if isinstance(item, Mapping)] if isinstance(value, list) else []
    for item in items:
        if not (isinstance(value, list) and isinstance(item, Mapping)) and _has_text(item, _DEEPEST):
            count_loss("parts of an answer in another form than is known")
    return found


def count_unread(holder: JsonObject, known: Collection[str], count_loss: CountLoss) -> bool:
    """Count each field that is not ``known`` and contains a text, by its name. Whether there was one."""
    unread = [field for field, value in holder.items() if field not in known and _has_text(value, _DEEPEST)]
    for field in unread[:_MOST_ITEMS]:
        count_loss(f"text in a field {field[:40]!r} that is not known")
    return bool(unread)


def _text_in(value: JsonValue, levels: int) -> str:
    """The text that the value is, or that it contains in a known place; empty if there is none."""
    if isinstance(value, str):
        return value
    if levels == 0:
        return ""
    if isinstance(value, Mapping):
        return next((found for field in _NAMES if (found := _text_in(value.get(field), levels - 1))), "")
    if isinstance(value, list):
        return "".join(_text_in(item, levels - 1) for item in value[:_MOST_ITEMS])
    return ""


def _has_text(value: JsonValue, levels: int) -> bool:
    if isinstance(value, str):
        return bool(value)
    if levels == 0:
        return False
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(_has_text(item, levels - 1) for item in items)
