"""The markers of a view that grows: those of the whole answer, and no token costs what all cost together."""

import time

import pytest
from hypothesis import given, strategies as st

from backend.protocol.citations import find_markers
from backend.protocol.events import CitationEvent, Event, TokenEvent
from backend.protocol.run_view import RunView
from backend.protocol.view import reduce
from tests.strategies import PIECES

EVENTS = st.lists(
    st.one_of(
        st.builds(TokenEvent, text=st.one_of(PIECES, st.sampled_from(["rose[1]", "[2024]", " [3] ", "[1](https://a.b)"]))),
        st.builds(
            CitationEvent, citation_id=st.sampled_from(["a", "b", "c"]), number=st.sampled_from([1, 2, 3, 2024, None])
        ),
    ),
    max_size=25,
)  # fmt: skip


@given(EVENTS)
def test_markers_and_what_is_pending_are_those_of_the_whole_answer(events: list[Event]) -> None:
    view = RunView.start()
    for seq, event in enumerate(events, 1):
        view = reduce(view, event.model_copy(update={"seq": seq}))
        message = view.message
        cited = {citation.number for citation in message.citations if citation.number is not None}
        assert message.markers == find_markers(message.answer, cited)
        pending = dict.fromkeys(marker.number for marker in message.markers if marker.number not in cited)
        assert message.pending == tuple(pending)


def test_a_view_of_a_server_that_counts_less_is_continued() -> None:
    view = reduce(RunView.start(), TokenEvent(seq=1, text="One [1].\n\nTwo [2].\n\n"))
    older = view.model_copy(update={"message": view.message.model_copy(update={"settled_pending": None})})
    for each in (view, older):
        after = reduce(each, CitationEvent(seq=2, citation_id="a", number=1))
        assert reduce(after, TokenEvent(seq=3, text="Three [3].")).message.pending == (2, 3)


def folding_s(text: str) -> float:
    """The seconds of processor time for an answer that comes in tokens of four characters: the least of two."""
    costs = []
    for _ in range(2):
        view, begun = RunView.start(), time.process_time()
        for seq, at in enumerate(range(0, len(text), 4), 1):
            view = reduce(view, TokenEvent(seq=seq, text=text[at : at + 4]))
        costs.append(time.process_time() - begun)
    return min(costs)


@pytest.mark.alone
@pytest.mark.parametrize("repeated", ["It rose [7], then fell [8]. ", "*", "> "])
def test_four_times_the_answer_costs_no_more_than_eight_times_the_time(repeated: str) -> None:
    text = repeated * (12_000 // len(repeated))
    assert folding_s(4 * text) < 8 * folding_s(text)
