"""YAML nodes to plain data: values, the line of each, and ``repeat`` written out.

The data is what the models of ``scenario`` are made from; ``lines`` maps the path of every value (keys and
list positions, as pydantic names them in its errors) to its line in the file.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from backend.agents.scripted.errors import ScenarioError, did_you_mean, shown
from backend.agents.scripted.yaml_text import compose

MAX_VALUES = 200_000
"""The most values a scenario may hold, with its repeats written out."""
MAX_DEPTH = 40

Place = tuple[str | int, ...]
Row = Mapping[str, Any]

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario as plain data, and where each value stands in its file."""

    file: str
    data: dict[str, Any]
    lines: Mapping[Place, int]

    def line(self, path: Place) -> int:
        """The line of a value, or of the nearest thing around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_source(content: bytes, file: str) -> Source:
    """Read a file's bytes; ``file`` is its name in messages. Raises ``ScenarioError``."""
    builder = _Builder(file)
    data = builder.mapping(compose(content, file), (), {})
    return Source(file, data, builder.lines)


class _Builder:
    """Turns nodes into data. ``row`` holds the values of placeholders inside a ``repeat``, else nothing."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Place, int] = {(): 1}
        self._values = 0

    def value(self, node: yaml.Node, path: Place, row: Row) -> Any:
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._error(node, f"the scenario holds more than {MAX_VALUES:,} values; repeat less.")
        if len(path) > MAX_DEPTH:
            raise self._error(node, f"the lists and mappings are nested more than {MAX_DEPTH} deep.")
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, row)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, row)
        self._check_tag(node, "seq")
        plain = ((item, row) for item in node.value)
        items = self._written_out(node, row) if _is_action_list(path) else plain
        return [self.value(item, (*path, index), inner) for index, (item, inner) in enumerate(items)]

    def mapping(self, node: yaml.MappingNode, path: Place, row: Row) -> dict[str, Any]:
        self._check_tag(node, "map")
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, row)
            if key in data:
                raise self._error(key_node, f"the key {shown(key)} is here twice; remove one of them.")
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            data[key] = self.value(value_node, (*path, key), row)
        return data

    def _key(self, node: yaml.Node, row: Row) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(node, "a key must be a plain word, not a list or a mapping.")
        return self._text(node, row)

    def _scalar(self, node: yaml.ScalarNode, row: Row) -> Any:
        if row and node.style is None and (whole := _PLACEHOLDER.fullmatch(node.value)):
            return self._filled(node, whole[1], row)
        kind = node.tag.removeprefix(_TAG)
        if kind == "null":
            return None
        if kind == "bool":
            return node.value == "true"
        if kind in ("int", "float"):
            return self._number(node, kind)
        self._check_tag(node, "str")
        return self._text(node, row)

    def _number(self, node: yaml.Node, kind: str) -> int | float:
        try:
            number = int(node.value) if kind == "int" else float(node.value)
        except ValueError as error:
            raise self._error(node, f"{shown(node.value)} cannot be read as a number.") from error
        if isinstance(number, float) and not math.isfinite(number):
            raise self._error(node, f"{shown(node.value)} is too large for a number.")
        return number

    def _text(self, node: yaml.Node, row: Row) -> str:
        text: str = node.value
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._error(node, "half of a surrogate pair stands here; write \\U0001F600, not \\uD83D\\uDE00.")
        return _PLACEHOLDER.sub(lambda match: str(self._filled(node, match[1], row)), text) if row else text

    def _filled(self, node: yaml.Node, name: str, row: Row) -> Any:
        if name not in row:
            raise self._error(node, f"the repeat gives no value for '${{{name}}}'{did_you_mean(name, row)}")
        return row[name]

    def _check_tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag != _TAG + kind:
            raise self._error(node, f"the tag {node.tag.replace(_TAG, '!!')} is not read here; remove it.")

    def _written_out(self, node: yaml.Node, row: Row) -> Iterator[tuple[yaml.Node, Row]]:
        """The items of an action list, with each ``repeat`` replaced by what it stands for."""
        for item in node.value:
            keys = [key.value for key, _ in item.value] if isinstance(item, yaml.MappingNode) else []
            if "repeat" not in keys:
                yield item, row
                continue
            for inner in self._rows(item, keys, row):
                yield from self._written_out(self._block(item), inner)

    def _block(self, item: yaml.MappingNode) -> yaml.SequenceNode:
        for key, value in item.value:
            if key.value == "do" and isinstance(value, yaml.SequenceNode) and value.value:
                return value
        raise self._error(item, "'repeat' needs 'do': a list of actions to repeat.")

    def _rows(self, item: yaml.MappingNode, keys: list[str], row: Row) -> list[Row]:
        """One set of placeholder values for each round; ``n`` counts the rounds from 1."""
        for key in keys:
            if key not in ("repeat", "do") or keys.count(key) > 1:
                raise self._error(item, f"'repeat' takes one 'do' and nothing else, but here is {shown(key)}.")
        node = next(value for key, value in item.value if key.value == "repeat")
        rounds = self.value(node, (), row)
        if isinstance(rounds, int) and not isinstance(rounds, bool) and 1 <= rounds <= MAX_VALUES:
            return [{**row, "n": count} for count in range(1, rounds + 1)]
        if isinstance(rounds, list) and rounds and all(_is_row(values) for values in rounds):
            return [{**row, "n": count, **values} for count, values in enumerate(rounds, start=1)]
        raise self._error(node, f"'repeat' must be a number, 1 or more, or a list of mappings, not {shown(rounds)}.")

    def _error(self, node: yaml.Node, message: str) -> ScenarioError:
        return ScenarioError(self.file, node.start_mark.line + 1, message)


def _is_row(values: object) -> bool:
    return isinstance(values, dict) and all(isinstance(value, str | int | float) for value in values.values())


def _is_action_list(path: Place) -> bool:
    """Whether the path is the timeline, or the ``do`` of one of its items at any depth."""
    if path[:1] != ("timeline",) or len(path) % 2 == 0:
        return False
    return all(isinstance(part, int) for part in path[1::2]) and all(part == "do" for part in path[2::2])
