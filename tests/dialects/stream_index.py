"""Folders of captured streams, each with an index that says what its streams hold.

``tests/dialects/data`` is this project's own: every stream in it was written by hand, with its text in the index. The
folder of recordings of real providers is not part of this repository (see ``tests/shared_folder.py``); its index gives
the text's SHA-256 in place of the text. ``breaks`` names the rules that a stream breaks on purpose.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

Row = dict[str, Any]

OWN_STREAMS = Path(__file__).parent / "data"


def index_of(folder: Path) -> list[Row]:
    """What the index says of every stream in the folder, in the words of the recordings' index."""
    rows: list[Row] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return [_in_full(folder, row) if "text" in row else row for row in rows]


def _has_lines(row: Row) -> bool:
    """Whether the stream has one JSON object a line, without server-sent events."""
    return str(row["file"]).endswith((".ndjson", ".jsonl"))


def _messages_of(row: Row) -> bytes:
    """What begins a message in the file."""
    if str(row["file"]).endswith(".txt"):
        return rb"^[0-9a-k]:"
    return rb"^\{" if _has_lines(row) else rb"^data:"


def _in_full(folder: Path, row: Row) -> Row:
    """A row of our own index with what can be counted."""
    data, text = (folder / row["file"]).read_bytes(), row["text"]
    return row | {
        "bytes": len(data),
        "n_events": len(re.findall(_messages_of(row), data, re.MULTILINE)),
        "done_marker": b"data: [DONE]" in data,
        "has_errors": row["errors"],
        "has_reasoning": row["reasoning"],
        "has_citations": row["citations"] > 0,
        "n_citations": row["citations"],
        "text_chars": len(text),
        "final_text_sha256": hashlib.sha256(text.encode()).hexdigest() if text else None,
    }
