"""Markers for answers that have none.

If a source names the range of the answer it supports instead of being cited by its number, as the native citations of
many models do, its marker is shown at the end of that range.
"""

from collections.abc import Sequence

from backend.protocol.citations import find_markers
from backend.protocol.run_view import RunView


def span_places(view: RunView) -> list[tuple[int, int]]:
    """The places for new markers: pairs (end of the range in code points, number of the source)."""
    message = view.message
    if not any(citation.spans for citation in message.citations):
        return []
    places: set[tuple[int, int]] = set()
    cited = {marker.number for marker in message.markers}
    for citation in message.citations:
        if citation.number is None or citation.number in cited:
            continue
        for span_end in {span.end for span in citation.spans if 0 < span.end <= len(message.answer)}:
            # Not inside a marker, which would break it.
            end = next((marker.end for marker in message.markers if marker.start < span_end < marker.end), span_end)
            if message.answer[end : end + 1] != "(":
                places.add((end, citation.number))
    return sorted(places)


def marked_answer(view: RunView) -> str:
    """The answer with a marker after every range that a source supports, if the answer itself never cites the source.

    A range counts once the answer has grown to its end. No marker is added to a range that ends inside code, which
    would show it as code, or before a round bracket, which would make it a link.
    """
    answer = view.message.answer
    places = span_places(view)
    if not places:
        return answer
    marked, starts = _inserted(answer, places)
    cited = {number for _, number in places}
    found = {marker.start for marker in find_markers(marked, cited)}
    kept = [place for place, start in zip(places, starts, strict=True) if start in found]
    return marked if len(kept) == len(places) else _inserted(answer, kept)[0]


def _inserted(answer: str, places: Sequence[tuple[int, int]]) -> tuple[str, list[int]]:
    """The answer with the markers in it, and the start of each."""
    parts: list[str] = []
    starts: list[int] = []
    since = added = 0
    for end, number in places:
        # Directly after a letter a square bracket would be code; after another marker it is one.
        follows_letter = (
            since < end and answer[end - 1].isascii() and (answer[end - 1].isalnum() or answer[end - 1] in "_)")
        )
        marker = f"【{number}】" if follows_letter else f"[{number}]"
        parts += [answer[since:end], marker]
        starts.append(end + added)
        since, added = end, added + len(marker)
    return "".join([*parts, answer[since:]]), starts
