"""The parts of a run as Rich draws them: steps, sources, artifacts, warnings, and how it ended."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from backend.present.evidence.artifacts import ArtifactView, artifact_views
from backend.present.evidence.sources import Source, ordered_sources, source_facts
from backend.present.evidence.tables import cell_text
from backend.present.markup import safe_url
from backend.present.pages.status import elapsed_of
from backend.present.theme.palette import STATE_ROLES
from backend.present.words import run as words
from backend.present.words.durations import format_count, format_ms
from backend.present.words.printable import printable
from backend.protocol.events import ArtifactEvent, Outcome, StepStateName
from backend.protocol.run_view import RunView, StepView

MAX_ROWS = 12
MAX_COLUMNS = 6
MAX_DOCUMENTS = 8
MAX_QUOTE = 400

_GLYPHS: dict[StepStateName, str] = {
    "started": "•",
    "progress": "•",
    "waiting": "?",
    "finished": "✓",
    "failed": "✗",
    "cancelled": "–",
}
_OUTCOME_ROLES: dict[Outcome, str] = {
    "completed": "good",
    "cancelled": "muted",
    "timed_out": "bad",
    "failed": "bad",
    "interrupted": "bad",
}


def step_tree(steps: Sequence[StepView]) -> list[list[tuple[int, StepView]]]:
    """The steps as trees, each a list of (depth, step) from its root on. A step without a known parent is a root."""
    known = {step.step_id for step in steps}
    children: dict[str, list[StepView]] = {}
    roots = []
    for step in steps:
        if step.parent_id in known and step.parent_id != step.step_id:
            children.setdefault(str(step.parent_id), []).append(step)
        else:
            roots.append(step)
    trees = [list(_branch(root, 0, children, set())) for root in roots]
    drawn = {step.step_id for tree in trees for _, step in tree}
    # Steps that are each other's parents hang on no root: they stand alone, never lost.
    return trees + [[(0, step)] for step in steps if step.step_id not in drawn]


def _branch(
    step: StepView, depth: int, children: dict[str, list[StepView]], seen: set[str]
) -> Iterator[tuple[int, StepView]]:
    seen.add(step.step_id)
    yield depth, step
    for child in children.get(step.step_id, ()):
        if child.step_id not in seen:
            yield from _branch(child, depth + 1, children, seen)


def step_line(step: StepView, depth: int, elapsed_ms: float) -> Text:
    """One step: its state, label, duration (milliseconds, running on while it is open) and detail."""
    style = STATE_ROLES[step.state]
    line = Text("  " * depth, no_wrap=True, overflow="ellipsis")
    line.append(f"{_GLYPHS[step.state]} ", style=style)
    line.append(printable(words.step_label(step)), style="" if step.state == "finished" else style)
    if not step.is_open and step.ended_ms is not None:
        line.append(f"  {format_ms(step.ended_ms - step.started_ms)}", style="muted")
    elif step.is_open:
        line.append(f"  {format_ms(max(0.0, elapsed_ms - step.started_ms))}", style="muted")
    if step.is_open and step.progress is not None:
        line.append(f"  {step.progress:.0%}", style="muted")
    if step.state in ("failed", "cancelled", "waiting"):
        line.append(f"  {words.STATE_WORDS[step.state]}", style=style)
    if step.detail:
        line.append(f"  {printable(words.shortened(step.detail))}", style="muted")
    return line


def source_parts(view: RunView) -> Iterator[RenderableType]:
    """The sources: number, title, where each is from, address and quote; then markers that never got one."""
    sources = ordered_sources(view)
    if not sources:
        return
    yield Text(words.SOURCES_TITLE, style="heading")
    for source in sources:
        yield _source(source)
    if view.message.pending:
        missing = ", ".join(f"[{number}]" for number in view.message.pending[:10])
        yield Text(f"{words.MARKER_UNRESOLVED}: {missing}", style="caution")


def _source(source: Source) -> RenderableType:
    citation = source.citation
    number = f"[{citation.number}]" if citation.number is not None else "[–]"
    body = Text(printable(citation.title.strip() or citation.source or citation.document_id or "Source"))
    facts = [printable(words.shortened(fact, 200)) for fact in source_facts(citation)]
    if facts:
        body.append(f"\n{' · '.join(facts)}", style="muted")
    if address := safe_url(citation.url):
        body.append("\n")
        body.append(address, style=Style(dim=True, underline=True, link=address))
    if citation.quote:
        body.append(f"\n“{printable(words.shortened(citation.quote, MAX_QUOTE))}”", style="italic")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True, min_width=4)
    grid.add_column(overflow="fold")
    grid.add_row(Text(number, style="markdown.marker"), body)
    return grid


def artifact_parts(view: RunView) -> Iterator[RenderableType]:
    """What was made: charts and tables as small tables, documents as a list, values as they are."""
    drawn = artifact_views(view)
    if not drawn:
        return
    yield Text(words.ARTIFACTS_TITLE, style="heading")
    for artifact, event in zip(drawn, view.artifacts.items, strict=True):
        yield Text(printable(f"{artifact.title} ({artifact.kind})"))
        yield Padding(_artifact(artifact, event), (0, 0, 0, 2))


def _artifact(artifact: ArtifactView, event: ArtifactEvent) -> RenderableType:
    content: dict[str, Any] = event.content if isinstance(event.content, dict) else {}
    if artifact.problem is not None:
        return Text(printable(f"{words.ARTIFACT_REFUSED} {artifact.problem}"), style="caution")
    if artifact.kind == "value":
        unit = f" {content['unit']}" if content.get("unit") else ""
        detail = f"  {content['detail']}" if content.get("detail") else ""
        return Text(printable(words.shortened(f"{cell_text(content['value'])}{unit}{detail}", 400)))
    if artifact.kind == "documents":
        return _documents(content["items"])
    return _table(artifact.columns, artifact.rows)


def _documents(items: Sequence[dict[str, Any]]) -> RenderableType:
    lines = []
    for item in items[:MAX_DOCUMENTS]:
        facts = [str(item[name]) for name in ("title", "source", "date") if item.get(name)]
        lines.append(f"- {printable(words.shortened(' · '.join(dict.fromkeys(facts)) or 'Document', 200))}")
    if len(items) > MAX_DOCUMENTS:
        lines.append(f"  and {len(items) - MAX_DOCUMENTS:,} more")
    return Text("\n".join(lines))


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> RenderableType:
    cut = [
        format_count(count, what)
        for count, what in (
            (max(0, len(rows) - MAX_ROWS), "more row"),
            (max(0, len(columns) - MAX_COLUMNS), "more column"),
        )
        if count
    ]
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, caption=", ".join(cut) or None, caption_justify="left"
    )
    for index, name in enumerate(columns[:MAX_COLUMNS]):
        numeric = all(isinstance(row[index], int | float | None) for row in rows)
        table.add_column(printable(words.shortened(name, 40)), justify="right" if numeric else "left", overflow="fold")
    for row in rows[:MAX_ROWS]:
        table.add_row(*(printable(words.shortened(cell_text(cell), 60)) for cell in row[:MAX_COLUMNS]))
    return table


def warning_parts(view: RunView) -> Iterator[RenderableType]:
    """What speaks against relying on the answer."""
    if not view.message.warnings:
        return
    numbers = {citation.citation_id: citation.number for citation in view.message.citations}
    yield Text(words.WARNINGS_TITLE, style="heading")
    for warning in view.message.warnings:
        line = Text(f"! {printable(warning.message or words.readable(warning.code))}", style="caution")
        if number := numbers.get(warning.citation_id) if warning.citation_id else None:
            line.append(f" [{number}]", style="markdown.marker")
        yield line


def outcome_line(view: RunView) -> Text:
    """How the run ended, the time to its first token, and how long it took."""
    outcome = view.stream.outcome
    if outcome is None:
        return Text("The run has no end: it is incomplete.", style="bad")
    line = Text(words.OUTCOME_WORDS[outcome], style=_OUTCOME_ROLES[outcome])
    facts = [
        f"{words.METRIC_LABELS['ttft_ms'].lower()} {format_ms(view.stream.first_token_ms)}",
        f"total {format_ms(elapsed_of(view))}",
        format_count(len(view.message.citations), "source"),
    ]
    line.append(f"  {' · '.join(facts)}", style="muted")
    if outcome != "completed" or not view.message.answer.strip():
        line.append(f"\n{printable(words.outcome_sentence(view))}", style=_OUTCOME_ROLES[outcome])
    return line
