"""The fields of a request: a choice's options, a text, or one field for each property of a flat form.

What each field gives to the answer stands in ``data-ph-type``: the page's script reads it. The server checks the answer
against the request's schema, whatever the page sends.
"""

import json
from collections.abc import Mapping
from typing import Any

from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.words import run as words_run, steering as words
from backend.protocol.inputs import InputRequest

_NUMBERS = ("integer", "number")


def value_fields(request: InputRequest) -> Markup:
    """The fields that make the answer's value."""
    if request.kind == "choice":
        return _options(request)
    if request.kind == "form":
        properties = _flat_properties(request.value_schema)
        if properties is None:
            return _text("value", words.VALUE_AS_JSON, _written(request.default), kind="json", long=True)
        required = (request.value_schema or {}).get("required", ())
        defaults = request.default if isinstance(request.default, dict) else {}
        return joined(
            _field(name, rules, name in required, defaults.get(name, rules.get("default")))
            for name, rules in properties.items()
        )
    default = request.default if isinstance(request.default, str) else ""
    return _text("value", words.ANSWER, default, secret=request.sensitive)


def _options(request: InputRequest) -> Markup:
    rows = joined(
        fragment(
            '<label class="ph-input-option"><input type="radio" name="value" data-ph-type="text" value="{}"{}{}>'
            '<span dir="auto">{}{}</span></label>',
            option.value,
            Markup(" checked") if option.value == request.default else EMPTY,
            Markup(" required"),
            option.label or option.value,
            fragment('<small dir="auto">{}</small>', option.description) if option.description else EMPTY,
        )
        for option in request.options
    )
    return fragment('<fieldset class="ph-input-field"><legend>{}</legend>{}</fieldset>', words.CHOOSE, rows)


def _field(name: str, rules: Mapping[str, Any], required: bool, default: object) -> Markup:
    """One property of a form."""
    title = str(rules.get("title") or words_run.readable(name))
    if isinstance(rules.get("enum"), list):
        return _select(name, title, rules["enum"], default)
    kind = str(rules.get("type", "string"))
    if kind == "boolean":
        return fragment(
            '<label class="ph-input-field ph-input-option"><input type="checkbox" name="{}" data-ph-type="boolean"{}>'
            "<span>{}</span></label>",
            name,
            Markup(" checked") if default is True else EMPTY,
            title,
        )
    label = f"{title} ({words.REQUIRED})" if required else title
    hint = str(rules["description"]) if rules.get("description") else ""
    return _text(name, label, _written(default), kind=kind if kind in _NUMBERS else "text", hint=hint)


def _select(name: str, title: str, values: list[Any], default: object) -> Markup:
    options = joined(
        fragment(
            '<option value="{}"{}>{}</option>',
            json.dumps(value),
            Markup(" selected") if value == default else EMPTY,
            value,
        )
        for value in values
    )
    return fragment(
        '<div class="ph-input-field"><label>{}<select name="{}" data-ph-type="json">{}</select></label></div>',
        title,
        name,
        options,
    )


def _text(
    name: str, label: str, value: str, *, kind: str = "text", long: bool = False, secret: bool = False, hint: str = ""
) -> Markup:
    about = fragment("<small>{}</small>", hint) if hint else EMPTY
    if long:
        return fragment(
            '<div class="ph-input-field"><label>{}<textarea name="{}" data-ph-type="{}" rows="4">{}</textarea>'
            "{}</label></div>",
            *(label, name, kind, value, about),
        )
    return fragment(
        '<div class="ph-input-field"><label>{}<input type="{}" name="{}" data-ph-type="{}" value="{}"{}'
        ' autocomplete="off">{}</label></div>',
        label,
        "password" if secret else "text",
        name,
        kind,
        value,
        Markup(' inputmode="decimal"') if kind in _NUMBERS else EMPTY,
        about,
    )


def _flat_properties(schema: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]] | None:
    """The properties of a flat object; None for a schema that needs more than one field for each."""
    properties = (schema or {}).get("properties")
    if not isinstance(properties, dict) or not properties:
        return None
    for rules in properties.values():
        if not isinstance(rules, dict):
            return None
        if "enum" not in rules and rules.get("type", "string") not in ("string", "boolean", *_NUMBERS):
            return None
    return properties


def _written(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
