"""What a marker is: a table of cases."""

import time

import pytest
from hypothesis import given, strategies as st

from backend.protocol.markers import half_address, half_marker, markers_in

CERTAIN = [
    ("rose [1]", ["[1]"], [1]),
    ("rose.[1]", ["[1]"], [1]),
    ("“so”[1] *so*[2]", ["[1]", "[2]"], [1, 2]),
    ("\u589e\u957f[1]\u3002", ["[1]"], [1]),
    ("[1, 2] [1; 2]", ["[1, 2]", "[1; 2]"], [1, 2, 1, 2]),
    ("[1][2]", ["[1]", "[2]"], [1, 2]),
    ("[1-3] [1–3] [1\u00a0–\u00a03]", ["[1-3]", "[1–3]", "[1\u00a0–\u00a03]"], [1, 2, 3] * 3),
    ("[1, 3-5; 7]", ["[1, 3-5; 7]"], [1, 3, 4, 5, 7]),
    ("[[1]] [^1] [^2^]", ["[[1]]", "[^1]", "[^2^]"], [1, 1, 2]),
    ("rise = so [1]", ["[1]"], [1]),
    (
        "\u3010 1\u3011\u30101\u3011\u3010999\u2020source\u3011",
        ["\u30101\u3011", "\u3010999\u2020source\u3011"],
        [1, 999],
    ),
    ("so\u30101\u2020L5-L9\u3011", ["\u30101\u2020L5-L9\u3011"], [1]),
    ("[1](see below)", ["[1]"], [1]),
    ("\\\\[1]", ["[1]"], [1]),
    ("Great![1]", ["[1]"], [1]),
]
DOUBTFUL = [
    ("rose[1]", ["[1]"]),
    ("in 2023[1][2].", ["[1]", "[2]"]),
    ("(so)[1]", ["[1]"]),
    ("| rose[1] | **fell[2]** | up[3]<br>", ["[1]", "[2]", "[3]"]),
    ("rose[1], rose[2]. Then", ["[1]", "[2]"]),
    ("[2024] [1000]", ["[2024]", "[1000]"]),
    ("so [citation:1][citation: 2].", ["[citation:1]", "[citation: 2]"]),
    ("[[citation:2]] [Source 3]", ["[[citation:2]]", "[Source 3]"]),
    ("[doc1][doc2] [Sources 1, 2] [ref#4]", ["[doc1]", "[doc2]", "[Sources 1, 2]", "[ref#4]"]),
    ("[1](https://a.example/b_(c))", ["[1](https://a.example/b_(c))"]),
    ('[1](https://a.example "Title")', ['[1](https://a.example "Title")']),
    ("[[1]](https://a.example)", ["[[1]](https://a.example)"]),
]
TEXT = [
    *("arr[1]", "rows()[1]", "x[2]", "row_ids[3]", "self.rows[1]", "df.values_[1]", "y = rows[1]", "return rows[1]"),
    *("rows[1] = 5", "rows[1] == x", "rows[1] += 1", "rows[1] + 1", "rows[1].name", "rows[1](x)", "rows[1][name]"),
    *("x = [1, 2]", "v=[1]", "t \u2208 [1, 2]", "[1, 2]^T", "[Figure 1]", "x[doc1]", "[docs]", "[source 0]"),
    *("[Source 1](https://a.example)", "[section 1]"),
    *("arr[1][2]", "[0]", "[0, 1]", "[1, 0]", "[01]", "[3-1]", "[1-1]", "[1-50]", "[1.5]", "[-1]", "[a]", "[12345]"),
    *(
        "[\u0661]",
        "[ 1]",
        "[1\n]",
        "\\[1]",
        "![1](https://a.example)",
        "[text][1]",
        "\u30104:0\u2020source\u3011",
        "[",
        "[]",
    ),
]


@pytest.mark.parametrize(("text", "brackets", "numbers"), CERTAIN)
def test_markers(text: str, brackets: list[str], numbers: list[int]) -> None:
    found = markers_in(text)
    assert [text[marker.start : marker.end] for marker in found] == brackets
    assert [number for marker in found for number in marker.numbers] == numbers
    assert not any(marker.doubtful for marker in found)


@pytest.mark.parametrize(("text", "brackets"), DOUBTFUL)
def test_markers_only_if_a_citation_has_the_number(text: str, brackets: list[str]) -> None:
    found = markers_in(text)
    assert [text[marker.start : marker.end] for marker in found] == brackets
    assert all(marker.doubtful for marker in found)


@pytest.mark.parametrize("text", TEXT)
def test_brackets_that_are_text(text: str) -> None:
    assert markers_in(text) == []


@given(st.sampled_from([case[0] for case in (*CERTAIN, *DOUBTFUL)]), st.data())
def test_a_marker_cut_anywhere_is_held_back_from_its_bracket_on(text: str, data: st.DataObject) -> None:
    for marker in markers_in(text):
        address = text.find("](", marker.start, marker.end)
        bracket_end = address + 1 if address >= 0 else marker.end
        cut = data.draw(st.integers(marker.start + 1, bracket_end - 1))
        assert half_marker(text[:cut]) <= marker.start
        if bracket_end < marker.end and not text.startswith("[[", marker.start):
            cut = data.draw(st.integers(bracket_end + 1, marker.end - 1))
            assert half_address(text[:cut]) == bracket_end


@pytest.mark.alone
@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "[1",
        "[1, 2",
        "[[1",
        "\u3010",
        "[1](https://a",
        "[1](https://a(",
        "[1](",
        "\\",
        "a[1]",
        "[1]",
        "[^",
        "[1-",
        "[doc",
        "[[source 1",
    ],
)
def test_hostile_brackets_cost_time_in_proportion(piece: str) -> None:
    def seconds(count: int) -> float:
        """Of processor time, the least of three."""
        text, best = piece * count, 9e9
        for _ in range(3):
            begun = time.process_time()
            markers_in(text)
            half_marker(text)
            half_address(text)
            best = min(best, time.process_time() - begun)
        return best

    small = seconds(10_000)
    assert seconds(40_000) < 10 * small + 0.02
