"""``repeat`` written out: what fills the placeholders, which lines the copies have, and that nothing grows for ever."""

import pytest

from backend.agents.scripted.repeats import MAX_FILLED, MAX_VALUES, written_out
from backend.yaml_lines.complaints import SourceError
from backend.yaml_lines.source import YamlSource, read_yaml


def read(timeline: str) -> YamlSource:
    """Written out; the timeline begins on line 2."""
    return written_out(read_yaml(f"timeline:\n{timeline}".encode(), "t.yaml", "title"))


def test_a_placeholder_alone_keeps_its_kind_unless_it_is_in_quotes() -> None:
    source = read(
        "  - repeat: [{count: 5, share: 0.5, yes: true, name: North}]\n    do:\n"
        + "".join(f"      - {written}\n" for written in ["${count}", "'${count}'", "${share}", "${yes}", "${name}"])
        + "      - x${count}\n      - '${yes}'\n      - |-\n        ${count}\n"
    )
    assert source.data["timeline"] == [5, "5", 0.5, True, "North", "x5", "True", "5"]


def test_keys_and_nested_rounds_are_filled_in() -> None:
    source = read(
        "  - repeat: [{a: x}, {a: y}]\n    do:\n      - repeat: [{b: '${a}${n}'}, {b: z}]\n        do:\n"
        "          - ${a}: ${b}\n            n: ${n}\n"
    )
    assert source.data["timeline"] == [
        *[{"x": "x1", "n": 1}, {"x": "z", "n": 2}],
        *[{"y": "y2", "n": 1}, {"y": "z", "n": 2}],
    ]


def test_copies_have_the_lines_of_what_they_are_copied_from() -> None:
    source = read(
        "  - wait: 1\n  - repeat: 2\n    do:\n      - say: a\n      - step: s\n        do:\n"
        "          - repeat: 2\n            do:\n              - wait:\n                  1\n  - wait: 2\n"
    )
    lines = [source.line(("timeline", index)) for index in range(6)]
    assert lines == [2, 5, 6, 5, 6, 12]
    assert source.line(("timeline", 4, "do", 1, "wait")) == 10


def test_keys_that_become_the_same_are_duplicates() -> None:
    with pytest.raises(SourceError, match=r"^t\.yaml, line 6: duplicate key 'x'; remove one of them\."):
        read("  - repeat: [{a: x}]\n    do:\n      - ${a}: 1\n        b: 2\n        x: 3\n")


@pytest.mark.parametrize("rounds", ["0", "-1", "true", "2.5", "often", "[]", "[1]", "[{a: [b]}]", "{a: b}", str(10**9)])
def test_other_rounds_are_refused(rounds: str) -> None:
    said = "line 2: 'repeat' must be a number, 1 or more, or a list of mappings, not"
    with pytest.raises(SourceError, match=said):
        read(f"  - repeat: {rounds}\n    do: [{{wait: 1}}]\n")


def doubling(levels: int) -> str:
    """Repeats in one another, in each of which a text is eight times as long as in the one around it."""
    lines, indent = [], "  "
    for level in range(levels):
        text = "x" if level == 0 else f"${{a{level - 1}}}" * 8
        lines += [f"{indent}- repeat: [{{a{level}: '{text}'}}]", f"{indent}  do:"]
        indent += "    "
    return "\n".join([*lines, f"{indent}- say: '${{a{levels - 1}}}'"])


def test_texts_cannot_grow_from_one_repeat_to_the_next() -> None:
    assert read(doubling(5)).data["timeline"] == [{"say": "x" * 8**4}]
    with pytest.raises(SourceError, match=f"line 18: the placeholders make more than {MAX_FILLED:,} characters"):
        read(doubling(12))


def test_a_long_text_cannot_be_copied_without_end() -> None:
    with pytest.raises(SourceError, match=r"line 4: the placeholders make more than"):
        read(f"  - repeat: 100000\n    do:\n      - say: '{'x' * 100_000} ${{n}}'\n")


def test_rounds_count_as_values_each_time_they_are_read() -> None:
    row = ", ".join(f"k{number}: 1" for number in range(5000))
    inner = f"      - repeat: [{{{row}}}]\n        do:\n          - wait: 1\n"
    with pytest.raises(
        SourceError, match=f"line 4: the scenario contains more than {MAX_VALUES:,} values; repeat less"
    ):
        read(f"  - repeat: 100000\n    do:\n{inner}")
