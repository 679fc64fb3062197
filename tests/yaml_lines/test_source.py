"""The one reader: which values it gives, on which lines, and that its work grows with the file and not faster."""

import math
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from backend.yaml_lines.complaints import SourceError
from backend.yaml_lines.source import MAX_DEPTH, ValuePath, YamlSource, read_yaml

TraceFunction = Callable[[FrameType, str, object], "TraceFunction"]
Tree = dict[str, Any] | list[Any] | str | int | float | bool | None


def read(text: str) -> YamlSource:
    return read_yaml(text.encode(), "f.yaml", "first")


@pytest.mark.parametrize(
    "word",
    [
        *["yes", "no", "on", "off", "Yes", "ON", "True", "False", "Null", "NULL", "nulls", "y", "n"],
        *["12:30", "1:30:15", "2026-08-26", "2026-08-26T12:30:00Z", "1_000", "1,5", "½", "٣"],
        *["0x1f", "0b1", "0o17", "010", "00", "+07", ".inf", "-.INF", ".nan", "NaN", "inf", "infinity"],
        *["1e", "1e5x", "e5", ".", "-.", "+", "="],
    ],
)
def test_what_is_not_plainly_a_number_is_text_as_it_is_written(word: str) -> None:
    assert read(f"key: {word}").data == {"key": word}
    assert read(f"list:\n  - {word}").data == {"list": [word]}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("0", 0), ("7", 7), ("-12", -12), ("+5", 5), ("12345678901234567890", 12345678901234567890)],
        *[
            ("0.5", 0.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("-1.25", -1.25),
            ("1e3", 1000.0),
            ("2.5E-3", 0.0025),
            ("+.5e+1", 5.0),
        ],
        *[("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("# nothing", None)],
    ],
)
def test_plain_numbers_and_the_four_words_are_values(written: str, value: object) -> None:
    for text in (f"key: {written}", f"list:\n  - {written}\n"):
        (found,) = read(text).data.values()
        found = found[0] if isinstance(found, list) else found
        assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("written", ["'5'", '"true"', "|-\n  null", ">-\n  0.5"])
def test_what_is_in_quotes_or_a_block_is_text_and_known_as_such(written: str) -> None:
    source = read(f"a: {written}\nb: x\n")
    assert isinstance(source.data["a"], str)
    assert set(source.quoted) == {("a",)}


def test_keys_are_text_as_they_are_written() -> None:
    assert list(read("1: a\nyes: b\nnull: c\n2026-08-26: d\n'x': e\n1.50: f\n").data) == [
        *["1", "yes", "null", "2026-08-26", "x", "1.50"]
    ]


trees: st.SearchStrategy[Tree] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


class _Dumper(yaml.SafeDumper):
    """Texts in double quotes: only JSON's values are plain. Nothing is written as an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=8), trees, min_size=1, max_size=5), st.booleans())
def test_what_is_written_comes_back(data: dict[str, Any], in_one_line: bool) -> None:
    text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=in_one_line)
    assert read(text).data == data


@st.composite
def numbered_files(draw: st.DrawFn) -> str:
    """A file in which each key and each text of a list contains the number of its line."""
    count = iter(range(10_000))
    keys = st.builds(lambda: f"k@_{next(count)}")
    inner = st.recursive(
        st.just("v@"),
        lambda part: st.lists(part, min_size=1, max_size=4) | st.dictionaries(keys, part, min_size=1, max_size=4),
        max_leaves=15,
    )
    tree = draw(st.dictionaries(keys, inner, min_size=1, max_size=4))
    flow = draw(st.sampled_from([True, False, None]))
    dumped = yaml.dump(tree, Dumper=_Dumper, sort_keys=False, default_flow_style=flow, width=20)
    filler = st.sampled_from(["", "", "", "# @ a comment\n", "\n", "  \n# one\n\n"])
    text = "".join(draw(filler) + line for line in dumped.splitlines(keepends=True))
    if flow is not True:
        text += (
            draw(st.sampled_from(["", "b: |\n  one\n  two\n", "q: 'one\n\n  two'\n", 'u: "\u2028\u0085 x"\n']))
            + "k@_z: v@"
        )
    return "\n".join(line.replace("@", str(number)) for number, line in enumerate(text.split("\n"), start=1))


def values(data: Any, path: ValuePath = ()) -> Iterator[tuple[ValuePath, Any]]:
    items = enumerate(data) if isinstance(data, list) else data.items() if isinstance(data, dict) else ()
    for key, value in items:
        yield (*path, key), value
        yield from values(value, (*path, key))


@settings(max_examples=100, deadline=None)
@given(numbered_files(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_value_knows_its_line_as_an_editor_counts_it(text: str, line_end: str) -> None:
    source = read(text.replace("\n", line_end))
    checked = 0
    for path, value in values(source.data):
        marked = path[-1] if isinstance(path[-1], str) else value
        if isinstance(marked, str) and marked[:1] in "kv":
            assert source.line(path) == int(marked[1:].partition("_")[0]), (path, text)
            checked += 1
        assert source.line((*path, "not there", 3)) == source.line(path)
    assert checked


def work(text: str) -> int:
    """How many lines of Python a file costs, whether it can be read or not."""
    content = text.encode()
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> "TraceFunction":
        nonlocal count
        count += event == "line"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        read_yaml(content, "f.yaml", "first")
    except SourceError:
        # The work of a refusal counts as well.
        return count
    finally:
        sys.settrace(before)
    return count


SHAPES: dict[str, tuple[str, str, str]] = {
    "keys": ("", "k{}: v\n", ""),
    "a list": ("a:\n", "- {}\n", ""),
    "mappings": ("a:\n", "- {{b: {}, c: [1, 'x', \"y\"]}}\n", ""),
    "one line": ("a: [", "{},", "]"),
    "one text": ("a: b", " c{}", ""),
    "a text over lines": ("a: b\n", "  c{}\n", ""),
    "a quoted text": ("a: '", "b {}\n\n  ", "'"),
    "a quote never closed": ("a: '", "b {}\n\n  ", ""),
    "escapes": ('a: "', "\\n\\u00e4", '"'),
    "a block": ("a: |\n", "  b {}\n", ""),
    "comments": ("a: b\n", "# {}\n", ""),
    "empty lines": ("a: b\n", "\n", "c: d"),
    "brackets and line ends": ("", "[\n", ""),
    "brackets closed": ("a: [", "[[]],\n", "]"),
    "braces": ("", "{{a: ", ""),
    "dashes": ("", "- ", ""),
    "question marks": ("", "? ", ""),
    "indentation": ("a:\n", "  - - b: {}\n", ""),
    "anchors": ("", "k{}: &a{} [x, x]\n", ""),
    "aliases": ("", "*a{} : x\n", ""),
    "documents": ("", "--- {}\n", ""),
    "tags": ("", "!a{} ", ""),
    "a fault at the end": ("", "k{}: v\n", "k1: w\n"),
    "a long key": ("", "k", ": v"),
    "a long number": ("a: ", "9", ""),
    "a long fraction": ("a: 1.", "9", "x"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_file_is_twice_the_work(shape: str) -> None:
    head, part, tail = SHAPES[shape]

    def text(count: int) -> str:
        return head + "".join(part.format(number, number) for number in range(count)) + tail

    once, twice = work(text(200)), work(text(400))
    assert twice < 2.2 * once


def test_a_file_of_aliases_is_refused_before_it_grows() -> None:
    def bomb(levels: int) -> str:
        lines = [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
        return "\n".join(["a0: &a0 [x]", *lines])

    with pytest.raises(
        SourceError, match=r"^f\.yaml, line 1: anchors \('&name'\) are not supported; remove this one, or put"
    ):
        read(bomb(12))
    assert work(bomb(24)) < work(bomb(12)) + 1000


def test_nesting_ends_where_it_is_said_to_end() -> None:
    def nested(depth: int) -> str:
        return "a: " + "[" * (depth - 1) + "]" * (depth - 1)

    assert read(nested(MAX_DEPTH)).data
    with pytest.raises(SourceError, match="nested more than 40 levels deep"):
        read(nested(MAX_DEPTH + 1))
    with pytest.raises(SourceError, match="nested more than 40 levels deep"):
        read("[" * 100_000)


def test_numbers_have_an_end() -> None:
    assert math.isclose(read("a: 1e308").data["a"], 1e308)
    for number in ("1e309", "-1e309", "9" * 5000):
        with pytest.raises(SourceError, match=r"line 2: .* is too large for a number"):
            read(f"# one\na: {number}")
