"""A YAML file as plain data that still knows its lines, so that every complaint can name one."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from backend.yaml_lines.complaints import SourceError, did_you_mean, shown
from backend.yaml_lines.syntax import ALIAS, ANCHOR, TAG, YamlEvents

MAX_DEPTH: Final = 40
"""How many lists and mappings may lie in one another."""

ValuePath = tuple[str | int, ...]
"""Where a value is in the data: keys and positions in lists, as pydantic names them in its errors."""

_WORDS: Final[Mapping[str, bool | None]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A file's data, and where each of its values is.

    ``lines`` gives the line of each path, from 1; ``quoted`` contains the paths of texts in quotes or blocks.
    """

    file: str
    data: dict[str, Any]
    lines: Mapping[ValuePath, int]
    quoted: Collection[ValuePath] = frozenset()

    def line(self, path: ValuePath) -> int:
        """The line of the value at ``path``, or of the nearest thing around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, path: ValuePath, message: str) -> SourceError:
        """A complaint about the value at ``path``."""
        return SourceError(self.file, self.line(path), message)

    def check_fields(self, path: ValuePath, fields: Mapping[str, Any], known: Collection[str], owner: str) -> None:
        """Raises ``SourceError`` for the first field that is not known; ``owner`` is what the fields belong to."""
        for key in fields:
            if key not in known:
                raise self.error((*path, key), f"{owner} has no field {shown(key)}{did_you_mean(key, known)}")

    def missing_field(self, path: ValuePath, field: str, expected: str, owner: str) -> SourceError:
        """A complaint about the mapping at ``path``, which lacks a field."""
        return self.error(path, f"{owner} needs the field {field!r}, {expected}.")

    def wrong_value(self, path: ValuePath, field: str, expected: str, value: object, *, text: bool) -> SourceError:
        """A complaint about a value that is not what was expected; ``text``: any text would have been right."""
        hint = " Put it in quotes." if text and isinstance(value, int | float) else ""
        found = "but it is empty" if value is None else f"not {shown(value)}"
        return self.error(path, f"{field!r} must be {expected}, {found}.{hint}")


def read_yaml(content: bytes, file: str, first_key: str) -> YamlSource:
    """Read a file's bytes as one mapping. Raises ``SourceError``.

    ``file`` is its name in messages, ``first_key`` the key it usually begins with.
    """
    return _Builder(content, file).source(f"a mapping that begins with '{first_key}: ...'")


class _Builder:
    """Makes data of events, each event once."""

    def __init__(self, content: bytes, file: str) -> None:
        self._events = YamlEvents(content, file)
        self._file = file
        self._lines: dict[ValuePath, int] = {}
        self._quoted: set[ValuePath] = set()

    def source(self, expected: str) -> YamlSource:
        self._events.take()
        opened = isinstance(self._events.take(), yaml.DocumentStartEvent)
        data = self._value(self._events.take(), ()) if opened else None
        if data is None:
            raise SourceError(self._file, 1, f"the file is empty; expected {expected}.")
        if not isinstance(data, dict):
            raise SourceError(self._file, self._lines[()], f"expected {expected}, not {shown(data)}.")
        self._events.take()
        following = self._events.take()
        if not isinstance(following, yaml.StreamEndEvent):
            raise self._events.error(following, "a second document begins here; a file contains one.")
        return YamlSource(self._file, data, self._lines, self._quoted)

    def _value(self, event: yaml.Event, path: ValuePath) -> Any:
        self._refuse(event)
        self._lines.setdefault(path, self._events.line(event))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if len(path) >= MAX_DEPTH:
            message = f"lists and mappings are nested more than {MAX_DEPTH} levels deep; use fewer levels."
            raise self._events.error(event, message)
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._list(path)

    def _refuse(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self._events.error(event, ALIAS)
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            raise self._events.error(event, ANCHOR)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            raise self._events.error(event, TAG)

    def _list(self, path: ValuePath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._events.take(), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: ValuePath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := self._events.take(), yaml.MappingEndEvent):
            key = self._key(event)
            if key in data:
                raise self._events.error(event, f"duplicate key {shown(key)}; remove one of them.")
            here = (*path, key)
            self._lines[here] = self._events.line(event)
            data[key] = self._value(self._events.take(), here)
        return data

    def _key(self, event: yaml.Event) -> str:
        self._refuse(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._events.error(event, "a key must be a plain word, not a list or a mapping.")
        if event.value == "<<" and event.implicit[0]:
            raise self._events.error(event, "merge keys ('<<') are not supported; write the fields out.")
        return self._text(event)

    def _scalar(self, event: yaml.ScalarEvent, path: ValuePath) -> str | int | float | bool | None:
        if not event.implicit[0]:
            self._quoted.add(path)
            return self._text(event)
        if event.value in _WORDS:
            return _WORDS[event.value]
        try:
            if _WHOLE.fullmatch(event.value):
                return int(event.value)
            number = float(event.value) if _DECIMAL.fullmatch(event.value) else None
        except ValueError:
            number = math.inf
        if number is None:
            return self._text(event)
        if math.isinf(number):
            raise self._events.error(event, f"{shown(event.value)} is too large for a number.")
        return number

    def _text(self, event: yaml.ScalarEvent) -> str:
        text: str = event.value
        if _SURROGATE.search(text):
            message = "this is half of a surrogate pair; write \\U0001F600, not \\uD83D\\uDE00."
            raise self._events.error(event, message)
        return text
