"""Figures as an answer states them: the measure that was asked for, what goes with it, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import replace

from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.quotes import Quote, literal
from backend.agents.documents.answering.support import support, table_quote
from backend.agents.documents.answering.wording import (
    MOST_LISTED,
    all_values,
    at_periods,
    dated,
    development,
    extreme,
    no_such_period,
    parts,
    ranks,
    verdict,
)
from backend.agents.documents.figures.measure_series import AVERAGED, ReadMeasure
from backend.agents.documents.figures.row_totals import ASKS_SUM
from backend.agents.documents.figures.selection import Figures
from backend.agents.documents.figures.series import Point
from backend.agents.documents.figures.trend import Trend, trend_of
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.search.question import Question


class FiguresTold:
    """The sentences on one finding of figures. Each looks up the documents that state its numbers."""

    def __init__(self, corpus: Corpus, question: Question, figures: Figures) -> None:
        self._corpus = corpus
        self._question = question
        self._figures = figures
        self._reading = figures.reading
        self._trend = trend_of(figures.line.values)

    @property
    def lacks_period(self) -> bool:
        """Whether periods were asked for, and the measure has a figure of none of them."""
        asked = self._question.periods
        return bool(asked) and not self._reading.series[0].within(asked)

    def lead(self) -> Composition:
        """The measure itself: the periods asked for, or how it went."""
        reading, question = self._reading, self._question
        series = reading.series[0]
        if question.periods:
            points = series.within(question.periods)
            if not points:
                asked = ", ".join(period.label for period in question.periods)
                return no_such_period(series, asked, self._supports)
            if len(points) <= MOST_LISTED and reading.measure.kind not in ("parts", "ranks"):
                return at_periods(series, points, self._supports, total=self._total(points))
        if reading.measure.kind == "parts":
            return parts(reading.measure.label, reading.series, self._supports)
        told = Composition().say(verdict(question, self._trend, len(self._figures.line.points)))
        if reading.total is not None:
            return told.add(self._ranks(reading, reading.total.points[-4:-1]))
        told.add(extreme(series, question.extreme, self._supports))
        when = dated(series.newest, reading.measure)
        return told.add(development(series, self._trend, self._supports, when))

    def beside(self) -> Composition:
        """The same measure counted otherwise, and another measure of the same matter."""
        told, other = Composition(), self._figures.other
        if self._is_one_line:
            for series in self._reading.series[1:]:
                told.say(f" Counted otherwise ({literal(series.definition)}), it was {series.newest.text} in ")
                told.say(series.newest.period).cite(self._supports(series.newest)).say(".")
        if other is not None:
            told.say(" ").add(self._ranks(other, ()))
        return told

    def values(self) -> Composition:
        """Every value of a line that is not too long, with the table's newest row as its source."""
        series = self._reading.series[0]
        if self._question.periods or not self._is_one_line or not 3 < len(series.points) <= MOST_LISTED:
            return Composition()
        return all_values(series, table_quote(self._corpus, self._reading.measure, [series.newest]))

    def doubts(self) -> Composition:
        """Warnings: the newest figure breaks the trend, the definition changed, or the figures end early."""
        told, line, measure = Composition(), self._figures.line, self._reading.measure
        if self._question.periods or measure.kind == "parts":
            return told
        newest = support(self._corpus, measure, self._newest_points(self._reading))
        if self._trend.newest_contradicts:
            told.warn("newest_contradicts_trend", self._contradiction(self._trend, newest), newest)
        ways = [series for series in self._reading.series if series.definition]
        if len(ways) > 1:
            listed = "; ".join(f"{one.definition}: {one.points[0].period} to {one.newest.period}" for one in ways)
            told.warn(
                "definition_changed", f"{measure.label} is counted in {len(ways)} ways, no common line: {listed}."
            )
        if line.newest.order < measure.table.newest:
            told.warn(
                "dated_evidence",
                f"The newest figure of {line.label} is from {line.newest.period}; other figures there are newer.",
                newest,
            )
        return told

    @property
    def _is_one_line(self) -> bool:
        return self._reading.measure.kind in ("single", "column")

    def _total(self, points: Sequence[Point]) -> str:
        """The sum of these points, where a total is asked for of a column whose values add up; otherwise empty."""
        column = self._reading.measure.column
        is_asked = ASKS_SUM.search(self._question.text) is not None and len(points) > 1
        if not is_asked or not column or AVERAGED.search(f"{column} {points[0].unit.name}"):
            return ""
        return replace(points[0], value=sum(point.value for point in points), digits="").text

    def _supports(self, point: Point) -> Quote | None:
        return support(self._corpus, self._reading.measure, [point])

    def _ranks(self, reading: ReadMeasure, earlier: tuple[Point, ...]) -> Composition:
        """The newest values, their sum, and sums of earlier periods."""
        points = self._newest_points(reading)
        total = (reading.total or reading.series[0]).newest
        told = ranks(reading.measure.label, points, total, support(self._corpus, reading.measure, points))
        if earlier:
            told.say(f" The sums before: {', '.join(f'{point.text} in {point.period}' for point in earlier)}.")
        return told

    def _newest_points(self, reading: ReadMeasure) -> list[Point]:
        """The values of the newest period: of ranks all of them, largest first; else the newest of the line."""
        if reading.total is None:
            return [reading.series[0].newest]
        order = max(series.newest.order for series in reading.series)
        return [series.newest for series in reading.series if series.newest.order == order]

    def _contradiction(self, trend: Trend, quote: Quote | None) -> str:
        line = self._figures.line
        newest, previous = line.newest, line.points[-2]
        named = (
            f"The newest document, {quote.document.title} ({quote.document.source})," if quote else "The newest figure"
        )
        return (
            f"{named} contradicts the trend: {line.label} is {newest.text} in {newest.period}, "
            f"after {previous.text} in {previous.period}; the figures before it were {trend.before}."
        )
