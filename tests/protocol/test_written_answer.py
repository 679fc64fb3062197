"""The answer as it is shown, and where in it a range of the written text is."""

from hypothesis import given, strategies as st

from backend.protocol.events import Span
from backend.protocol.written_answer import Piece, WrittenAnswer
from tests.protocol.test_thought_split import TEXTS

Written = list[str | bool]
"""Pieces of text; True and False begin another text, apart or not."""

WRITTEN = st.lists(st.one_of(TEXTS, st.sampled_from(["One.", " two", "Three\n", "4"]), st.booleans()), max_size=8)


def write(written: Written, size: int = 10_000, *, opened: bool = False) -> tuple[WrittenAnswer, list[Piece]]:
    answer, pieces = WrittenAnswer(opened=opened), []
    for item in written:
        if isinstance(item, bool):
            pieces += answer.begin_text(apart=item)
        else:
            for at in range(0, len(item), size):
                pieces += answer.add(item[at : at + size])
    return answer, pieces + answer.close()


def of_kind(pieces: list[Piece], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind == kind)


def test_spaces_around_thinking_are_no_part_of_an_answer_that_begins_after_it() -> None:
    _, pieces = write(["\n<think>\nhm\n</think>\n\nFour."], 1)
    assert (of_kind(pieces, "text"), of_kind(pieces, "thought")) == ("Four.", "hm\n")


def test_an_empty_thought_is_none() -> None:
    _, pieces = write(["<think>\n\n</think>\n\nFour."], 1)
    assert [piece.kind for piece in pieces] == ["text"] * len("Four.")


def test_texts_without_a_blank_between_them_are_not_glued_where_thinking_was() -> None:
    assert of_kind(write(["One.<think>hm</think>Two."])[1], "text") == "One.\n\nTwo."
    assert of_kind(write(["One. <think>hm</think>Two."])[1], "text") == "One. Two."


def test_a_code_block_is_not_parted() -> None:
    assert of_kind(write(["```\na.", True, "b\n```"])[1], "text") == "```\na.b\n```"


def test_thinking_that_is_assumed_is_text_if_nothing_closes_it() -> None:
    answer, pieces = write(["Hello ", "there."], opened=True)
    assert (of_kind(pieces, "text"), answer.begins_in_thought) == ("Hello there.", False)
    answer, pieces = write(["Hm.\n</think>\n\nHello", True, "Hm\n</think>There"], opened=True)
    assert (of_kind(pieces, "text"), of_kind(pieces, "thought")) == ("Hello\n\nThere", "Hm.\nHm\n")
    assert answer.begins_in_thought


def test_a_closing_sign_alone_shows_that_thinking_was_shown() -> None:
    answer, pieces = write(["Hm.\n</think>\n\nFour."])
    assert [piece.kind for piece in pieces] == ["text", "unopened", "text"]
    assert answer.begins_in_thought


def test_a_range_of_the_written_text_is_found_in_the_answer() -> None:
    written = "<think>hm</think>One. "
    answer, pieces = write([written, True, "Two, three."])
    text = of_kind(pieces, "text")
    assert text == "One. \n\nTwo, three."
    at = len(written)
    for first, last, shown in ((at, at + 3, "Two"), (at - 5, at - 1, "One."), (at - 5, at + 3, "One. \n\nTwo")):
        span = answer.shown_span(Span(start=first, end=last))
        assert span is not None
        assert text[span.start : span.end] == shown
    assert answer.shown_span(Span(start=7, end=9)) is None, "thinking"


@given(WRITTEN, st.integers(1, 4), st.booleans())
def test_the_answer_is_the_same_for_any_pieces(written: Written, size: int, opened: bool) -> None:
    (one, whole), (other, cut) = write(written, opened=opened), write(written, size, opened=opened)
    for kind in ("text", "thought"):
        assert of_kind(cut, kind) == of_kind(whole, kind)
    assert [piece.kind for piece in cut].count("unopened") == [piece.kind for piece in whole].count("unopened")
    assert other.begins_in_thought == one.begins_in_thought


@given(WRITTEN, st.data())
def test_a_character_of_the_written_text_is_the_same_in_the_answer(written: Written, data: st.DataObject) -> None:
    answer, pieces = write(written)
    text, raw = of_kind(pieces, "text"), "".join(item for item in written if isinstance(item, str))
    if raw:
        at = data.draw(st.integers(0, len(raw) - 1))
        span = answer.shown_span(Span(start=at, end=at + 1))
        assert span is None or text[span.start : span.end] == raw[at]
