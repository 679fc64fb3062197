"""How late or early each citation came, against the place of the answer that refers to it."""

from dataclasses import dataclass

from backend.metrics.citing import anchor, first_citations
from backend.metrics.trace import Trace


@dataclass(frozen=True, slots=True)
class CitationLag:
    """One citation's signed lag: above 0 late (its marker dangled), below 0 early.

    ``lag_ms`` is its time minus its marker's; ``lag_events`` the token events, and ``lag_chars`` the code
    points of the answer, between the end of the marker and the citation. All None, as ``marker_ms``, for a
    citation that the answer does not refer to. ``late`` is decided by the order of the events, since both
    may share one stamp.
    """

    citation_id: str | None
    number: int | None
    known_ms: float
    marker_ms: float | None = None
    late: bool | None = None
    lag_ms: float | None = None
    lag_events: int | None = None
    lag_chars: int | None = None


def citation_lags(trace: Trace) -> tuple[CitationLag, ...]:
    """The lag of every distinct citation, in the order in which they came.

    For a citation with spans and no marker, the end of its first span stands for the marker.
    """
    lags = []
    answer = trace.answer
    for cited in first_citations(trace):
        event = cited.event
        place = anchor(trace, cited)
        if place is None:
            lags.append(CitationLag(event.citation_id, event.number, cited.at_ms))
            continue
        lags.append(
            CitationLag(
                event.citation_id,
                event.number,
                cited.at_ms,
                marker_ms=place.at_ms,
                late=cited.index > place.index,
                lag_ms=cited.at_ms - place.at_ms,
                lag_events=answer.tokens_before(cited.index) - answer.tokens_before(place.index + 1),
                lag_chars=answer.length_before(cited.index) - place.end,
            )
        )
    return tuple(lags)
