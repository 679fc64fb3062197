"""Which measure of which table a question is about.

A measure is a metric of a long table (with its members, if it has several), or a column of a wide one. It is chosen by
the words of its name, with the same coverage that ranks passages: the share of the question, rare words weighing more,
that the name has. Related words are those of ``search.vocabulary``; for instance, "concentration" also finds measures
of customers "of 10 % or more" (``ge10``).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from backend.agents.documents.figures.metric_names import MetricName, column_unit, in_words, parse_metric
from backend.agents.documents.figures.numbers import parse_unit
from backend.agents.documents.figures.tables import LoadedTable, Tables, identifier
from backend.agents.documents.figures.typed_columns import NUMBER, ORDER
from backend.agents.documents.search.matching import TextMatcher
from backend.agents.documents.search.question import Concept, Question, understand
from backend.agents.documents.search.retrieval import coverage
from backend.agents.documents.search.vocabulary import WEAK

MEASURE_COVERAGE = 0.45
"""The share of the question that a measure's name must cover for its figures to be given."""

_MOST_VALUES = 400


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure and how well it fits the question.

    kind: *single* = one metric; *parts* = the members of a whole (platforms, countries); *ranks* = members that are
    only numbered within each period; *column* = a column of a wide table, over the rows that ``filters`` choose.
    """

    table: LoadedTable
    label: str
    kind: Literal["single", "parts", "ranks", "column"]
    unit: str
    newest: str
    metrics: tuple[str, ...] = ()
    column: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    coverage: float = 0.0
    score: float = 0.0


def choose(
    tables: Tables, loaded: Sequence[LoadedTable], question: Question, resolved: Sequence[Concept] = ()
) -> list[Measure]:
    """The measures that fit, best first. ``resolved`` are words that have chosen documents: where rows can be chosen by
    them, or a column is called so, they choose these as well. Raises ``QueryError``."""
    strong = tuple(one for one in question.concepts if one.kind != "period" and one.word not in WEAK)
    weak = tuple(one for one in question.concepts if one.kind != "period")
    asked = replace(question, concepts=strong or weak)
    found: list[Measure] = []
    for table in loaded:
        if table.shape.kind == "long":
            found += _fitting(_long_measures(tables, table, asked), asked, ())
        elif table.shape.kind == "wide":
            values = _category_values(tables, table)
            matcher = TextMatcher([*(value for _, value in values), *map(in_words, table.shape.measures)])
            choosing = tuple(one for one in resolved if matcher.strengths(one))
            of_rows = replace(asked, concepts=(*asked.concepts, *choosing))
            found += _fitting(_wide_measures(tables, table), of_rows, values)
    return sorted(found, key=lambda measure: (-measure.score, measure.table.document, measure.label))


def other_measure(measures: Sequence[Measure], first: Measure) -> Measure | None:
    """A second measure of the same matter: a share of something else, or an amount of something else, as new as the
    first, and at least half as fitting."""
    one = parse_unit(first.unit)
    for measure in measures:
        other = parse_unit(measure.unit)
        fits = measure.coverage >= first.coverage / 2 and measure.newest >= first.newest
        if fits and other.name != one.name and other.is_share == one.is_share and measure.kind != "column":
            return measure
    return None


def _long_measures(tables: Tables, table: LoadedTable, question: Question) -> list[Measure]:
    shape = table.shape
    unit = identifier(shape.unit) if shape.unit else "''"
    # Only quoted names of columns are put into the text of the query.
    sql = (
        f"SELECT {identifier(shape.metric)}, coalesce(max({unit}), ''), max({ORDER}) "  # noqa: S608
        f"FROM {identifier(table.name)} WHERE {NUMBER} IS NOT NULL AND {ORDER} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    rows = [(parse_metric(metric), unit, newest) for metric, unit, newest in tables.query(sql).rows if metric]
    scope = _asked_scope(question, {name.scope for name, _, _ in rows})
    groups: dict[tuple[str, str], list[tuple[MetricName, str, str]]] = {}
    for row in rows:
        name = row[0]
        if name.scope == scope:
            groups.setdefault((name.base, "" if name.is_rank else name.member), []).append(row)
            if name.member and not name.is_rank and not name.is_aggregate:
                groups.setdefault((name.base, "*"), []).append(row)
    return [_group_measure(table, member, rows) for (_, member), rows in groups.items() if _is_measure(member, rows)]


def _is_measure(member: str, rows: list[tuple[MetricName, str, str]]) -> bool:
    return member != "*" or len({name.member for name, _, _ in rows}) > 1


def _group_measure(table: LoadedTable, member: str, rows: list[tuple[MetricName, str, str]]) -> Measure:
    first = rows[0][0]
    newest = max(newest for _, _, newest in rows)
    ranks = first.is_rank and member == ""
    kind: Literal["single", "parts", "ranks"] = "parts" if member == "*" else "ranks" if ranks else "single"
    label = first.label if kind == "single" else in_words(first.base, capital=True)
    # Of several units, such as millions and billions, the newest row's counts.
    unit = next(unit for _, unit, order in rows if order == newest)
    return Measure(table, label, kind, unit, newest, metrics=tuple(name.raw for name, _, _ in rows))


def _asked_scope(question: Question, scopes: Iterable[str]) -> str:
    """The scope that the question names (nine months, full year), or none: then the plain period is meant."""
    text = re.sub(r"[-\s]+", " ", question.text.lower())
    return next((scope for scope in sorted(scopes) if scope and re.sub(r"[-\s]+", " ", scope.lower()) in text), "")


def _wide_measures(tables: Tables, table: LoadedTable) -> list[Measure]:
    newest = tables.query(f"SELECT max({ORDER}) FROM {identifier(table.name)}").rows[0][0] or ""  # noqa: S608
    found = []
    for column in table.shape.measures:
        label, unit = column_unit(column)
        unit = unit or ("percent" if column in table.percentages else "")
        found.append(Measure(table, label, "column", unit, newest, column=column))
    return found


def _category_values(tables: Tables, table: LoadedTable) -> tuple[tuple[str, str], ...]:
    """Pairs (column, value) of the words that rows can be chosen by."""
    found: list[tuple[str, str]] = []
    for column in table.shape.categories:
        name = identifier(column)
        sql = f"SELECT DISTINCT {name} FROM {identifier(table.name)} WHERE {name} IS NOT NULL ORDER BY 1"  # noqa: S608
        found += [(column, str(value)) for (value,) in tables.query(sql).rows]
    return tuple(found[:_MOST_VALUES])


def _fitting(measures: list[Measure], question: Question, values: tuple[tuple[str, str], ...]) -> list[Measure]:
    """The measures whose names cover enough of the question, with their scores.

    The name of its table, and the values its rows can be chosen by, count for a column as well, but only for one that
    the question names itself.
    """
    if not measures or not question.concepts:
        return []
    count, texts = len(measures), [_matched_text(measure) for measure in measures]
    tables = [measure.table.name.replace("_", " ") if measure.kind == "column" else "" for measure in measures]
    matcher = TextMatcher([*texts, *tables, *(value for _, value in values)])
    strengths = [matcher.strengths(concept) for concept in question.concepts]
    precision = _precision(texts, question)
    found: list[Measure] = []
    for place, measure in enumerate(measures):
        own = coverage(question, strengths, place)
        covered = coverage(question, [_joined(one, place, count) for one in strengths], place)
        if not own or covered < MEASURE_COVERAGE / 2:
            continue
        score = covered + 0.2 * own + 0.15 * precision[place] + (0.05 if _is_total(measure) else 0.0)
        fitting = replace(measure, coverage=covered, score=score)
        found.append(_filtered(fitting, _named_values(values, strengths, place, first=2 * count)))
    return found


def _is_total(measure: Measure) -> bool:
    return any(parse_metric(metric).is_total for metric in measure.metrics)


def _named_values(
    values: tuple[tuple[str, str], ...], strengths: list[dict[int, float]], place: int, *, first: int
) -> tuple[tuple[str, str], ...]:
    """The values that a concept stands for which is not in the measure's own name: they choose its rows. Places of
    values begin at ``first``."""
    elsewhere = [one for one in strengths if place not in one]
    return tuple(value for at, value in enumerate(values, start=first) if any(at in one for one in elsewhere))


def _filtered(measure: Measure, filters: tuple[tuple[str, str], ...]) -> Measure:
    """The measure over the rows that have these values."""
    if not filters:
        return measure
    return replace(measure, label=f"{measure.label} ({', '.join(value for _, value in filters)})", filters=filters)


def _joined(strengths: dict[int, float], place: int, count: int) -> dict[int, float]:
    """The concept's strength in a measure's own text, its table's name, or a value its rows can be chosen by."""
    values = max((strength for at, strength in strengths.items() if at >= 2 * count), default=0.0)
    return {place: max(strengths.get(place, 0.0), strengths.get(count + place, 0.0), values)}


def _matched_text(measure: Measure) -> str:
    if measure.kind == "column":
        return f"{in_words(measure.column)} {measure.label}"
    names = " ".join(parse_metric(metric).base for metric in measure.metrics[:1])
    return f"{measure.label} {names}"


def _precision(texts: list[str], question: Question) -> list[float]:
    """For each name, the share of its own words that the question has."""
    found: list[float] = []
    matcher = TextMatcher([question.text])
    for text in texts:
        words = [concept.word for concept in understand(text).concepts]
        asked = sum(0 in matcher.having(word) for word in words)
        found.append(asked / len(words) if words else 0.0)
    return found
