"""Markers in a text that comes in pieces: their citations come before them, wherever the text was cut."""

from itertools import pairwise

from hypothesis import given, strategies as st

from backend.agents.documents.indexing.stored_documents import Document, Passage
from backend.agents.model.marked_text import MarkedText
from backend.agents.model.sources import Sources
from backend.protocol.checks import check
from backend.protocol.citations import find_markers
from backend.protocol.events import CitationEvent, DoneEvent, Draft, TokenEvent, WarningEvent, stamp

DOCUMENT = Document(1, "notes.md", "digest", "prose", "Notes", "notes", "2026-01-01", "", {})


def sources(count: int) -> Sources:
    known = Sources()
    for place in range(count):
        text = f"Passage {place}."
        known.number_of_passage(Passage(place, DOCUMENT, place * 100, place * 100 + len(text), text, "", None, 1))
    return known


def written(pieces: list[str], count: int = 3) -> list[Draft]:
    text = MarkedText(sources(count))
    drafts = [draft for piece in pieces for draft in text.add(piece)]
    return [*drafts, *text.flush()]


def supported(drafts: list[Draft]) -> dict[int | None, list[str]]:
    answer = "".join(draft.text for draft in drafts if isinstance(draft, TokenEvent))
    last = {draft.number: draft for draft in drafts if isinstance(draft, CitationEvent)}
    return {number: [answer[span.start : span.end] for span in draft.spans] for number, draft in last.items()}


def test_a_marker_supports_its_sentence() -> None:
    told = written(["One is so. Two grew by 3.5 % [1]. Three fell [2][3]. ", "“Four” [1, 2]\n- five [3]"])

    assert supported(told) == {
        1: ["Two grew by 3.5 %", "“Four”"],
        2: ["Three fell", "“Four”"],
        3: ["Three fell", "five"],
    }


def test_a_marker_behind_the_full_stop_supports_the_sentence_before() -> None:
    assert supported(written(["One is so. Two is so. [1]"])) == {1: ["Two is so."]}


def test_a_marker_at_the_beginning_supports_nothing() -> None:
    told = written(["[1] says so."])

    assert supported(told) == {1: []}


def test_the_same_use_of_a_source_is_told_once() -> None:
    told = written(["So [1, 1]."])

    assert len([draft for draft in told if isinstance(draft, CitationEvent)]) == 1


def test_numbers_in_code_are_no_markers() -> None:
    assert [draft.type for draft in written(["`a[1]` and\n```\nb[9]\n```\n"])] == ["token"]


PIECES = st.lists(
    st.one_of(
        st.sampled_from(["[", "]", "1", "2", "9", ", ", "[1]", "[2, 3]", ". ", "\n", "`", "word", "é", "\U0001f600"]),
        st.text(max_size=3),
    ),
    max_size=30,
)


@given(PIECES)
def test_wherever_it_is_cut_the_text_is_the_same_and_citations_come_first(pieces: list[str]) -> None:
    told = written(pieces)

    assert "".join(draft.text for draft in told if isinstance(draft, TokenEvent)) == "".join(pieces)
    events = [stamp(draft, seq, float(seq)) for seq, draft in enumerate(told, start=1)]
    end = len(events) + 1
    violations = check([*events, DoneEvent(seq=end, at_ms=float(end))])
    dangling = [draft.message for draft in told if isinstance(draft, WarningEvent)]
    assert len(violations) == 0 or dangling, "only a number that was never given stands without its citation"
    assert len(dangling) == len(set(dangling))


@given(PIECES)
def test_every_citation_s_range_is_text_of_the_answer(pieces: list[str]) -> None:
    told = written(pieces)

    answer = "".join(pieces)
    cited = [draft for draft in told if isinstance(draft, CitationEvent)]
    assert {draft.number for draft in cited} >= {mark.number for mark in find_markers(answer) if mark.number <= 3}
    for draft in cited:
        assert all(0 <= span.start < span.end <= len(answer) for span in draft.spans)
        assert all(one != other for one, other in pairwise(draft.spans))


@given(PIECES)
def test_all_in_one_piece_cites_what_pieces_cite(pieces: list[str]) -> None:
    assert set(supported(written(["".join(pieces)]))) <= set(supported(written(pieces)))
