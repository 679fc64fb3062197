"""Sources of an answer: native and foreign mentions of one source stay one citation."""

from backend.dialects import cited_sources
from backend.dialects.cited_sources import CitedSources
from backend.protocol.events import CitationEvent, Span


def sources() -> tuple[CitedSources, list[CitationEvent], list[str]]:
    """Sources, the citations they write and the losses they count."""
    written: list[CitationEvent] = []
    losses: list[str] = []
    return CitedSources(written.append, lambda what, count=1: losses.append(what), lambda span: span), written, losses


def test_a_foreign_mention_of_a_native_citation_keeps_the_fields_this_version_does_not_know() -> None:
    cited, written, losses = sources()
    native = CitationEvent.model_validate(
        {"citation_id": "c9", "number": 9, "title": "Report", "locator": {"page": 3}, "confidence": 0.5}
    )
    cited.add_native(native)
    number = cited.add("c9", Span(start=0, end=4), "", {"quote": "48 h", "title": "Report"}, length=10)
    assert number == 9
    assert written == [
        native,
        CitationEvent.model_validate(native.model_dump() | {"quote": "48 h", "spans": [{"start": 0, "end": 4}]}),
    ]
    assert written[-1].model_extra == {"confidence": 0.5}
    assert losses == []


def test_a_mention_that_adds_nothing_is_not_sent_again() -> None:
    cited, written, _ = sources()
    for _ in range(2):
        assert cited.add("https://a.example", None, "", {"url": "https://a.example", "title": "A", "quote": ""}, 0) == 1
    assert len(written) == 1


def test_a_full_list_refuses_new_sources_and_takes_changes_of_known_ones() -> None:
    cited, written, losses = sources()
    for number in range(cited_sources.MAX_CITATIONS):
        cited.add(f"source {number}", None, "", {}, 0)
    assert cited.add("one more", None, "", {}, 0) == 0
    cited.add_native(CitationEvent(citation_id="another"))
    assert losses == ["citations beyond the most a run may have"] * 2
    cited.add_native(CitationEvent(citation_id="source 0", title="New title"))
    assert len(written) == cited_sources.MAX_CITATIONS + 1
    assert cited.add("source 0", None, "", {"quote": "q"}, 0) == 0
    assert written[-1].quote == "q"
    assert cited.count == cited_sources.MAX_CITATIONS
