"""events.parquet: every event of every run, one row each, for analyses beyond metrics.

Times are milliseconds since the run's request on the wire, since its acceptance on the server; null if the plane does
not know them. Rows are in the order of the runs in results.json and, within a run, in the order of arrival. The agent's
texts (answers, titles, arguments) are not in it: they are in the recordings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from backend.protocol.events import ArtifactEvent, CitationEvent, Event, StatusEvent, TokenEvent
from evals.results.models import RunResult
from evals.scoring.scored_run import ScoredRun

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "run": ("int32", "the index of the run in results.json, from 0: unique, even if ids are missing"),
    "run_id": ("string", "the run's id"),
    "scenario": ("string", "the scenario"),
    "group": ("string", "the scenario, with the conditions of its runs"),
    "repeat": ("int32", "which run of its scenario, counted from 1"),
    "load": ("string", "the load it was played under, empty for none"),
    "through": ("string", "the UI in whose page it was asked for, null for none"),
    "seq": ("int64", "the event's number in its run, 0 if the stream has none"),
    "type": ("string", "the event's type"),
    "wire_ms": ("double", "arrival at the harness"),
    "kernel_ms": ("double", "arrival at the kernel, if it stamps"),
    "server_ms": ("double", "the event's own at_ms"),
    "counts": ("bool", "whether it counts: false for duplicates and for events after done"),
    "step_id": ("string", "of a status event"),
    "step": ("string", "of a status event"),
    "state": ("string", "of a status event"),
    "citation_id": ("string", "of a citation"),
    "number": ("int32", "of a citation: its marker"),
    "artifact_id": ("string", "of an artifact"),
    "characters": ("int32", "of a token event: the length of its text in code points"),
}
"""Every column: its type and its meaning."""

_GROUP_ROWS: Final = 100_000
"""Rows that are written together, and kept until then."""

_OWN: Final[dict[str, tuple[type, str]]] = {
    "step_id": (StatusEvent, "step_id"),
    "step": (StatusEvent, "step"),
    "state": (StatusEvent, "state"),
    "citation_id": (CitationEvent, "citation_id"),
    "number": (CitationEvent, "number"),
    "artifact_id": (ArtifactEvent, "artifact_id"),
}
"""Columns that only events of one type fill, each with its field."""

_OF_THE_RUN: Final = ("run", "run_id", "scenario", "group", "repeat", "load", "through")


@dataclass(frozen=True, slots=True)
class EventBatch:
    """The events of successive runs, packed: ``lengths`` are the numbers of events of the runs, ``packed`` is an Arrow
    stream of the columns with values from the events. Small enough to keep, and to send from one process to another."""

    lengths: tuple[int, ...]
    packed: bytes


def event_batch(runs: Sequence[ScoredRun]) -> EventBatch:
    """The events of these runs."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS if name not in _OF_THE_RUN}
    lengths = []
    for run in runs:
        lengths.append(len(run.wire.received))
        for name, values in _columns(run).items():
            columns[name] += values
    schema = _schema(columns)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, schema, options=options) as stream:
        stream.write_table(pa.table(columns, schema=schema))
    return EventBatch(tuple(lengths), sink.getvalue().to_pybytes())


def write_events(file: Path, runs: Sequence[RunResult], batches: Iterable[EventBatch]) -> None:
    """Write events.parquet: the batches contain the events of ``runs``, in their order, and may contain more after
    them. Raises ``OSError``."""
    import pyarrow as pa
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    schema = _schema(COLUMNS)
    place, waiting, rows = 0, [], 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            of_batch = runs[place : place + len(batch.lengths)]
            lengths = batch.lengths[: len(of_batch)]
            own = pa.ipc.open_stream(batch.packed).read_all().slice(0, sum(lengths))
            waiting.append(_with_runs(own, of_batch, lengths, place, schema))
            place, rows = place + len(of_batch), rows + len(own)
            if rows >= _GROUP_ROWS:
                writer.write_table(pa.concat_tables(waiting))
                waiting, rows = [], 0
        if waiting:
            writer.write_table(pa.concat_tables(waiting))


def event_times(file: Path, runs: Sequence[int]) -> dict[int, tuple[float, ...]]:
    """The arrival times of the counted events, in milliseconds, for each of these runs by its index in results.json: on
    the wire, else on the server's clock. Raises ``OSError``."""
    import pyarrow.parquet as pq

    found: dict[int, list[float]] = {place: [] for place in runs}
    if not found:
        return {}
    columns = ["run", "wire_ms", "server_ms", "counts"]
    table = pq.read_table(file, columns=columns, filters=[("run", "in", list(found)), ("counts", "=", True)])
    for run, wire_ms, server_ms in zip(*(table[name].to_pylist() for name in columns[:3]), strict=True):
        found[run].append(server_ms if wire_ms is None else wire_ms)
    return {place: tuple(times_ms) for place, times_ms in found.items()}


def _with_runs(
    own: "pa.Table", runs: Sequence[RunResult], lengths: Sequence[int], first: int, schema: "pa.Schema"
) -> "pa.Table":
    """The events' own columns after those that are the same for every event of a run."""
    import numpy as np
    import pyarrow as pa

    of_run = np.repeat(np.arange(len(runs)), lengths)
    columns: dict[str, Any] = {"run": of_run + first}
    for name in _OF_THE_RUN[1:]:
        values = pa.array([getattr(run, name) for run in runs], type=schema.field(name).type)
        columns[name] = values.take(pa.array(of_run))
    columns |= {name: own[name] for name in own.column_names}
    return pa.table(columns, schema=schema)


def _columns(run: ScoredRun) -> dict[str, list[Any]]:
    received, on_wire = run.wire.received, run.wire.plane == "wire"
    kernel: Sequence[float | None] = run.wire.kernel_ms or (None,) * len(received)
    taken = {id(event) for event in run.wire.events}
    return {
        "seq": [event.seq for event in received],
        "type": [event.type for event in received],
        "wire_ms": [round(at_ms, 3) if on_wire else None for at_ms in run.wire.received_ms],
        "kernel_ms": [None if at_ms is None else round(at_ms, 3) for at_ms in kernel],
        "server_ms": [event.at_ms for event in received],
        "counts": [id(event) in taken for event in received],
        **{name: [_own(event, *owner) for event in received] for name, owner in _OWN.items()},
        "characters": [len(event.text) if isinstance(event, TokenEvent) else None for event in received],
    }


def _own(event: Event, owner: type, name: str) -> Any:
    return getattr(event, name) if isinstance(event, owner) else None


def _schema(names: Iterable[str]) -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([pa.field(name, pa.type_for_alias(COLUMNS[name][0])) for name in names])
