"""Formulas as MathML: from the converter alone, never from the answer, and as written where they cannot be read."""

import re
import time

import pytest
from hypothesis import given, settings, strategies as st

from backend.present.answer.blocks import answer_html
from backend.present.answer.formula_markup import LONGEST_DRAWN, formula_mathml
from backend.present.answer.markdown_export import answer_markdown
from tests.present.html_reader import Fragment, visible
from tests.present.samples import answered, cited


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\sum_{i=1}^n i", "<munderover><mo>∑</mo>"),
        (r"\lim_{x\to0}", "<munder><mo>lim</mo>"),
        (r"x^2\,dx", '<msup><mi>x</mi><mn>2</mn></msup><mspace width="0.167em">'),
        (r"\begin{aligned} x &= 1 \\[4pt] y &= 2\end{aligned}", "</mtr><mtr>"),
        (r"\begin{cases}1 & \text{if } x>0\\0&\text{else}\end{cases}", "<mtext>if\u00a0</mtext>"),
        (r"\left\{x\right\}", "{</mo><mi>x</mi>"),
        (r"n\log n", '<mi>log</mi><mspace width="0.17em"></mspace><mi>n</mi>'),
        (r"\text{<script>}", "<mtext>&lt;script&gt;</mtext>"),
        (r"a \& b", "<mi>&amp;</mi>"),
    ],
)
def test_what_is_drawn(tex: str, part: str) -> None:
    assert part in (formula_mathml(tex, display=True) or "")


@pytest.mark.parametrize(
    "tex",
    [
        *(
            r"\frac{1}{2",
            r"\foo x",
            "a & b",
            r"\left(x",
            "x^",
            "}",
            "{" * 60 + "}" * 60,
            r"\begin{foo}x\end{foo}",
            r"\ce{H2O}",
        ),
        *(
            r"\href{javascript:alert(1)}{x}",
            r"\url{x}",
            r"\class{x}{y}",
            r"\newcommand{\x}{\x\x}\x",
            "%c",
            "x" * (LONGEST_DRAWN + 1),
        ),
    ],
)
def test_what_cannot_be_read_is_shown_as_written(tex: str) -> None:
    assert formula_mathml(tex, display=False) is None
    html = answer_html(answered(f"so \\({tex}\\)."))
    assert "<math" not in html
    assert Fragment(html).text.strip() == f"so \\({tex}\\)."


@pytest.mark.parametrize(
    "raw", ["<math><mi>x</mi></math>", '<span class="ph-put-0"></span>', "<mtext>x</mtext>", "<annotation-xml>"]
)
def test_elements_of_formulas_never_come_from_the_answer(raw: str) -> None:
    html = answer_html(answered(f"{raw} \\(y\\) {raw}"))
    assert html.count("<math") == html.count("<mi>") == 1
    assert Fragment(html).problems == []
    assert visible(html) == f"{raw} y {raw}"


TEX = st.lists(
    st.sampled_from(
        [
            *(
                "x",
                "y_1",
                "a*b*c",
                "_i_",
                "^2",
                "\\,",
                "\\\\",
                "\\frac{1}{2}",
                "<",
                ">",
                "&",
                "`",
                "[1]",
                "[x](y)",
                "**",
                "~~",
            ),
            *(
                "\\_",
                "\\{",
                "\\}",
                "!",
                "|",
                "#",
                "\\alpha",
                "\\text{a b}",
                " ",
                "\n",
                "\n- ",
                "\n> ",
                "\n# ",
                "<b>",
                "https://a.b",
                "1",
            ),
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)


@settings(deadline=None, max_examples=200)
@given(TEX, st.sampled_from([("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$")]))
def test_no_character_of_a_formula_is_touched(tex: str, signs: tuple[str, str]) -> None:
    # A formula has no blank line (``protocol.formulas``), and a line of blanks is one.
    tex = re.sub(r"\n\s*\n", "\n", tex)
    tex = f"x = {tex.strip()} y" if signs[0] != "\\(" else f"x = {' '.join(tex.split())} y"
    written = f"{signs[0]}{tex}{signs[1]}"
    view = answered(f"Before\n\n{written}\n\nafter [1]", citations=(cited(1),))
    html = answer_html(view)
    assert Fragment(html).problems == []
    assert [marker.number for marker in view.message.markers] == [1]
    drawn = formula_mathml(tex, display=signs[0] != "\\(")
    if "`" not in tex:
        assert (drawn in html) if drawn else (" ".join(written.split()) in " ".join(visible(html).split()))


@pytest.mark.parametrize(
    ("answer", "markdown"),
    [
        (r"so \(x^2\).", "so $x^2$."),
        ("\\[\nx\n= 1\n\\]", "$$x = 1$$"),
        (r"\(a<b\) and $\text{[x](y)}$", r"$a\lt b$ and $\text{[x] (y)}$"),
        (r"\(\foo\)", r"\\(\\foo\\)"),
        ("$5 and $6", r"\$5 and \$6"),
    ],
)
def test_formulas_in_copied_markdown(answer: str, markdown: str) -> None:
    assert answer_markdown(answered(answer)) == markdown


@pytest.mark.alone
def test_a_formula_takes_time_in_proportion() -> None:
    def seconds(tex: str) -> float:
        """Of processor time, the least of three."""
        costs = []
        for _ in range(3):
            formula_mathml.cache_clear()
            begun = time.process_time()
            formula_mathml(tex, display=True)
            costs.append(time.process_time() - begun)
        return min(costs)

    for piece in ("a+", "|", "\\\\", "x^{y}", "'", "\\text{a}", "{x}"):
        short = seconds(piece * (400 // len(piece)))
        assert seconds(piece * (1_600 // len(piece))) < 12 * short + 0.05


def test_a_marker_beside_a_formula_is_a_marker() -> None:
    html = answer_html(answered("so $x$[1] and \\(y\\) [1].", citations=(cited(1),)))
    assert len(re.findall("ph-marker", html)) == 2


def test_a_complete_block_of_math_is_a_formula_and_any_other_stays_code() -> None:
    block = "```math\nx^2 + y\n```"
    html = answer_html(answered(block))
    assert "<math" in html
    assert "ph-formula--display" in html
    for code in ("```latex\nx^2\n```", "```math\n\\unknown{\n```", "```\nx^2\n```"):
        assert "<math" not in answer_html(answered(code))
    assert "<math" not in answer_html(answered(block[:-3], ended=False))
