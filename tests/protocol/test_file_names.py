"""Whatever a file is called, its clean name is one harmless part of a path."""

from pathlib import PurePath, PureWindowsPath

from hypothesis import given, strategies as st

from backend.protocol.file_names import MAX_NAME_BYTES, clean_name, distinct_names

NAMES = st.text() | st.text(alphabet="./\\ a\u202e\x00:é.", max_size=30) | st.text("ab.", min_size=150, max_size=400)


@given(NAMES)
def test_a_clean_name_is_one_visible_part_of_a_path(name: str) -> None:
    clean = clean_name(name)
    for kind in (PurePath, PureWindowsPath):
        assert kind(clean).parts == (clean,)
    assert not clean.startswith((".", " "))
    assert not clean.endswith((".", " "))
    assert clean.isprintable()
    assert 0 < len(clean.encode()) <= MAX_NAME_BYTES
    assert clean_name(clean) == clean


@given(st.lists(NAMES.map(clean_name) | st.sampled_from(["a.txt", "A.txt", "a (2).txt", "b"]), max_size=8))
def test_distinct_names_are_distinct_and_keep_their_endings(names: list[str]) -> None:
    distinct = distinct_names(names)
    assert len({name.casefold() for name in distinct}) == len(names)
    for name, told in zip(distinct, names, strict=True):
        assert PurePath(name).suffix == PurePath(told).suffix
