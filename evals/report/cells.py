"""The parts of the report's tables: plain cells, which the template escapes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank
from backend.present.words.metric_text import formatted
from evals.results.models import RunResult

Tone = Literal["", "good", "bad", "caution", "muted"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, its alignment, and a link to an anchor of the page or to a file beside it."""

    text: str
    tone: Tone = ""
    number: bool = True
    href: str = ""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Column heads (text, whether numbers are below) and rows."""

    caption: str
    heads: tuple[tuple[str, bool], ...]
    rows: list[list[Cell]]


def words(text: str, tone: Tone = "", href: str = "") -> Cell:
    """A cell of text."""
    return Cell(text, tone, number=False, href=href)


def value(key: str, number: float | None, *, alarm: bool = False) -> Cell:
    """A metric's value; ``alarm`` colours a value above zero."""
    tone: Tone = "muted" if number is None else "bad" if alarm and number > 0 else ""
    return Cell(formatted(number, BY_KEY[key].unit), tone)


def values_of(runs: Iterable[RunResult], key: str) -> list[float]:
    """The values of a metric, from the runs that have one and could be measured to their end."""
    return [number for run in runs if (number := run.value(key)) is not None]


def median_of(runs: Iterable[RunResult], key: str) -> float | None:
    """The median of a metric over runs that have it."""
    return nearest_rank(values_of(runs, key), 0.5)


def anchor(name: str) -> str:
    """A name as part of an element's id: different names give different ids."""
    return "".join(
        character if character.isascii() and (character.isalnum() or character in "_-") else f".{ord(character):x}"
        for character in name
    )


def titled(titles: Sequence[str], words_in_front: int) -> tuple[tuple[str, bool], ...]:
    """Heads of columns: the first few contain words, the others numbers."""
    return tuple((title, place >= words_in_front) for place, title in enumerate(titles))


def run_name(run: RunResult) -> str:
    """The name of a run in a report."""
    return f"{run.group or run.scenario}, run {run.repeat}"


def group_cell(name: str) -> Cell:
    """The name of a scenario, as a link to its waterfalls."""
    return words(name, href=f"#group-{anchor(name)}")
