"""An answer that grows: finished blocks stay, nothing half-typed flashes, and any way of growing ends the same."""

import re
from itertools import accumulate

import pytest
from hypothesis import example, given, settings, strategies as st

from backend.present.answer.blocks import AnswerBlock, AnswerRenderer, answer_blocks
from backend.present.answer.partial_markdown import completed_tail, visible_text
from backend.protocol.events import DoneEvent, TokenEvent
from backend.protocol.run_view import RunView
from backend.protocol.view import reduce
from tests.present.html_reader import Fragment, visible
from tests.present.samples import HOSTILE, HOSTILE_MARKDOWN, answered, cited, view_of

SIGNS = (
    *("- ", "* ", "+ ", "1. ", "2) ", "> ", "# ", "#", "```", "```py", "~~~", "`", "**", "*", "_", "~~", "|", "---"),
    *(
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "$x$",
        "$$\nx\n$$",
        "<br>",
        "<sub>",
        "</sub>",
        "<details>\n",
        "</details>\n",
        "</details>",
        "<details><summary>a</summary>",
        "\\begin{align}",
        "\\end{align}",
    ),
    *("***", "===", "  ", "    ", "\t", "\r", "\r\n", "\n", "\n\n", "[", "]", "(", ")", "![", "\\", ":", "-|-"),
)
CONSTRUCTS = (
    *("word ", "| a | b |\n", "|---|---|\n", "| c | d |\n", "[1]", "[2, 3]", "[x](http://a.example/b)", "&amp;"),
    *("| `a|b` | $x|y$ | c |\n", "[citation:1]", "[doc2]", "[Source ", "公式$x^2$成立"),
    *("![y](http://a.example)", "<b>", "[1]: http://a.example\n", "\u2028", "שלום ", "e\u0301"),
)
PIECES = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from([*SIGNS, *CONSTRUCTS]),
    st.sampled_from([*HOSTILE, *HOSTILE_MARKDOWN]),
)


def growing(pieces: list[str]) -> list[RunView]:
    """The views of a run whose answer grows piece by piece."""
    tokens = [TokenEvent(seq=seq, at_ms=seq, text=text) for seq, text in enumerate(pieces, 1)]
    return list(accumulate(tokens, reduce, initial=RunView.start()))


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=24))
@example(["> a\n", "---", " b"])
@example(["a\n", "***", "b***"])
@example(["x\na | b\n", "-|-", " c"])
@example(["- a\n\n", "  ", "b"])
@example(["a\n```", "x`y\nb"])
@example(["1. a\n\n", "2", ". b"])
@example(["- a\n", "  - b\n\n", "c\n", "- d"])
@example(["-\n", "\u2028", "\n"])
@example(["0", "\r", "***", "$", "0"])
@example(["a\r", "\n", "---\\", "b"])
@example(["a\n", "- \\(x", "\\)"])
@example(["a\n", "***\\(x", "\\)"])
@example(["a\n[***](http", "://b.example)"])
@example(["a\n![# x](http", "://b.example)"])
@example(["a\n[-](http", "://b.example)"])
@example(["a\n", "-" * 70, " b"])
@example(["a\n", "* " * 40, "b"])
@example(["x\na | b\n", "-" * 60 + " | " + "-" * 60, " c"])
def test_finished_blocks_never_change_and_only_the_last_grows(pieces: list[str]) -> None:
    renderer = AnswerRenderer()
    before: list[AnswerBlock] = []
    for view in growing(pieces):
        blocks = renderer.blocks(view)
        assert [block.key for block in blocks] == [f"b{index}" for index in range(len(blocks))]
        assert len(blocks) >= len(before)
        finished = [block for block in before if block.final]
        assert blocks[: len(finished)] == finished
        assert [block.final for block in blocks] == sorted((block.final for block in blocks), reverse=True)
        for block in blocks[max(0, len(finished) - 1) :]:
            assert Fragment(block.html).problems == []
        before = blocks


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=24))
def test_however_it_grew_the_end_is_that_of_one_drawing(pieces: list[str]) -> None:
    renderer = AnswerRenderer()
    views = growing(pieces)
    for view in views:
        renderer.blocks(view)
    done = reduce(views[-1], DoneEvent(seq=len(pieces) + 1, at_ms=9e9))
    assert renderer.blocks(done) == answer_blocks(done)
    assert all(block.final for block in answer_blocks(done))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["a ", "b", "\n\n", "- ", "[3]", "**", "`x`", "(", "c."]), max_size=12),
    st.sampled_from(["[", "[1", "[12", "[1,", "[1, ", "[1, 2", "[1 , 23"]),
)
def test_a_half_typed_marker_is_never_shown(pieces: list[str], half: str) -> None:
    answer = "".join(pieces)
    with_half = answer_blocks(answered(answer + half, ended=False))
    assert with_half == answer_blocks(answered(answer, ended=False))


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
@example("*0\x85")
@example("*0 \u3000")
def test_what_is_visible_is_a_beginning_of_the_answer_and_closing_only_appends_signs(answer: str) -> None:
    shown = visible_text(answer)
    assert answer.startswith(shown)
    closed, bare = ("".join(text.split()) for text in (completed_tail(shown), shown))
    assert set(closed.replace(bare, "")) <= set("*`~") or "[" in shown or bare[-1:] in "*~"


def test_a_view_that_does_not_continue_the_last_starts_anew() -> None:
    renderer = AnswerRenderer()
    renderer.blocks(answered("One.\n\nTwo.\n\nThree."))
    other = answered("Quite another answer.\n\nWith two blocks.")
    assert renderer.blocks(other) == answer_blocks(other)
    assert renderer.blocks(RunView.start()) == []


def test_scrubbing_back_draws_the_earlier_answer() -> None:
    views = growing(["One.\n\n", "Two.\n\n", "Three."])
    renderer = AnswerRenderer()
    forward = [renderer.blocks(view) for view in views]
    assert [renderer.blocks(view) for view in reversed(views)] == forward[::-1]


def test_a_finished_block_changes_when_its_marker_is_resolved_and_then_never_again() -> None:
    text = TokenEvent(text="A claim [1].\n\nMore.\n\nAnd more")
    renderer = AnswerRenderer()
    pending = renderer.blocks(view_of(text))
    resolved = renderer.blocks(view_of(text, cited(1)))
    assert "ph-marker--pending" in pending[0].html
    assert 'href="#ph-source-1"' in resolved[0].html
    assert resolved[1:] == pending[1:]
    again = renderer.blocks(view_of(text, cited(1), cited(2)))
    assert all(new is old for new, old in zip(again, resolved, strict=True))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a **bol", "a bol"),
        ("a **bold*", "a bold"),
        ("a **bold**", "a bold"),
        ("a **", "a"),
        ("a *it", "a it"),
        ("a `co", "a co"),
        ("**a *b", "a b"),
        ("a ~~x", "a x"),
        ("see [the filing](https://sec.g", "see the filing"),
        ("x = 2 * 3", "x = 2 * 3"),
        ("f(x) = `a*b", "f(x) = a*b"),
        ("- item\n- **bol", "item bol"),
        ("text\n-", "text"),
        ("text\n##", "text"),
        ("text\n``", "text"),
        ("text\n```python", "text"),
        ("text\n1.", "text"),
        ("text [", "text"),
        ("text [1", "text"),
        ("text [1, ", "text"),
        ("```\n**not bold", "**not bold"),
        ("a $$x^2", "a"),
        ("a \\(x^2", "a"),
        ("a\n\n\\[\nx", "a"),
        ("a $x_1", "a"),
        ("a $", "a"),
        ("a \\", "a"),
        ("costs $5 mil", "costs $5 mil"),
        ("a $x$ *b", "a x b"),
        ("```sh\necho $x", "sh echo $x"),
        ("see [1](https://a.ex", "see 1"),
        ("[see [1]](https://a.ex", "see 1"),
    ],
)
def test_half_typed_markdown_does_not_flash(typed: str, shown: str) -> None:
    html = "".join(block.html for block in answer_blocks(answered(typed, ended=False)))
    assert visible(html) == shown


def test_what_was_held_back_is_shown_once_the_run_has_completed() -> None:
    html = "".join(block.html for block in answer_blocks(answered("text [1\n\n**")))
    assert visible(html) == "text [1 **"


@pytest.mark.parametrize(
    "line",
    [
        "- item number {} of the list, with a marker [1] and some more words, so that few lines make a long list\n",
        "| {} | a cell with so many words in it that few rows make a table too long to be drawn again and again |\n",
        "Paragraph {}.\n\n",
        "Sentence number {} of one paragraph, which has so many words that they are soon too many to draw again. ",
        "Line number {} of one paragraph, which has so many words that they are soon too many to draw again\n",
    ],
)
def test_the_bytes_of_a_long_answer_grow_with_it_and_not_with_its_square(line: str) -> None:
    head = "| a | b |\n|---|---|\n" if line.startswith("|") else ""

    def sent(count: int) -> int:
        renderer, total, before = AnswerRenderer(), 0, list[AnswerBlock]()
        # Four lines at a time: the ratio is the same, and so are the bytes of a square.
        for view in growing([head, *(line.format(index) for index in range(count))])[::4]:
            blocks = renderer.blocks(view)
            total += sum(
                len(block.html)
                for index, block in enumerate(blocks)
                if index >= len(before) or before[index] is not block
            )
            before = blocks
        return total

    assert sent(400) < 3 * sent(200)


def test_pieces_of_a_long_list_count_on() -> None:
    answer = "\n".join(f"{number}. item number {number} with some more words" for number in range(1, 101))
    html = "".join(block.html for block in answer_blocks(answered(answer)))
    assert len(answer_blocks(answered(answer))) > 1
    starts = [int(start) for start in re.findall(r'<ol start="(\d+)"', html)]
    pieces = [piece.count("<li>") for piece in html.split("<ol")[1:]]
    assert starts == [1 + sum(pieces[:index]) for index in range(1, len(pieces))]
    assert html.count("<li>") == 100


def test_pieces_of_a_long_table_carry_the_head() -> None:
    answer = "| Quarter | Share |\n|---|--:|\n" + "".join(f"| quarter {row} | {row} % |\n" for row in range(600))
    blocks = answer_blocks(answered(answer))
    assert len(blocks) > 1
    assert all(block.html.count("<th") == 3 for block in blocks)
    assert sum(block.html.count("<tr>") for block in blocks) == 600 + len(blocks)
