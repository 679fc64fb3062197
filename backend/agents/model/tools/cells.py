"""The cells of a query's result as plain JSON."""

import math
from collections.abc import Sequence

from pydantic import JsonValue

from backend.agents.documents.figures.tables import Result

_LONGEST_CELL = 500


def plain_rows(result: Result) -> list[list[JsonValue]]:
    """The rows as JSON: values other than numbers and texts become text, and long texts are cut."""
    return [_plain_row(row) for row in result.rows]


def _plain_row(row: Sequence[object]) -> list[JsonValue]:
    return [plain_cell(cell) for cell in row]


def plain_cell(cell: object) -> JsonValue:
    """One cell as JSON. Applied to its own result, it changes nothing."""
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    text = str(cell)
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"
