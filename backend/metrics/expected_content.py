"""Whether the answer contains what it should, and says that nothing was found exactly where it should."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from backend.metrics.metric import Metric
from backend.metrics.not_found import says_not_found
from backend.metrics.numbers import Number, numbers
from backend.metrics.trace import Trace
from backend.protocol.charts.columns import chart_columns
from backend.protocol.events import ArtifactEvent

_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_SIGNS_OF_MARKDOWN: Final = re.compile(r"[*_`]")
_QUOTES: Final = str.maketrans("‘’“”–—\u00a0\u202f", "''\"\"--  ")


def expected_numbers(trace: Trace) -> float | None:
    """Expected numbers: the share of the suite's numbers that the answer, its tables, charts or values state. Numbers
    are the same within 0.5 %, whatever their separators and scale; a number without a scale may stand for thousands,
    millions or more; units and signs must not contradict. No value where the suite expects no number.
    """
    if trace.expectation is None or not trace.expectation.numbers:
        return None
    return 1 - len(missing_numbers(trace)) / len(trace.expectation.numbers)


def expected_text(trace: Trace) -> float | None:
    """Expected text: the share of the suite's texts that stand in the answer, its tables, charts or values; case, white
    space, Markdown and the kind of quotation marks are ignored. No value where the suite expects no text.
    """
    if trace.expectation is None or not trace.expectation.text:
        return None
    return 1 - len(missing_text(trace)) / len(trace.expectation.text)


def not_found_right(trace: Trace) -> int | None:
    """Not found, rightly: 1 where the run says that nothing was found exactly if the suite expects that, else 0. A run
    says so with a warning of the code not_found, or in the first sentence of its answer (in any of the first three
    where it cites nothing), in words such as "could not find", "the documents do not contain" or "is not mentioned".
    No value where the suite does not say which is right.
    """
    if trace.expectation is None or trace.expectation.not_found is None:
        return None
    return int(says_not_found(trace) == trace.expectation.not_found)


def missing_numbers(trace: Trace) -> tuple[Number, ...]:
    """The expected numbers that are stated nowhere."""
    if trace.expectation is None or not trace.expectation.numbers:
        return ()
    found = [*numbers(_answer(trace)), *(number for text in _artifact_texts(trace) for number in numbers(text))]
    return tuple(one for one in trace.expectation.numbers if not any(one.says(other) for other in found))


def missing_text(trace: Trace) -> tuple[str, ...]:
    """The expected texts that stand nowhere."""
    if trace.expectation is None or not trace.expectation.text:
        return ()
    places = [_folded(_answer(trace)), *map(_folded, _artifact_texts(trace))]
    return tuple(text for text in trace.expectation.text if not any(_folded(text) in place for place in places))


def _answer(trace: Trace) -> str:
    """The answer without its markers and without the backslashes of Markdown."""
    text = trace.answer.text
    for start, end in sorted({(marker.start, marker.end) for marker in trace.answer.markers}, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return _ESCAPE.sub(r"\1", text)


def _folded(text: str) -> str:
    plain = _SIGNS_OF_MARKDOWN.sub("", unicodedata.normalize("NFKC", _ESCAPE.sub(r"\1", text)).translate(_QUOTES))
    return " ".join(plain.casefold().split())


def _artifact_texts(trace: Trace) -> Iterator[str]:
    """Every cell, point and value of the artifacts as they were last sent. Lists of documents state nothing."""
    last: dict[str, ArtifactEvent] = {}
    for place, event in enumerate(trace.events):
        if isinstance(event, ArtifactEvent):
            last[event.artifact_id or f"at {place}"] = event
    for artifact in last.values():
        if isinstance(artifact.content, dict):
            yield from _stated(artifact.kind, artifact.content)


def _stated(kind: str, content: Mapping[str, Any]) -> Iterator[str]:
    if kind == "value":
        yield " ".join(_text(content.get(part)) for part in ("value", "unit")).strip()
        yield _text(content.get("detail"))
    elif kind == "table":
        yield from map(_text, _listed(content.get("columns")))
        yield from (_text(cell) for row in _listed(content.get("rows")) for cell in _listed(row))
    elif kind == "chart":
        for trace in _listed(content.get("data")):
            if isinstance(trace, dict):
                yield from (_text(point) for points in chart_columns(trace).values() for point in points)
                yield _text(trace.get("value"))


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _text(value: object) -> str:
    """A cell as people read it; empty for what is neither text nor a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return value if isinstance(value, str) else repr(value)


NUMBERS = Metric("expected_numbers", "Expected numbers", "share", "higher", expected_numbers, clocked=False)
TEXT = Metric("expected_text", "Expected text", "share", "higher", expected_text, clocked=False)
NOT_FOUND = Metric("not_found_right", "Not found, rightly", "share", "higher", not_found_right, clocked=False)
