"""What an answer looks like as HTML and as safe Markdown."""

import re

import pytest
from hypothesis import example, given, settings, strategies as st
from markdown_it import MarkdownIt

from backend.present.answer.blocks import answer_blocks, answer_html
from backend.present.answer.markdown_export import answer_markdown
from backend.present.answer.markdown_rules import MAX_INLINE_CHARACTERS
from backend.protocol.events import TokenEvent
from tests.present.html_reader import Fragment, visible
from tests.present.samples import answered, cited, view_of

NEW_TAB = 'target="_blank" rel="noopener noreferrer"'

CODE = (
    '<div class="ph-code-block"><button type="button" class="ph-code-copy" data-ph-copy="" '
    'aria-label="Copy this code"></button><pre class="ph-code" dir="ltr" tabindex="0">'
)


def inner(markdown: str) -> str:
    """The HTML of an answer of one block, without its frame."""
    html = answer_html(answered(markdown)).removeprefix('<div class="ph ph-answer" dir="auto">')
    return html.removesuffix("</div>").replace("\n", "")


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("A **bold** and *slanted*.", "<p>A <strong>bold</strong> and <em>slanted</em>.</p>"),
        ("~~old~~ `word`", "<p><s>old</s> <code>word</code></p>"),
        ("# Head", "<h3>Head</h3>"),
        ("###### Deep", "<h6>Deep</h6>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. c", '<ol start="3"><li>c</li></ol>'),
        ("> quote", "<blockquote><p>quote</p></blockquote>"),
        ("```\nx < 1\n```", f"{CODE}<code>x &lt; 1</code></pre></div>"),
        ("a <q>tag</q>", "<p>a &lt;q&gt;tag&lt;/q&gt;</p>"),
        ("a <b>tag</B> <u>b</u>", "<p>a <strong>tag</strong> <u>b</u></p>"),
        (
            "See www.a.example/b.",
            f'<p>See <a class="ph-link" href="https://www.a.example/b" {NEW_TAB}>www.a.example/b</a>.</p>',
        ),
        ("www. and awww.a.example", "<p>www. and awww.a.example</p>"),
        ("a</br>b", "<p>a<br>b</p>"),
        ("<b>no end", "<p>&lt;b&gt;no end</p>"),
        ("Title\n===", "<p>Title<br>===</p>"),
        ("    indented", "<p>indented</p>"),
        ("[x](https://a.example/b)", f'<p><a class="ph-link" href="https://a.example/b" {NEW_TAB}>x</a></p>'),
        ("[x](javascript:1)", "<p>[x](javascript:1)</p>"),
        (
            "![y](http://a.example/p)",
            f'<p><a class="ph-link" href="http://a.example/p" {NEW_TAB}><bdi>[y]</bdi></a></p>',
        ),
        (
            "```py\n```",
            CODE.replace("<button", '<span class="ph-code-language">py</span><button') + "<code></code></pre></div>",
        ),
    ],
)
def test_markdown_as_html(markdown: str, html: str) -> None:
    assert inner(markdown) == html


def test_a_table_scrolls_by_itself_and_keeps_its_alignment() -> None:
    html = inner("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert html.startswith('<div class="ph-table-scroll" tabindex="0"><table class="ph-table">')
    assert '<td class="ph-center">1</td><td class="ph-right">2</td>' in html


def test_a_marker_links_to_its_source_and_says_what_it_is() -> None:
    html = answer_html(answered("Yes [1].", citations=(cited(1, "10-Q", source="sec"),)), scope="run-7")
    assert (
        '<a class="ph-marker" href="#ph-source-run-7-1" data-number="1" title="10-Q - sec" '
        'rel="noopener noreferrer">1</a>' in html
    )


@pytest.mark.parametrize(
    ("markdown", "shown", "links"),
    [
        ("[see a [1]](https://a.example)", "see a 1", ["https://a.example", "#ph-source-1"]),
        ("[see *a* [1] b](https://a.example)", "see a b1", ["https://a.example", "#ph-source-1"]),
        ("so [1](https://a.example/b_(c)).", "so 1.", ["#ph-source-1"]),
        ("so [[1]](https://a.example).", "so 1.", ["#ph-source-1"]),
        ("so [2](https://a.example).", "so 2.", ["https://a.example"]),
        ("so [[2]](https://a.example).", "so 2.", ["https://a.example"]),
        ("[see [2]](https://a.example)", "see 2", ["https://a.example"]),
        ("so[1] and arr[1] and x[2024]", "so1 and arr[1] and x[2024]", ["#ph-source-1"]),
        ("\u30101\u2020source\u3011 [1-2]", "1 12", ["#ph-source-1", "#ph-source-1"]),
        ("![1](https://a.example)", "[1]", ["https://a.example"]),
    ],
)
def test_markers_and_links_beside_and_inside_each_other(markdown: str, shown: str, links: list[str]) -> None:
    html = answer_html(answered(markdown, citations=(cited(1),)))
    assert visible(html) == shown
    assert Fragment(html).links == links


WRITTEN = st.lists(
    st.sampled_from(
        [
            *(
                "word ",
                "\u8bcd",
                "[1]",
                "[2]",
                "[1-3]",
                "[2024]",
                "[1; 2]",
                "\u30101\u3011",
                "arr[1]",
                "so[1]",
                " = ",
                ". ",
            ),
            *(
                "`",
                "`[1]`",
                "**",
                "*b* ",
                "\n",
                "\n\n",
                "- ",
                "> ",
                "\n\n```\n[1]\n```\n\n",
                "[a [1]](https://a.example) ",
            ),
            *(
                "[1](https://a.example) ",
                "[[2]](https://a.example) ",
                "[x](https://a.example) ",
                "$5 ",
                "# ",
                "1. ",
                "(",
                "| a |\n|---|\n| [1] | `|` [2] |\n",
                "| [2] `a|b` $x|y$ ",
                "[doc1]",
                "[citation:2024]",
                "\\begin{align}",
                "\\end{align}",
                "<details><summary>[1]</summary>",
                "</details>",
            ),
        ]
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=300)
@given(WRITTEN)
@example(["`", "\n", "`[1]`"])
def test_what_is_drawn_as_a_marker_is_what_metrics_count(pieces: list[str]) -> None:
    view = answered("".join(pieces), citations=(cited(1), cited(2024)))
    drawn = re.findall(r'data-number="(\d+)"', answer_html(view))
    assert [int(number) for number in drawn] == [marker.number for marker in view.message.markers]


def test_a_marker_without_a_source_is_muted_and_says_why() -> None:
    waiting = answer_html(answered("Yes [1].", ended=False))
    ended = answer_html(answered("Yes [1]."))
    for html, why in ((waiting, "source has not arrived yet"), (ended, "no source was given")):
        assert f'<span class="ph-marker ph-marker--pending" data-number="1" title="{why}">1</span>' in html
        assert Fragment(html).links == []


def test_several_numbers_in_one_bracket_are_several_markers() -> None:
    assert Fragment(answer_html(answered("Yes [1, 2].", citations=(cited(1), cited(2))))).links == [
        "#ph-source-1",
        "#ph-source-2",
    ]


@pytest.mark.parametrize("markdown", ["`[1]`", "```\n[1]\n```", "[0]", "[12345]"])
def test_what_is_no_marker_stays_text(markdown: str) -> None:
    html = answer_html(answered(markdown, citations=(cited(1),)))
    assert "ph-marker" not in html
    assert "[" in visible(html)


@pytest.mark.parametrize("answer", ["", "   \n\n \t\n", "\u200b"])
def test_an_answer_of_nothing(answer: str) -> None:
    assert visible(answer_html(answered(answer))) in ("", "\u200b")


def test_a_paragraph_too_long_for_inline_rules_keeps_its_text_and_markers() -> None:
    text = "[" * MAX_INLINE_CHARACTERS + " [1] **end**"
    html = answer_html(answered(text, citations=(cited(1),)))
    assert Fragment(html).links == ["#ph-source-1"]
    assert "**end**" in html


@pytest.mark.parametrize(
    "text", ["مرحبا بالعالم", "e\u0301 n\u0303", "a\u2028b", "👩‍👩‍👧‍👦 🏳️‍🌈", "日本語。", "\u202eabc\u202c", "x" * 3000]
)
def test_every_script_arrives_as_it_was_written(text: str) -> None:
    assert Fragment(answer_html(answered(text))).text.strip() == text


@pytest.mark.parametrize(
    "markdown",
    [
        "A **bold** and *slanted* word, `co|de` and ``a`b``.",
        "# Head\n\nText\n\n- a\n- b\n\n3. c\n4. d",
        "- a\n  - b\n    - c\n- d",
        "| a | b |\n|:-:|--:|\n| 1 | 2 |",
        "> quote\n> more\n\nafter",
        "```py\nx = '```'\n```",
        "````\n```\n````",
        "[x](https://a.example/b_(c)) and <https://a.example>",
        "1\\. not a list, # no head, + no item, _no_ emphasis\\_",
        "5 * 3 < 16 & 2 > 1 | $5 :red[y] ~z~ &amp; ![",
        "line one\nline two\\\nline three",
        "---\n\nafter",
        "a <br>\n\n# b<br>c<br>\n\nd",
        "| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| `x|y` | $5 | $6 |",
    ],
)
def test_safe_markdown_shows_what_the_html_shows(markdown: str) -> None:
    view = answered(markdown)
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(answer_markdown(view))
    html = answer_html(view).replace(">py</span>", "></span>")
    assert visible(rendered) == visible(html)


def test_safe_markdown_keeps_markers_as_text() -> None:
    assert answer_markdown(answered("Yes [1][2].", citations=(cited(1),))) == r"Yes \[1\]\[2\]."


def test_the_answer_may_come_in_any_pieces() -> None:
    whole = answered("One [1].\r\n\r\nTwo.", citations=(cited(1),))
    split = view_of(cited(1), *(TokenEvent(text=letter) for letter in "One [1].\r\n\r\nTwo."))
    assert [visible(block.html) for block in answer_blocks(split)] == [visible(b.html) for b in answer_blocks(whole)]
