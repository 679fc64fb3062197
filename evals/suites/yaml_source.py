"""YAML text as plain data that still knows its lines, so that every complaint can name one."""

from dataclasses import dataclass
from typing import Any

import yaml

MAX_FILE_BYTES = 512 * 1024

Path = tuple[str | int, ...]


class SourceError(ValueError):
    """The text cannot be used. The message names file and line and says what was expected."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}")
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True)
class YamlSource:
    """One YAML document: its data, and the line (from 1) on which each part begins."""

    file: str
    data: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of the part at ``path``, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, path: Path, message: str) -> SourceError:
        """A complaint about the part at ``path``."""
        return SourceError(self.file, self.line(path), message)


def read_yaml(content: bytes, file: str) -> YamlSource:
    """Read one YAML document of plain values. Raises ``SourceError``."""
    if len(content) > MAX_FILE_BYTES:
        raise SourceError(file, 1, f"the file has {len(content):,} bytes; at most {MAX_FILE_BYTES:,} are read.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(file, line, "this is not UTF-8 text; save the file as UTF-8.") from error
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        lines: dict[Path, int] = {}
        if root is None:
            return YamlSource(file, None, lines)
        _note_lines(root, (), lines, file, frozenset())
        return YamlSource(file, loader.construct_document(root), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = error.problem or error.context or "unreadable"
        raise SourceError(
            file, line, f"this is not valid YAML ({problem}); check indentation, quotes and brackets."
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(file, 1, f"this is not valid YAML ({str(error).splitlines()[0]}).") from error
    finally:
        loader.dispose()


def _note_lines(node: yaml.Node, path: Path, lines: dict[Path, int], file: str, above: frozenset[int]) -> None:
    line = node.start_mark.line + 1
    if id(node) in above:
        raise SourceError(file, line, "an alias refers to what it stands in; write the values out.")
    above |= {id(node)}
    lines.setdefault(path, line)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else str(key.start_mark.line)
            here = (*path, name)
            if here in lines:
                raise SourceError(file, key.start_mark.line + 1, f"the key {name!r} stands here a second time.")
            lines[here] = key.start_mark.line + 1
            _note_lines(value, here, lines, file, above)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*path, index), lines, file, above)
