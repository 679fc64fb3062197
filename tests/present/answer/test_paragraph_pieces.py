"""A paragraph that does not end is drawn in pieces: each is drawn once, and together they look like one."""

from itertools import accumulate

import pytest
from hypothesis import given, settings, strategies as st

from backend.present.answer.blocks import AnswerBlock, AnswerRenderer, answer_blocks
from backend.present.answer.markdown_blocks import parse_blocks
from backend.present.answer.paragraph_pieces import PARAGRAPH_PIECE_CHARACTERS, in_pieces
from backend.protocol.events import DoneEvent, TokenEvent
from backend.protocol.run_view import RunView
from backend.protocol.view import reduce
from tests.present.html_reader import visible
from tests.present.samples import answered

SENTENCE = "Revenue rose by 3 % to 5 million [7], as *was* expected by `all` of $x^2$ of them. "
FILLERS = (SENTENCE * 12, (SENTENCE.strip() + "\n") * 12, "收入增长了百分之三。" * 100, "[1][2]" * 200, "word" * 300)
SIGNS = ("**", "*", "`", "$", "[", "](", ")", "\n", "\n\n", "- ", "2. ", "| a ", "\n|---|\n", "\\(", "\\)", "a | b")


def growing(pieces: list[str]) -> list[RunView]:
    tokens = [TokenEvent(seq=seq, at_ms=seq, text=text) for seq, text in enumerate(pieces, 1)]
    return list(accumulate(tokens, reduce, initial=RunView.start()))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(FILLERS), st.sampled_from(SIGNS)), min_size=8, max_size=24))
def test_pieces_never_change_and_the_end_is_that_of_one_drawing(pieces: list[str]) -> None:
    renderer, before = AnswerRenderer(), list[AnswerBlock]()
    views = growing(pieces)
    for view in views:
        blocks = renderer.blocks(view)
        finished = [block for block in before if block.final]
        assert blocks[: len(finished)] == finished
        before = blocks
    done = reduce(views[-1], DoneEvent(seq=len(pieces) + 1, at_ms=9e9))
    assert renderer.blocks(done) == answer_blocks(done)


@pytest.mark.parametrize("unit", [SENTENCE, "收入增长了百分之三。", "[1][2]", SENTENCE.strip() + "\n"])
def test_the_pieces_of_a_paragraph_are_all_of_it_and_follow_without_a_gap(unit: str) -> None:
    answer = unit * (3 * PARAGRAPH_PIECE_CHARACTERS // len(unit))
    blocks = answer_blocks(answered(answer))
    assert len(blocks) >= 3
    assert ["ph-answer--continues" in block.html for block in blocks] == [True] * (len(blocks) - 1) + [False]
    whole = "".join(visible(block.html) for block in blocks).split()
    once = "".join(visible(answer_blocks(answered(unit))[0].html).split())
    assert "".join(whole) == once * (len(answer) // len(unit))


def test_a_piece_ends_where_nothing_is_open() -> None:
    answer = SENTENCE * 20 + "**" + SENTENCE * 40 + "** and **more** " + SENTENCE * 80
    pieces = in_pieces(parse_blocks(answer))
    assert len(pieces) > 2
    assert all(piece.text.count("`") % 2 == piece.text.count("$") % 2 == 0 for piece in pieces)
    assert all(piece.text[:1].isalpha() for piece in pieces)


def test_a_paragraph_of_common_length_is_one_block() -> None:
    assert len(answer_blocks(answered(SENTENCE * 20))) == 1
