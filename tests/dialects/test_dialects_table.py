"""`docs/dialects.md`: every row of its table is what the streams of that server here are read as."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from backend.dialects.registry import DIALECTS
from tests.dialects.stream_index import OWN_STREAMS, Row, index_of
from tests.dialects.streams import DIALECT_OF_PROTOCOL, ReadStream, read

ROOT = Path(__file__).resolve().parent.parent.parent
ROW = re.compile(r"^\| `([a-z0-9-]+)` \|(.*)\|$", re.MULTILINE)
NONE = "no"


@dataclass
class Server:
    """The streams of one server in one dialect."""

    made: set[str] = field(default_factory=set)
    streams: list[ReadStream] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        """What the table says of it."""
        cited = [citation for stream in self.streams for citation in stream.citations]
        ranged = any(citation.spans for citation in cited)
        thinks = any(("thinking", "started") in stream.states for stream in self.streams)
        losses = sorted({what for stream in self.streams for what in stream.losses})
        return (
            " and ".join(sorted(self.made, reverse=True)),
            "with ranges" if ranged else "without ranges" if cited else NONE,
            "a step" if thinks else NONE,
            "yes" if any(stream.tools for stream in self.streams) else NONE,
            "yes" if any(stream.end.usage for stream in self.streams) else NONE,
            "; ".join(losses) or "none",
        )


def servers() -> dict[tuple[str, str], Server]:
    """Every server of the index, by its dialect and name."""
    found: dict[tuple[str, str], Server] = {}
    for row in index_of(OWN_STREAMS):
        dialect = DIALECT_OF_PROTOCOL.get(row["protocol"])
        if dialect is not None:
            server = found.setdefault((dialect, row["server"]), Server())
            server.made.add(row["made_from"])
            server.streams.append(read(dialect, (OWN_STREAMS / row["file"]).read_bytes()))
    return found


def rows() -> dict[tuple[str, str], tuple[str, ...]]:
    """The table of the document, by dialect and server."""
    table = {}
    for dialect, rest in ROW.findall((ROOT / "docs" / "dialects.md").read_text(encoding="utf-8")):
        server, *cells = (cell.strip() for cell in rest.split("|"))
        # Another table says how people are asked.
        if len(cells) > 1:
            table[dialect, server] = tuple(cells)
    return table


def test_every_row_is_what_its_streams_are_read_as() -> None:
    assert rows() == {key: server.cells() for key, server in servers().items()}


def test_every_foreign_dialect_has_a_row() -> None:
    assert {dialect for dialect, _ in rows()} == set(DIALECTS) - {"native"}


def test_every_stream_says_what_it_was_made_from() -> None:
    known: list[Row] = [row for row in index_of(OWN_STREAMS) if row["protocol"] in DIALECT_OF_PROTOCOL]
    assert {row["made_from"] for row in known} <= {
        "recorded streams",
        "documented shapes",
        "recorded streams and documented shapes",
    }
