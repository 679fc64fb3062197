"""``docs/results.md``: the files of an evaluation, generated from the models and columns themselves.

``python -m evals.files.results_document > docs/results.md`` writes it again; a test compares the file with this text.
"""

import inspect
import re
import sys
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from backend.metrics.registry import BY_KEY
from evals.files.events_parquet import COLUMNS
from evals.files.folder import __doc__ as output_doc
from evals.results import models as schema

_HEAD = """# The files of an evaluation

This page is written by `python -m evals.files.results_document > docs/results.md`, and a test compares the two.

`playhead eval SUITE --out DIR` writes these files to `DIR`, all of them whole or none:
"""

_READING = """## Reading them

```python
import json
import pandas as pd

results = json.load(open("DIR/results.json"))
runs = pd.read_csv("DIR/runs.csv")
events = pd.read_parquet("DIR/events.parquet")
```

A recording opens in Replay of either UI by upload, and `playhead check FILE` lists the stream rules that it breaks.
`playhead compare A B` compares two of these folders.
"""


def results_document() -> str:
    """The whole page, as Markdown."""
    parts = [
        _HEAD,
        _code(output_doc or ""),
        _READING,
        "## results.json\n",
        _text(inspect.getdoc(schema) or ""),
        *(_model(model) for model in _models(schema.Results)),
        "## Metrics\n",
        "What `metrics`, `server_metrics` and `truth` of a run may contain. Missing is null, never 0.\n",
        _table(("key", "unit", "better", "definition"), _metric_rows()),
        "## events.parquet\n",
        "One row for each event of each run, duplicates included, in the order of arrival.\n",
        _table(("column", "type", "content"), ((name, *about) for name, about in COLUMNS.items())),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _code(text: str) -> str:
    """The table in a docstring, as it stands."""
    lines = [line for line in text.splitlines() if "``" in line]
    rows = (re.match(r"``(.+?)``\s+(.*)", line) for line in lines)
    return _table(("file", "what it is"), ((f"`{row[1]}`", row[2]) for row in rows if row))


def _metric_rows() -> Iterator[tuple[str, ...]]:
    for key, metric in BY_KEY.items():
        yield f"`{key}`", metric.unit, metric.direction, metric.definition


def _models(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The model and every model in it, each once, from the outside in."""
    found = [model]
    for one in found:
        for field in one.model_fields.values():
            found += [inner for inner in _inside(field.annotation) if inner not in found]
    return found


def _inside(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [inner for argument in get_args(annotation) for inner in _inside(argument)]


def _model(model: type[BaseModel]) -> str:
    rows = ((f"`{field.alias or name}`", _type(field.annotation)) for name, field in model.model_fields.items())
    return f"### {model.__name__}\n\n{_text(inspect.getdoc(model) or '')}\n\n{_table(('field', 'value'), rows)}"


def _text(doc: str) -> str:
    return doc.replace("``", "`")


def _type(annotation: Any) -> str:
    """A type as JSON knows it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{argument!r}`".replace("'", '"') for argument in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(argument) for argument in arguments)
    if origin is tuple:
        of = [_type(argument) for argument in arguments if argument is not Ellipsis]
        return f"list of {of[0]}" if Ellipsis in arguments else f"[{', '.join(of)}]"
    if origin is dict:
        return f"object of {_type(arguments[1])}"
    named = {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "true or false",
        type(None): "null",
        Any: "anything",
    }
    return named.get(annotation) or str(getattr(annotation, "__name__", annotation))


def _table(heads: tuple[str, ...], rows: Any) -> str:
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(results_document())
