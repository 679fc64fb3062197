"""``repeat`` in a timeline: written out, with the values of each round in place of ``${name}``."""

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from backend.agents.scripted.actions import BRANCHES
from backend.yaml_lines.complaints import did_you_mean, shown
from backend.yaml_lines.source import ValuePath, YamlSource

MAX_VALUES: Final = 200_000
"""The most values a scenario may contain, with its repeats written out."""
MAX_FILLED: Final = 16_000_000
"""The most characters that placeholders may make. Repeats in repeats could double a text at each level."""

Row = ChainMap[str, Any]
"""The values of the placeholders in one round; empty outside of any ``repeat``."""

_NOWHERE: Final[ValuePath] = (0,)
"""A path that no part of a scenario has."""
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def written_out(source: YamlSource) -> YamlSource:
    """A scenario with each ``repeat`` replaced by its actions. Raises ``SourceError``.

    Every value keeps the line it has in the file.
    """
    writer = _Writer(source)
    data = writer.mapping(source.data, (), (), ChainMap())
    return replace(source, data=data, lines=writer.lines, quoted=frozenset())


class _Writer:
    """Copies data. A value's ``origin`` is its path in the file, its ``path`` the one in the copy."""

    def __init__(self, source: YamlSource) -> None:
        self._source = source
        self.lines: dict[ValuePath, int] = {(): source.line(())}
        self._values = 0
        self._filled_characters = 0

    def value(self, value: Any, origin: ValuePath, path: ValuePath, row: Row) -> Any:
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._source.error(origin, f"the scenario contains more than {MAX_VALUES:,} values; repeat less.")
        self.lines[path] = self._source.line(origin)
        if isinstance(value, dict):
            return self.mapping(value, origin, path, row)
        if isinstance(value, list):
            items = self._actions(value, origin, row) if _is_action_list(path) else _items(value, origin, row)
            return [self.value(item, of, (*path, index), inner) for index, (item, of, inner) in enumerate(items)]
        return self._filled(value, origin, row) if row and isinstance(value, str) else value

    def mapping(self, fields: Mapping[str, Any], origin: ValuePath, path: ValuePath, row: Row) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for written, value in fields.items():
            of = (*origin, written)
            key = self._text(written, of, row) if row else written
            if key in data:
                raise self._source.error(of, f"duplicate key {shown(key)}; remove one of them.")
            data[key] = self.value(value, of, (*path, key), row)
        return data

    def _filled(self, text: str, origin: ValuePath, row: Row) -> Any:
        """A text with its placeholders filled in; a placeholder alone, without quotes, keeps the value's kind."""
        whole = None if origin in self._source.quoted else _PLACEHOLDER.fullmatch(text)
        return self._text(text, origin, row) if whole is None else self._given(whole[1], origin, row)

    def _text(self, text: str, origin: ValuePath, row: Row) -> str:
        if "${" not in text:
            return text
        counted = self._counted(text, origin)
        return _PLACEHOLDER.sub(lambda match: self._counted(str(self._given(match[1], origin, row)), origin), counted)

    def _counted(self, text: str, origin: ValuePath) -> str:
        self._filled_characters += len(text)
        if self._filled_characters > MAX_FILLED:
            message = f"the placeholders make more than {MAX_FILLED:,} characters of text; repeat less."
            raise self._source.error(origin, message)
        return text

    def _given(self, name: str, origin: ValuePath, row: Row) -> Any:
        if name not in row:
            raise self._source.error(origin, f"the repeat gives no value for '${{{name}}}'{did_you_mean(name, row)}")
        return row[name]

    def _actions(self, timeline: list[Any], origin: ValuePath, row: Row) -> Iterator[tuple[Any, ValuePath, Row]]:
        """The actions of a list, each with its path in the file and the values of its round."""
        for item, of, _ in _items(timeline, origin, row):
            if not isinstance(item, dict) or "repeat" not in item:
                yield item, of, row
                continue
            block = self._block(item, of)
            for inner in self._rounds(item["repeat"], (*of, "repeat"), row):
                yield from self._actions(block, (*of, "do"), inner)

    def _block(self, item: Mapping[str, Any], origin: ValuePath) -> list[Any]:
        for key in item:
            if key not in ("repeat", "do"):
                message = f"'repeat' takes one 'do' and nothing else, but here is {shown(key)}."
                raise self._source.error(origin, message)
        block = item.get("do")
        if not isinstance(block, list) or not block:
            raise self._source.error(origin, "'repeat' needs 'do': a list of actions to repeat.")
        return block

    def _rounds(self, written: Any, origin: ValuePath, row: Row) -> Iterable[Row]:
        """The values of the placeholders in each round; ``n`` counts the rounds from 1."""
        rounds = self.value(written, origin, _NOWHERE, row)
        if isinstance(rounds, int) and not isinstance(rounds, bool) and 1 <= rounds <= MAX_VALUES:
            return (row.new_child({"n": count}) for count in range(1, rounds + 1))
        if isinstance(rounds, list) and rounds and all(_is_round(values) for values in rounds):
            return (row.new_child({"n": count, **values}) for count, values in enumerate(rounds, start=1))
        expected = "a number, 1 or more, or a list of mappings"
        raise self._source.wrong_value(origin, "repeat", expected, rounds, text=False)


def _items(items: list[Any], origin: ValuePath, row: Row) -> Iterator[tuple[Any, ValuePath, Row]]:
    return ((item, (*origin, index), row) for index, item in enumerate(items))


def _is_round(values: object) -> bool:
    return isinstance(values, dict) and all(isinstance(value, str | int | float) for value in values.values())


def _is_action_list(path: ValuePath) -> bool:
    """True if the path is the timeline, or the ``do`` of one of its items, or a branch of one, at any depth."""
    if path[:1] != ("timeline",) or len(path) % 2 == 0:
        return False
    return all(isinstance(part, int) for part in path[1::2]) and all(part in BRANCHES for part in path[2::2])
