"""Values against JSON Schema. Schemas and values are strangers': both are bounded, and nothing is fetched."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

MAX_BYTES = 64 * 1024
"""The largest schema, and the largest value, as JSON."""

MAX_DEPTH = 16
"""How deep a schema or a value may nest."""

MAX_REFERENCES = 24
"""References inside a schema: a few that refer to each other twice can stand for a million checks."""

_UNCHECKED = ("pattern", "patternProperties", "$id", "$dynamicRef", "$dynamicAnchor", "$recursiveRef")
"""Keywords that are taken out: a regular expression of a stranger can keep the server busy for ever."""

_NAMES = ("properties", "$defs", "definitions", "dependentSchemas")
"""Keywords whose objects have names for keys instead of keywords."""


def json_size(value: JsonValue) -> int:
    """The bytes of the value as JSON. Raises ``ValueError`` for what is not JSON, or nests too deeply."""
    _check_depth(value, MAX_DEPTH)
    return len(json.dumps(value, allow_nan=False).encode())


def checkable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema as it is checked and shown. Raises ``ValueError`` with a sentence for one that cannot be used."""
    from jsonschema import Draft202012Validator, SchemaError

    if json_size(dict(schema)) > MAX_BYTES:
        raise ValueError(f"the schema has more than {MAX_BYTES:,} bytes")
    references: list[object] = []
    cleaned: dict[str, Any] = _cleaned(dict(schema), references)
    if len(references) > MAX_REFERENCES or not all(str(each).startswith("#") for each in references):
        raise ValueError(f"the schema has more than {MAX_REFERENCES} references, or one that leads out of it")
    try:
        Draft202012Validator.check_schema(cleaned)
    except SchemaError as error:
        raise ValueError(f"the schema is malformed: {error.message[:200]}") from error
    return cleaned


def faults(schema: Mapping[str, Any], value: JsonValue) -> list[tuple[str, str]]:
    """What does not fit, 20 at most: pairs of a field such as ``address.city`` (empty = the whole) and a sentence."""
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    found: list[tuple[str, str]] = []
    try:
        for error in Draft202012Validator(schema, registry=Registry()).iter_errors(value):
            field = ".".join(str(part) for part in error.absolute_path)
            if error.validator == "required":
                found += _missing(field, error.validator_value, error.instance)
            else:
                found.append((field, f"{error.message[:300]}."))
            if len(found) >= 20:
                break
    except (Unresolvable, RecursionError):
        found.append(("", "The schema refers to something that cannot be found: the value cannot be checked."))
    return list(dict.fromkeys(found))[:20]


def _missing(field: str, required: object, instance: object) -> list[tuple[str, str]]:
    prefix = f"{field}." if field else ""
    names = required if isinstance(required, list) else []
    present = instance if isinstance(instance, dict) else {}
    return [(f"{prefix}{name}", "This is required.") for name in names if name not in present]


def _check_depth(value: object, left: int) -> None:
    if isinstance(value, dict | list | tuple):
        if left == 0:
            raise ValueError(f"it nests more than {MAX_DEPTH} levels")
        for inner in value.values() if isinstance(value, dict) else value:
            _check_depth(inner, left - 1)


def _cleaned(value: Any, references: list[object], *, names: bool = False) -> Any:
    """The part of a schema without what is not checked; its references are noted."""
    if isinstance(value, list):
        return [_cleaned(inner, references) for inner in value]
    if not isinstance(value, dict):
        return value
    if not names and "$ref" in value:
        references.append(value["$ref"])
    return {
        key: _cleaned(inner, references, names=not names and key in _NAMES)
        for key, inner in value.items()
        if names or key not in _UNCHECKED
    }
