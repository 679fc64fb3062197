"""JSON, one value or one a line: names and values below one another, lists of like records as tables."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backend.agents.documents.readers.decoding import decode
from backend.agents.documents.readers.document_text import DocumentText, TableCell
from backend.agents.documents.readers.extraction import Extraction, UnreadableFileError, origin_of

MAX_RECORDS = 50_000
_DEEPEST = 40
_MOST_COLUMNS = 60


def read_json(data: bytes) -> Extraction:
    """The file's values. Raises ``UnreadableFileError``."""
    try:
        value = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"it is not readable JSON ({_first_line(error)})") from error
    return _extraction(value)


def read_json_lines(data: bytes) -> Extraction:
    """The values of the lines. Raises ``UnreadableFileError`` with the line that is not one."""
    values = []
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if line.strip():
            try:
                values.append(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise UnreadableFileError(f"line {number} is not readable JSON ({_first_line(error)})") from error
    return _extraction(values)


def _extraction(value: Any) -> Extraction:
    text = DocumentText()
    writer = _Writer(text)
    writer.add(value, 1)
    flat = {str(name).lower(): str(one) for name, one in value.items()} if isinstance(value, dict) else {}
    fields = {name: one for name, one in flat.items() if name in ("title", "date", "url", "author", "source")}
    cut = (f"only the first {MAX_RECORDS:,} entries of a list were read",) if writer.is_cut else ()
    return text.extraction(origin_of(fields), fields, cut)


class _Writer:
    def __init__(self, text: DocumentText) -> None:
        self.is_cut = False
        self._text = text

    def add(self, value: Any, level: int) -> None:
        if isinstance(value, dict):
            self._add_object(value, level)
        elif isinstance(value, list):
            self._add_list(value, level)
        else:
            self._text.paragraph(_written(value))

    def _add_object(self, value: Mapping[str, Any], level: int) -> None:
        plain = [f"{name}: {_written(one)}" for name, one in value.items() if not isinstance(one, dict | list)]
        self._text.paragraph("\n".join(plain))
        for name, one in value.items():
            if isinstance(one, dict | list) and one and level < _DEEPEST:
                self._text.heading(level, str(name))
                self.add(one, level + 1)

    def _add_list(self, values: list[Any], level: int) -> None:
        self.is_cut = self.is_cut or len(values) > MAX_RECORDS
        values = values[:MAX_RECORDS]
        columns = _columns(values)
        if columns:
            header = [TableCell(name) for name in columns]
            rows = [[TableCell(_written(record.get(name))) for name in columns] for record in values]
            self._text.table([header, *rows], has_header=True)
            return
        for value in values:
            self.add(value, level)


def _columns(values: list[Any]) -> list[str]:
    """The names that records of plain values have between them; empty if they are not such records."""
    if len(values) < 2 or not all(isinstance(value, dict) for value in values):
        return []
    if any(isinstance(one, dict | list) for value in values for one in value.values()):
        return []
    names = list(dict.fromkeys(_names(values)))
    return names if len(names) <= _MOST_COLUMNS else []


def _names(values: list[dict[str, Any]]) -> Iterator[str]:
    for value in values:
        yield from value


def _written(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
