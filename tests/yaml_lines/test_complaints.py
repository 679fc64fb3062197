"""A fault is reported in the same words in a suite and in a scenario."""

from collections.abc import Callable

import pytest

from backend.agents.scripted.loading import parse_scenario
from backend.yaml_lines.complaints import SourceError, did_you_mean, shown
from backend.yaml_lines.syntax import MAX_FILE_BYTES
from evals.suites.suite_file import parse_suite

SUITE = "suite: S\ndescription: D.\nwarm_up: 0\nruns: [{agent: a}]\n"
SCENARIO = "title: T\ndescription: D.\nquestion: Q?\ntimeline: []\n"
READERS: dict[str, tuple[Callable[[bytes, str], object], str]] = {
    "suite": (parse_suite, SUITE),
    "scenario": (parse_scenario, SCENARIO),
}

_BOMB = "\n".join(["a0: &a0 [x,x]", *(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 12)}]" for n in range(1, 10))])
_ALIAS = "aliases ('*name') are not supported; write the value out, or put text that begins with '*' in quotes."
_ANCHOR = "anchors ('&name') are not supported; remove this one, or put text that begins with '&' in quotes."
_TAG = "tags ('!name') are not supported; remove this one, or put text that begins with '!' in quotes."
_MERGE = "merge keys ('<<') are not supported; write the fields out."
_DEEP = "lists and mappings are nested more than 40 levels deep; use fewer levels."
_UNFIT = "this does not fit the lines above; check the indentation and the quotes."
_BRACKET = "a bracket opened here or above is not closed, or a comma is missing."
_QUOTES = "put text that begins with this character in quotes."

WHOLE_FILES: dict[str, tuple[str | bytes, int, str]] = {
    "nothing": ("", 1, "the file is empty; expected a mapping that begins with '{first}: ...'."),
    "a comment": ("# nothing\n\n", 1, "the file is empty; expected a mapping that begins with '{first}: ...'."),
    "a byte order mark": (b"\xef\xbb\xbf", 1, "the file is empty; expected a mapping that begins with '{first}: ...'."),
    "a list": ("\n- a\n- b\n", 2, "expected a mapping that begins with '{first}: ...', not ['a', 'b']."),
    "a text": ("happy_path", 1, "expected a mapping that begins with '{first}: ...', not 'happy_path'."),
    "an empty document": ("---\n", 1, "the file is empty; expected a mapping that begins with '{first}: ...'."),
    "not UTF-8": ("# größer\n".encode("latin-1"), 1, "this is not UTF-8 text; save the file as UTF-8."),
    "UTF-16": ("a: 1\n".encode("utf-16"), 1, "this is not UTF-8 text; save the file as UTF-8."),
    "a bomb of aliases": (_BOMB, 1, _ANCHOR),
    "too large": ("#" * (MAX_FILE_BYTES + 1), 1, "the file is larger than 524,288 bytes, the limit; make it smaller."),
}
"""Contents of a file, the line and the complaint."""

LAST_LINES: dict[str, tuple[str | bytes, int, str]] = {
    "an alias": ("description2: *a\n", 5, _ALIAS),
    "a star": ("description2: * a\n", 5, _ALIAS),
    "an alias as a key": ("*a : 1\n", 5, _ALIAS),
    "an anchor": ("tags: &a [x]\n", 5, _ANCHOR),
    "an anchor at a key": ("&a tags: [x]\n", 5, _ANCHOR),
    "an ampersand": ("tags: & x\n", 5, _ANCHOR),
    "a merge key": ("<<: {seed: 1}\n", 5, _MERGE),
    "a tag": ("tags: !!python/object:os.system x\n", 5, _TAG),
    "a tag of YAML's own": ("tags: !!str 5\n", 5, _TAG),
    "a tag at a list": ("tags:\n  !mine\n  - a\n", 6, _TAG),
    "a tag without a name": ("tags: ! x\n", 5, _TAG),
    "a tag without a handle": ("tags: !e!x y\n", 5, _TAG),
    "a duplicate key": ("# one\ndescription: E.\n", 6, "duplicate key 'description'; remove one of them."),
    "a duplicate key in quotes": ("'description': E.\n", 5, "duplicate key 'description'; remove one of them."),
    "a list as a key": ("? [a]\n: b\n", 5, "a key must be a plain word, not a list or a mapping."),
    "a second document": ("---\na: b\n", 5, "a second document begins here; a file contains one."),
    "too deep": (f"tags: {'[' * 50}{']' * 50}\n", 5, _DEEP),
    "a tab": ("tags:\n\t- x\n", 6, "there is a tab where YAML needs spaces; indent with spaces."),
    "a colon in text": ("tags: a: b\n", 5, "put text that contains ': ' in quotes, or check the indentation."),
    "a missing colon": (
        "tags\nseed: 1\n",
        6,
        "expected 'key: value'; check for a missing colon, or text that needs quotes.",
    ),
    "bad indentation": ("tags:\n  - a\n - b\n", 7, _UNFIT),
    "an open bracket": ("tags: [a, b\n", 5, _BRACKET),
    "a missing comma": ("tags: [{a: b} {c: d}]\n", 5, _BRACKET),
    "an open bracket after a comma": ("tags: [a, [b,\n\n", 5, _BRACKET),
    "an open bracket with more below": ("tags: [a,\nseed: 1\n", 5, _BRACKET),
    "an open quote": ("tags: 'a\n  b\n\n", 5, "the quote that is opened here is never closed."),
    "a character with a meaning": ("tags: @x\n", 5, _QUOTES),
    "a per cent sign": ("tags: x\n%: 5\n", 6, _QUOTES),
    "an unknown escape": (
        'tags: "C:\\Users"\n',
        5,
        "this is not an escape; in double quotes, write a backslash twice.",
    ),
    "an escape beyond the last": (
        'tags: "\\UFFFFFFFF"\n',
        5,
        "this escape does not name a character; the last one is \\U0010FFFF.",
    ),
    "half a pair": (
        'tags: "\\ud83d"\n',
        5,
        "this is half of a surrogate pair; write \\U0001F600, not \\uD83D\\uDE00.",
    ),
    "a control character": (
        "tags: a\x07b\n",
        5,
        "the character U+0007 is not allowed; write it as an escape in double quotes.",
    ),
    "a byte that is not UTF-8": (b"# \xff\n", 5, "this is not UTF-8 text; save the file as UTF-8."),
    "too large a number": ("seed: 1e400\n", 5, "'1e400' is too large for a number."),
    "a mistyped field": ("descriptoin: E.\n", 5, "a {kind} has no field 'descriptoin'; did you mean 'description'?"),
}
"""What is appended to a good file of four lines, the line and the complaint."""


def complaint(kind: str, content: str | bytes) -> str:
    read, _ = READERS[kind]
    with pytest.raises(SourceError) as caught:
        read(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"), "f.yaml")
    return str(caught.value)


@pytest.mark.parametrize("fault", WHOLE_FILES)
@pytest.mark.parametrize(("kind", "first"), [("suite", "suite"), ("scenario", "title")])
def test_a_file_that_is_neither_is_refused_in_the_same_words(kind: str, first: str, fault: str) -> None:
    content, line, sentence = WHOLE_FILES[fault]
    assert complaint(kind, content) == f"f.yaml, line {line}: {sentence.replace('{first}', first)}"


@pytest.mark.parametrize("fault", LAST_LINES)
@pytest.mark.parametrize("kind", READERS)
def test_a_fault_in_the_last_line_is_reported_in_the_same_words(kind: str, fault: str) -> None:
    added, line, sentence = LAST_LINES[fault]
    _, good = READERS[kind]
    content = good.encode() + (added if isinstance(added, bytes) else added.encode())
    assert complaint(kind, content) == f"f.yaml, line {line}: {sentence.replace('{kind}', kind)}"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("5", "not 5. Put it in quotes."),
        ("true", "not true. Put it in quotes."),
        ("1.50", "not 1.5. Put it in quotes."),
        ("", "but it is empty."),
        ("[a, {b: null}]", "not ['a', {b: nothing}]."),
        ("{a: 'b: c'}", "not {a: 'b: c'}."),
    ],
)
@pytest.mark.parametrize(
    ("kind", "expected"), [("suite", "a sentence"), ("scenario", "one sentence: what the scenario shows")]
)
def test_a_value_of_another_kind_is_reported_in_the_same_words(
    kind: str, expected: str, written: str, found: str
) -> None:
    content = READERS[kind][1].replace("D.", written)
    assert complaint(kind, content) == f"f.yaml, line 2: 'description' must be {expected}, {found}"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("suite", "a suite needs the field 'suite', the suite's name."),
        ("scenario", "a scenario needs the field 'title', a text: the scenario's title."),
    ],
)
def test_a_missing_field_is_reported_in_the_same_words(kind: str, said: str) -> None:
    assert complaint(kind, "# one\n" + READERS[kind][1].partition("\n")[2]) == f"f.yaml, line 2: {said}"


@pytest.mark.parametrize("text", ["yes", "no", "12:30", "1_000", "0x1f", "010", "2026-08-26", "Null", ".inf", "~x"])
def test_both_take_the_same_words_for_text(text: str) -> None:
    assert parse_suite(SUITE.replace("D.", text).encode(), "f.yaml").description == text
    assert parse_scenario(SCENARIO.replace("D.", text).encode(), "f.yaml").description == text


def test_a_suggestion_is_the_nearest_word_or_all_of_them() -> None:
    assert did_you_mean("titel", ["title", "table"]) == "; did you mean 'title'?"
    assert did_you_mean("x", ["title", "table"]) == "; expected one of title, table."
    assert did_you_mean("x", []) == "."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb", r"'a\nb'"),
        ({"a\nb": ["c"] * 2}, r"{'a\nb': ['c', 'c']}"),
        (list(range(100_000)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16..."),
        ({}, "{}"),
        (None, "nothing"),
    ],
)
def test_a_value_is_shown_short_and_on_one_line(value: object, text: str) -> None:
    assert shown(value) == text
