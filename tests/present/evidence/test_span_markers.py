"""Answers whose sources name ranges of the answer instead of being cited by number."""

import pytest
from hypothesis import given, strategies as st

from backend.present.answer.blocks import answer_html
from backend.present.answer.markdown_export import answer_markdown
from backend.present.evidence.sources import ordered_sources
from backend.present.evidence.span_markers import marked_answer
from backend.protocol.citations import find_markers
from backend.protocol.events import CitationEvent, Span, TokenEvent, stamp
from backend.protocol.run_view import RunView
from backend.protocol.view import reduce


def answered(answer: str, *spans: tuple[int, int, int]) -> RunView:
    """The view of an answer whose sources, by number, support these ranges (number, start, end)."""
    view = RunView.start("Why?")
    numbers = dict.fromkeys(number for number, _, _ in spans)
    citations = [
        CitationEvent(
            citation_id=f"c{number}",
            number=number,
            title=f"Source {number}",
            spans=tuple(Span(start=start, end=end) for of, start, end in spans if of == number),
        )
        for number in numbers
    ]
    for seq, citation in enumerate(citations, start=1):
        view = reduce(view, stamp(citation, seq, float(seq)))
    return reduce(view, stamp(TokenEvent(text=answer), len(citations) + 1, 9.0))


def test_a_source_s_marker_stands_behind_the_range_it_supports() -> None:
    view = answered("Sales rose. Costs fell.", (1, 0, 11), (2, 12, 23))
    assert marked_answer(view) == "Sales rose.[1] Costs fell.[2]"
    assert [source.uses for source in ordered_sources(view)] == [1, 1]
    assert answer_html(view).count('href="#ph-source-') == 2
    assert "[1]" in answer_markdown(view).replace("\\", "")


def test_ranges_are_code_points_and_sources_of_one_range_stand_side_by_side() -> None:
    assert (
        marked_answer(answered("\u00dcber \U0001f680 ja. So.", (1, 0, 10), (2, 5, 10)))
        == "\u00dcber \U0001f680 ja.[1][2] So."
    )


@pytest.mark.parametrize(
    ("answer", "span"),
    [
        ("Sales rose [1].", (1, 0, 10)),
        ("Sales rose.", (1, 0, 12)),
        ("Sales rose.", (1, 0, 0)),
        ("```\nsales\n```\n", (1, 0, 6)),
        ("Use `sales()` here.", (1, 0, 7)),
        ("Sales(2026) rose.", (1, 0, 5)),
        ("Sales rose.", (7, 0, 99)),
    ],
    ids=["cited", "beyond the end", "empty", "in a fence", "in a code span", "before a bracket", "far beyond the end"],
)
def test_no_marker_where_it_would_say_something_wrong(answer: str, span: tuple[int, int, int]) -> None:
    assert marked_answer(answered(answer, span)) == answer


def test_a_marker_that_cannot_stand_does_not_keep_the_others_away() -> None:
    assert marked_answer(answered("Fine. `code` ends", (1, 0, 5), (2, 6, 9))) == "Fine.[1] `code` ends"


@given(
    st.text("ab `[]1(\n", max_size=40), st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9), st.integers(0, 45)))
)
def test_only_markers_are_added(answer: str, spans: list[tuple[int, int, int]]) -> None:
    view = answered(answer, *spans)
    marked = marked_answer(view)
    assert len(find_markers(marked)) >= len(view.message.markers)
    position = 0
    for character in answer:
        position = marked.index(character, position) + 1
