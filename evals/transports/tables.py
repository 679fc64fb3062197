"""What a comparison of transports comes to: one table for each case, and the machine it was measured on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from backend.metrics.statistics import nearest_rank

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class CaseTable:
    """The figures of one case. Columns name their units; a missing value is None. ``note`` says what was measured."""

    case: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str


@dataclass(frozen=True, slots=True)
class TransportFigures:
    """All tables, in order. ``load`` is the load average before and after; ``cpu_pressure`` the share of the time in
    which some task of the machine waited for a core. Both are None where the system does not say.
    """

    measured_at: str
    machine: dict[str, str | int | None]
    versions: dict[str, str]
    load: tuple[float | None, float | None]
    cpu_pressure: float | None
    lasted_s: float
    cases: tuple[CaseTable, ...]

    def as_json(self) -> dict[str, Any]:
        """The figures as JSON has them."""
        return asdict(self)

    @property
    def machine_text(self) -> str:
        """The machine and its load in a sentence."""
        before, after = (("unknown" if load is None else f"{load:.1f}") for load in self.load)
        waited = (
            "" if self.cpu_pressure is None else f"; some task waited for a core {self.cpu_pressure:.0%} of the time"
        )
        return (
            f"{self.machine.get('processor')}, {self.machine.get('usable_cores')} cores; load average {before} before "
            f"and {after} after{waited}; {self.lasted_s:.0f} s; {self.measured_at}"
        )


def percentile(values: Sequence[float], share: float) -> float | None:
    """A percentile by nearest rank, rounded for a table; None without values."""
    found = nearest_rank(values, share)
    return None if found is None else round(found, 2 if found < 10 else 1)


def cell_text(cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None:
        return "–"
    return f"{cell:,}" if isinstance(cell, int | float) else cell


def as_markdown(table: CaseTable) -> str:
    """A table of the documents."""
    lines = [f"### {table.title}", "", table.note, ""]
    lines += [f"| {' | '.join(table.columns)} |", f"|{' --- |' * len(table.columns)}"]
    lines += [f"| {' | '.join(cell_text(cell) for cell in row)} |" for row in table.rows]
    return "\n".join(lines) + "\n"
