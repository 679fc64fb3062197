"""Cutting an answer into token-sized pieces."""

import pytest
from hypothesis import given, strategies as st

from backend.agents.scripted.pieces import MAX_WORD, split_pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("NVIDIA is large [1].", ["NVIDIA ", "is ", "large ", "[1]."]),
        ("\n\n# Head\n- a  b\n", ["\n\n", "# ", "Head\n", "- ", "a  ", "b\n"]),
        ("", []),
        ("x" * 45 + " y", ["x" * 20, "x" * 20, "xxxxx ", "y"]),
    ],
)
def test_words(text: str, pieces: list[str]) -> None:
    assert split_pieces(text, "words") == pieces


def test_code_points_cut_a_family_apart() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert split_pieces(family, 2) == ["\U0001f468\u200d", "\U0001f469\u200d", "\U0001f467"]


@given(st.text(), st.one_of(st.just("words"), st.integers(1, 50)))
def test_pieces_join_to_the_text_and_none_is_empty(text: str, pieces: object) -> None:
    cut = split_pieces(text, pieces)  # type: ignore[arg-type]
    assert "".join(cut) == text
    assert all(cut)
    longest = MAX_WORD if pieces == "words" else pieces
    assert all(len(piece.rstrip()) <= longest for piece in cut if not piece.isspace())  # type: ignore[operator]
