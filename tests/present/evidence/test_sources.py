"""The list of sources and what is said of each."""

from backend.present.evidence.sources import locator_text, ordered_sources, source_titles, sources_html
from backend.present.evidence.warnings import warnings_html
from backend.protocol.events import CitationEvent, DoneEvent, Locator, StatusEvent, TokenEvent, WarningEvent
from tests.present.html_reader import Fragment, visible
from tests.present.samples import answered, cited, view_of


def test_sources_stand_by_number_and_then_as_they_came() -> None:
    view = view_of(
        cited(3),
        CitationEvent(citation_id="x", title="no number"),
        cited(1),
        CitationEvent(citation_id="y", number=1, title="same number"),
        CitationEvent(title="no id"),
    )
    sources = ordered_sources(view)
    assert [source.citation.title for source in sources] == ["10-Q", "same number", "10-Q", "no number", "no id"]
    assert [source.key for source in sources] == ["1", "1-4", "3", "u2", "u5"]
    ids = Fragment(sources_html(view)).ids
    assert len(set(ids)) == len(ids) == 5


def test_a_marker_goes_to_the_first_source_of_its_number() -> None:
    view = view_of(cited(1, "first"), CitationEvent(citation_id="other", number=1, title="second"))
    assert source_titles(view) == {1: "first"}
    assert Fragment(sources_html(view)).ids[0] == "ph-source-1"


def test_a_card_says_where_its_quote_is_from() -> None:
    citation = cited(
        1, "10-Q FY2026 Q3", source="NVIDIA", url="https://sec.gov/x", quote="“Four customers”",
        filing_date="2025-11-19", accession_number="0001045810-25-000230", locator=Locator(page=14, line=3),
    )  # fmt: skip
    html = sources_html(view_of(citation))
    text = visible(html)
    for part in ("10-Q FY2026 Q3", "NVIDIA", "2025-11-19", "Accession 0001045810-25-000230", "page 14, line 3"):
        assert part in text
    assert "“Four customers”" in text
    assert Fragment(html).links == ["https://sec.gov/x"]


def test_an_address_that_may_not_be_linked_is_said_to_be_left_out() -> None:
    html = sources_html(view_of(cited(1, url="javascript:alert(1)")))
    assert Fragment(html).links == []
    assert "address not shown" in visible(html)


def test_orphans_are_named_only_once_the_run_has_ended() -> None:
    orphan = "The answer does not refer to this source."
    assert orphan not in visible(sources_html(view_of(cited(1))))
    assert orphan in visible(sources_html(answered("No marker.", citations=(cited(1),))))
    assert orphan not in visible(sources_html(answered("Here [1].", citations=(cited(1),))))


def test_dangling_markers_are_named_under_the_sources() -> None:
    assert "2 markers still waiting for a source: [2], [7]" in visible(
        sources_html(answered("A [1] b [2] c [7] d [2]", ended=False, citations=(cited(1),)))
    )
    assert "1 marker never got a source: [2]" in visible(sources_html(answered("A [2]")))


def test_a_warning_about_a_source_stands_on_its_card_and_links_to_it() -> None:
    view = view_of(cited(2), WarningEvent(code="dated", message="Three years old.", citation_id="c2"))
    assert "Three years old." in visible(sources_html(view))
    html = warnings_html(view, scope="r")
    assert Fragment(html).links == ["#ph-source-r-2"]
    assert visible(html) == "Before you rely on this Three years old. 2"


def test_a_warning_about_a_step_names_it_and_one_without_words_is_readable() -> None:
    view = view_of(StatusEvent(step_id="s", step="retrieving"), WarningEvent(code="thin_evidence", step_id="s"))
    assert visible(warnings_html(view)) == "Before you rely on this Thin evidence Searching the documents"


def test_without_warnings_there_is_nothing() -> None:
    assert warnings_html(view_of()) == ""


def test_empty_states() -> None:
    assert visible(sources_html(view_of())) == "Sources appear here with the answer."
    assert visible(sources_html(view_of(TokenEvent(text="x"), DoneEvent()))) == "The agent named no sources."


def test_locators() -> None:
    assert locator_text(None) == ""
    assert locator_text(Locator(page=1)) == "page 1"
    assert locator_text(Locator(start=10, end=1200)) == "characters 10 to 1,200"
    assert locator_text(Locator(start=10)) == ""


def test_a_quote_stands_in_its_surroundings() -> None:
    view = view_of(cited(1, quote="Sales rose.", before="… <b>Before</b> it.", after="After it …"))
    html = sources_html(view)
    assert Fragment(html).problems == []
    assert "… <b>Before</b> it. Sales rose. After it …" in visible(html)
    assert "ph-around" not in sources_html(view_of(cited(1, quote="Sales rose.")))
