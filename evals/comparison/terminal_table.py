"""The comparison on the terminal: the verdict, then one line for each metric, then the scenarios that changed."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backend.present.words.printable import printable
from evals.comparison.models import Comparison, Difference, MetricComparison, Verdict
from evals.comparison.relevance import RULE
from evals.comparison.text import changed, described, relative_text, runs_text, values_text
from evals.comparison.verdict import failure_text

_TONES: dict[Verdict, str] = {"worse": "red", "better": "green", "same": "", "inconclusive": "yellow"}
_TONE_OF_EXIT = {0: "green", 1: "red", 2: "yellow"}


WIDE = 120
"""The width from which on intervals have room."""

NO_TERMINAL = 160
"""The width of output that is not a terminal, such as the log of a build server: every name fits on its line."""


def print_comparison(comparison: Comparison) -> None:
    """Print it; names from the results are shown as they are, never as markup."""
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, NO_TERMINAL)
    console.print(Text(printable(comparison.sentence), style=_TONE_OF_EXIT[comparison.exit_code]), soft_wrap=True)
    for note in comparison.notes:
        console.print(Text(printable(note)), soft_wrap=True)
    for failure in comparison.failures:
        if failure.a or failure.b:
            tone = _TONES[failure.verdict] or ("yellow" if failure.is_new else "")
            console.print(Text(printable(f"{failure.verdict}: {failure_text(failure)}"), style=tone), soft_wrap=True)
    console.print(_metrics(comparison, console.width >= WIDE))
    places = _places(comparison, console.width >= WIDE)
    if places.row_count:
        console.print(places)
    console.print(Text(RULE, style="dim"), soft_wrap=True)


def _metrics(comparison: Comparison, wide: bool) -> Table:
    table = _table("Over all scenarios", wide)
    for one in comparison.metrics:
        verdict = Text(one.verdict, style=_TONES[one.verdict])
        table.add_row(Text(one.metric), verdict, *_cells(one, one.overall, wide))
    return table


def _places(comparison: Comparison, wide: bool) -> Table:
    table = _table("Where it changed", wide)
    for one, row in changed(comparison):
        if row.scenario is None:
            continue
        place = Text(printable(f"{one.metric} in {row.scenario}"))
        table.add_row(place, Text(row.verdict, style=_TONES[row.verdict]), *_cells(one, row, wide))
    return table


def _cells(one: MetricComparison, row: Difference, wide: bool) -> list[Text]:
    a, b, by, ends = values_text(row, described(one.metric).unit)
    return [Text(text) for text in (a, b, by, relative_text(row), *((ends, runs_text(row)) if wide else ()))]


def _table(first: str, wide: bool) -> Table:
    heads = (first, "verdict", "A", "B", "difference", "of A", *(("95 % interval", "runs") if wide else ()))
    table = Table(*heads, box=None, pad_edge=False)
    # A key that does not fit continues on the next line: a cut one could be mistaken for another, and could not be
    # copied.
    table.columns[0].overflow = "fold"
    table.columns[1].no_wrap = True
    for column in table.columns[2:]:
        column.justify, column.no_wrap = "right", True
    return table
