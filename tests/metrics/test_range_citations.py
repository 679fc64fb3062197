"""Citations that name ranges of the answer instead of markers: order, exposure and sync, by hand."""

import json

from backend.dialects.imported_run import ImportedRun
from backend.dialects.registry import open_decoder
from backend.metrics.citation_order import kendall_tau, order_inversions, renumber_inversions
from backend.metrics.exposure import dangling_exposure_marker_ms
from backend.metrics.in_sync import in_sync_rate
from backend.metrics.trace import Trace
from backend.protocol.events import Event, Span, parse_event
from tests.metrics.traces import citation, done, token, trace

FIRST, SECOND = Span(start=0, end=10), Span(start=11, end=22)
TEXT: list[tuple[float, Event]] = [(100, token("It is red. ")), (200, token("It is blue.")), (300, token(" Really."))]


def test_ranges_sent_in_their_order_have_no_inversion() -> None:
    run = trace(*TEXT, (310, citation(1, spans=(FIRST,))), (320, citation(2, spans=(SECOND,))), (330, done()))
    assert (order_inversions(run), kendall_tau(run), renumber_inversions(run)) == (0, 1, 0)


def test_swapped_ranges_are_an_inversion_of_order_and_of_numbers() -> None:
    run = trace(*TEXT, (310, citation(1, spans=(SECOND,))), (320, citation(2, spans=(FIRST,))), (330, done()))
    assert (order_inversions(run), kendall_tau(run), renumber_inversions(run)) == (1, -1, 1)


def test_the_places_of_one_source_are_in_order_each() -> None:
    third = Span(start=23, end=29)
    once = (310.0, citation(1, spans=(FIRST,)))
    again = (315.0, citation(1, spans=(FIRST, third)))
    other = (320.0, citation(2, spans=(SECOND,)))
    assert order_inversions(trace(*TEXT, once, again, other, (330, done()))) == 1
    assert order_inversions(trace(*TEXT, once, other, again, (330, done()))) == 0


def test_a_range_is_exposed_until_its_citation_comes() -> None:
    run = trace(*TEXT, (350, citation(1, spans=(FIRST,))), (420, citation(2, spans=(SECOND,))), (430, done()))
    assert dangling_exposure_marker_ms(run) == (350 - 100) + (420 - 200)
    assert in_sync_rate(run) == 0
    early = trace((50, citation(1, spans=(FIRST,))), *TEXT, (280, citation(2, spans=(SECOND,))), (430, done()))
    assert dangling_exposure_marker_ms(early) == 80
    assert in_sync_rate(early) == 1


def test_a_marker_stands_for_the_ranges_of_its_number() -> None:
    marked = trace((100, token("It is red [1].")), (150, citation(1, spans=(FIRST,))), (160, done()))
    assert dangling_exposure_marker_ms(marked) == 50
    assert order_inversions(marked) is None


def test_two_swapped_annotations_of_a_foreign_stream_are_an_inversion() -> None:
    def annotation(url: str, start: int, end: int) -> dict[str, object]:
        return {"type": "url_citation", "url_citation": {"url": url, "start_index": start, "end_index": end}}

    def run(*annotations: dict[str, object]) -> Trace:
        deltas = [{"content": "It is red. It is blue."}, *({"annotations": [one]} for one in annotations)]
        chunks = [{"object": "chat.completion.chunk", "choices": [{"delta": delta}]} for delta in deltas]
        imported = ImportedRun(open_decoder("openai-chat"))
        lines = [
            line
            for place, chunk in enumerate(chunks)
            for line in imported.feed(f"data: {json.dumps(chunk)}\n\n".encode(), 100.0 * place)
        ]
        return Trace.of_server_times("server", [parse_event(line) for line in (*lines, *imported.close(900.0))])

    red, blue = annotation("https://a.example/", 0, 10), annotation("https://b.example/", 11, 22)
    assert order_inversions(run(red, blue)) == 0
    assert order_inversions(run(blue, red)) == 1
