"""Markers: found when their bracket closes, never before, and never in code."""

import pytest
from hypothesis import example, given, settings, strategies as st

from backend.protocol.citations import MarkerScan, find_markers, scan_markers, settled_length
from backend.protocol.marker_run import Marker
from tests.strategies import PIECES


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Revenue rose [1].", [1]),
        ("rose [1][2]", [1, 2]),
        ("\\(x[1]\\) and $y_i$ [2]", [2]),
        ("\\[\nx [1]\n\\] [2]", [2]),
        ("$$ a\n= [1] $$ [2]", [2]),
        ("$$ never closed [1]\n\n[2]", [1, 2]),
        ("$$ a\r\n\r\n[1] b = c $$ [2]", [1, 2]),
        ("costs $5 [1] or $6 [2]", [1, 2]),
        ("````\n```\n[1]\n````\n[2]", [2]),
        ("- item\n\n      ```py\n      a [1]\n      ```\n[2]", [2]),
        ("a `" + "x" * 5_000 + " [1]`", [1]),
        ("both [1, 2] and [3,4]", [1, 2, 3, 4]),
        ("[12] and [1", [12]),
        ("[0] [x] [] [1.5] [-1] [12345]", []),
        ("`a[1]` then [2]", [2]),
        ("``a ` [1]`` then [2]", [2]),
        ("an open ` then [2]", [2]),
        ("```\na[1]\n```\nafter [2]", [2]),
        ("~~~ python\na[1]\n~~~\n[2]", [2]),
        ("```\nstill code [1]", []),
        ("[\u0661] Arabic digits are no marker", []),
        ("\U0001f600 [1]", [1]),
    ],
)
def test_which_brackets_are_markers(text: str, numbers: list[int]) -> None:
    assert [marker.number for marker in find_markers(text)] == numbers


def test_positions_are_code_points() -> None:
    assert find_markers("\U0001f600é [7]") == (Marker(number=7, start=3, end=6),)


GROWING = st.one_of(
    PIECES,
    st.sampled_from(
        ["[", "[[", "]", "]]", "[^", "【", "】", "†", "1", "2", "0", "-", "–", "; ", "(", ")", "(https://", "a"]
    ),
    st.sampled_from(
        ["$", "$$", "\\(", "\\)", "\\[", "\\]", "\\", "`", "``", "\n", "\n\n", "```", "~~~", "- ", "> ", "!", " = "]
    ),
    st.sampled_from(["arr[1]", "rose[2]", "[1-3]", "[2024]", "[1](https://a.example/b)", "$x [1]$", "`[1]`", "$5 [1]"]),
    st.sampled_from(["[doc1]", "[citation:", "[[Source 2]", "[so", "^", "\\begin{align}", "\\end{align}", "\\be"]),
)


@settings(max_examples=400)
@given(st.lists(GROWING, max_size=25))
@example(["a[1]", " =="])
@example(["`", "``", "x`"])
@example(["$x$", "5"])
@example(["$$x$$", "$"])
@example(["```", "x`", "\n", "[1]"])
@example(["\\", "[1]"])
@example(["[2[1]", "[", "1]"])
@example(["1[1](https:", "//a.example/b", ")"])
def test_scanning_as_it_grows_finds_the_same(pieces: list[str]) -> None:
    answer, scan = "", MarkerScan()
    for piece in pieces:
        answer += piece
        scan = scan_markers(answer, scan)
    whole = scan_markers(answer)
    assert (scan.markers, scan.doubtful) == (whole.markers, whole.doubtful)
    assert scan.markers == find_markers(answer)
    assert scan.with_cited({1, 2, 2024}) == find_markers(answer, {1, 2, 2024})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a [", "a "),
        ("a [2", "a "),
        ("a [2]", "a [2]"),
        ("a [1, ", "a "),
        ("a [1,", "a "),
        ("a [1, 2", "a "),
        ("a [x", "a [x"),
        ("a [1–", "a "),
        ("a [[1]", "a "),
        ("a [^", "a "),
        ("a 【1†sou", "a "),
        ("a [0", "a [0"),
        ("a [doc1", "a "),
        ("a [[cit", "a "),
        ("a [city", "a [city"),
        ("a [^1^", "a "),
    ],
)
def test_a_half_typed_marker_is_held_back(text: str, shown: str) -> None:
    assert text[: settled_length(text)] == shown


@given(st.lists(PIECES, max_size=20))
def test_what_is_shown_only_ever_grows(pieces: list[str]) -> None:
    answer, shown = "", ""
    for piece in pieces:
        answer += piece
        now = answer[: settled_length(answer)]
        assert now.startswith(shown)
        shown = now
