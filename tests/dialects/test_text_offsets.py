"""UTF-8 offsets to code points, however the answer comes in pieces."""

from hypothesis import given, strategies as st

from backend.dialects import text_offsets
from backend.dialects.text_offsets import TextOffsets
from backend.protocol.events import Span

texts = st.text(st.characters(codec="utf-8"), max_size=30)


@given(st.lists(texts, max_size=6), st.data())
def test_offsets_in_bytes_are_code_points_of_the_same_text(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    offsets = TextOffsets()
    for piece in pieces:
        offsets.add(piece)
    at = data.draw(st.integers(0, len(text)))
    byte = len(text[:at].encode())
    assert offsets.bytes_before(at) == byte
    assert offsets.chars_before(byte) == at
    end = data.draw(st.integers(at, len(text)))
    assert offsets.part(at, end) == text[at:end]


def test_blocks_do_not_show() -> None:
    text = "aé日🎉" * 5_000
    offsets = TextOffsets()
    offsets.add(text)
    edge = text_offsets._BLOCK_CHARS
    for at in (0, 1, edge - 1, edge, edge + 1, 2 * edge, len(text)):
        assert offsets.chars_before(len(text[:at].encode())) == at
        assert offsets.part(edge - 3, at) == (text[edge - 3 : at] if at > edge - 3 else "")


def test_half_a_character_ends_before_it() -> None:
    offsets = TextOffsets()
    offsets.add("é日")
    assert [offsets.chars_before(byte) for byte in range(6)] == [0, 0, 1, 1, 1, 2]


def test_ranges_are_counted_from_where_their_part_begins() -> None:
    offsets = TextOffsets()
    offsets.add("日本. Zürich!")
    assert offsets.span_of_bytes(0, 7, begins_at=4) == Span(start=4, end=10)
    assert offsets.span_of_bytes(0, 7) == Span(start=0, end=3)
    assert offsets.span_of_bytes(3, 3) is None
    assert offsets.span_of_bytes(-1, 3) is None
    assert TextOffsets().span_of_bytes(-2, -1) is None


def test_what_lies_beyond_the_text_stays_beyond_it() -> None:
    offsets = TextOffsets()
    offsets.add("é")
    span = offsets.span_of_bytes(0, 10)
    assert span is not None
    assert span.end > offsets.chars
