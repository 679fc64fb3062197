"""An agent's artifacts, ready to draw: a themed chart with its text alternative, a table, documents, or one value."""

from dataclasses import dataclass, field
from typing import Any, Final

from backend.present.evidence.chart_data import chart_table
from backend.present.evidence.tables import table_html
from backend.present.markup import EMPTY, Markup, anchor_id, external_link, fragment, joined
from backend.present.theme.chart_theme import themed_figure
from backend.present.theme.palette import Theme
from backend.present.words import run as words
from backend.protocol.artifacts import artifact_problem
from backend.protocol.charts.bounds import bounded_chart
from backend.protocol.events import ArtifactEvent, ArtifactKind
from backend.protocol.run_view import RunView

MAX_DOCUMENTS: Final = 50
MAX_DOCUMENT_TEXT: Final = 600


@dataclass(frozen=True, slots=True)
class ArtifactView:
    """One artifact. ``html`` is complete for every kind; a chart's contains its data as a table, to go under the plot.

    ``figure`` (a chart only) is a Plotly figure as a dictionary. ``columns`` and ``rows`` are the data of a table or a
    chart for native widgets; cells are text, numbers, booleans or None. ``problem`` is the reason if nothing is drawn.
    """

    id: str
    title: str
    kind: ArtifactKind
    html: str
    figure: dict[str, Any] | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = field(default=(), repr=False)
    problem: str | None = None


def artifact_views(view: RunView, theme: Theme = "light", *, scope: str = "") -> list[ArtifactView]:
    """Every artifact of the view in order."""
    return [artifact_view(artifact, index, theme, scope) for index, artifact in enumerate(view.artifacts.items)]


def artifact_view(artifact: ArtifactEvent, index: int = 0, theme: Theme = "light", scope: str = "") -> ArtifactView:
    """One artifact; ``index`` names it if it has no id of its own."""
    key = anchor_id("artifact", artifact.artifact_id or index + 1, scope)
    title = words.shortened(artifact.title) or words.ARTIFACT_TITLES[artifact.kind]
    problem = artifact_problem(artifact)
    content = artifact.content
    if problem is not None or not isinstance(content, dict):
        problem = problem or "The content cannot be read."
        body = fragment('<p class="ph-hint ph-hint--caution">{} {}</p>', words.ARTIFACT_REFUSED, problem)
        return ArtifactView(key, title, artifact.kind, _framed(key, title, body), problem=problem)
    if artifact.kind == "chart":
        chart = bounded_chart(content)
        columns, rows = chart_table(content)
        notice = fragment('<p class="ph-hint ph-hint--caution">{}</p>', chart.notice) if chart.notice else EMPTY
        table = fragment(
            '<details class="ph-details" data-ph-keep="{}">'
            '<summary>{} <span class="ph-visually-hidden">{}</span></summary>{}</details>',
            key,
            words.CHART_AS_TABLE,
            title,
            table_html(columns, rows, title=title, element_id=f"{key}-data"),
        )
        body = joined([notice, table])
        figure = themed_figure(chart, title, theme)
        return ArtifactView(key, title, "chart", _framed(key, "", body), figure, columns, rows)
    if artifact.kind == "table":
        columns, rows = _table(content)
        body = table_html(columns, rows, title=title, element_id=f"{key}-data")
        return ArtifactView(key, title, "table", _framed(key, title, body), None, columns, rows)
    if artifact.kind == "documents":
        # Folded: passages are long, and the sources below them must stay in view.
        body = fragment(
            '<details class="ph-details" data-ph-keep="{}"><summary>{} ({})</summary>{}</details>',
            key,
            title,
            _item_count(content),
            _documents_html(content),
        )
        return ArtifactView(key, title, "documents", _framed(key, "", body))
    return ArtifactView(key, title, artifact.kind, _framed(key, title, _value_html(content)))


def artifacts_html(view: RunView, *, scope: str = "") -> str:
    """All artifacts without a native chart, or a notice if there are none."""
    views = artifact_views(view, scope=scope)
    if not views:
        text = words.NO_ARTIFACTS if view.ended else words.EMPTY_ARTIFACTS
        return str(fragment('<div class="ph ph-panel ph-artifacts"><p class="ph-empty">{}</p></div>', text))
    return "".join(item.html for item in views)


def _framed(key: str, title: str, body: Markup) -> str:
    heading = fragment('<h3 class="ph-artifact-title" dir="auto">{}</h3>', title) if title else EMPTY
    return str(fragment('<section class="ph ph-artifact" id="{}">{}{}</section>', key, heading, body))


def _table(content: dict[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    rows = tuple(tuple(_cell(value) for value in row) for row in content["rows"])
    return tuple(str(name) for name in content["columns"]), rows


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _items(content: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = content["items"]
    return items


def _documents_html(content: dict[str, Any]) -> Markup:
    items = _items(content)
    best = max((score for item in items if (score := _score(item)) is not None), default=0.0)
    cards = joined(_document_html(item, best) for item in items[:MAX_DOCUMENTS])
    more = len(items) - MAX_DOCUMENTS
    rest = fragment('<p class="ph-hint">{} more are not shown.</p>', f"{more:,}") if more > 0 else EMPTY
    return fragment('<ol class="ph-documents">{}</ol>{}', cards, rest)


def _item_count(content: dict[str, Any]) -> str:
    return f"{len(content['items']):,}"


def _score(item: dict[str, Any]) -> float | None:
    score = item.get("score")
    return float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None


def _document_html(item: dict[str, Any], best: float) -> Markup:
    score = _score(item)
    meter = EMPTY
    if score is not None:
        share = max(0, min(100, round(100 * score / best))) if best > 0 else 0
        meter = fragment(
            '<span class="ph-score" title="{}"><span class="ph-score-bar" style="width:{}%"></span></span>'
            '<span class="ph-score-number">{}</span>',
            words.SCORE_HINT,
            share,
            f"{score:.3g}",
        )
    facts = joined(fragment("<li><bdi>{}</bdi></li>", str(item[name])) for name in ("source", "date") if item.get(name))
    text = words.shortened(str(item.get("text") or ""), MAX_DOCUMENT_TEXT)
    return fragment(
        '<li class="ph-document"><div class="ph-document-head">'
        '<span class="ph-document-title">{}</span>{}</div>{}{}</li>',
        external_link(item.get("url") if isinstance(item.get("url"), str) else None, _document_title(item)),
        meter,
        fragment('<ul class="ph-facts">{}</ul>', facts) if facts else EMPTY,
        fragment('<p class="ph-excerpt" dir="auto">{}</p>', text) if text else EMPTY,
    )


def _document_title(item: dict[str, Any]) -> str:
    for name in ("title", "document_id", "source"):
        if isinstance(item.get(name), str) and item[name].strip():
            return words.shortened(item[name], 200)
    return "Document"


def _value_html(content: dict[str, Any]) -> Markup:
    value, unit, detail = content["value"], content.get("unit"), content.get("detail")
    shown = f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    return fragment(
        '<p class="ph-value"><bdi class="ph-value-number">{}</bdi>{}</p>{}',
        words.shortened(shown, 40),
        fragment(' <span class="ph-value-unit">{}</span>', words.shortened(str(unit), 40)) if unit else EMPTY,
        fragment('<p class="ph-value-detail" dir="auto">{}</p>', words.shortened(str(detail), 300))
        if detail
        else EMPTY,
    )
