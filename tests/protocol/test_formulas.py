"""Where formulas are: a table of cases, and money that is none."""

import time

import pytest

from backend.protocol.formulas import formula_at, is_open


def formulas(text: str) -> list[str]:
    found, position = [], 0
    while position < len(text):
        formula = formula_at(text, position)
        if formula is None:
            position += 2 if text[position] == "\\" else 1
        else:
            found.append(text[formula.start : formula.end])
            position = formula.end
    return found


@pytest.mark.parametrize(
    "text",
    [
        *(
            r"\(x\)",
            r"\(\sum_{i=1}^n i\)",
            r"\[ x = 1 \]",
            "\\[\nx = 1\n\\]",
            r"\[ 2 \cdot 3 \]",
            "$$x$$",
        ),
        *("$$\nx = 1\n+ y\n$$", "$x$", "$2^n$", "$0$", "$-1$", "$2x + 1$", "$2 \\times 3$", "$E=mc^2$", "$a_1, b$"),
        *(r"$\text{Revenue growth rate} = 5$", r"$n \text{ is even}$", "$f(x)$", "$x[1]$", r"$\$5$", "$`x^2`$"),
        "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}",
        r"\begin{equation*} x = 1 \end{equation*}",
    ],
)
def test_formulas(text: str) -> None:
    assert formulas(text) == [text]
    assert formulas(f"so {text}, and {text}.") == [text, text]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "$5 to $10",
            "$5–$10",
            "US$5 and US$6",
            "$5 and 10$",
            "$100M$ or so",
            "costs $1,000 (and 2,000$)",
            "$5/month ($50)",
        ),
        *(
            "$HOME and $PATH",
            "$HOME/$USER",
            "(in $, € or £) and ($)",
            "$, $$ or $$$",
            "$$ vs $$",
            r"\$5 and \$6",
            "5$ or 6$",
        ),
        *(
            r"\[1\]",
            r"\[see below\]",
            r"\[1, 2\]",
            r"\(",
            r"\( a",
            "$$a\n\nb$$",
            "\\[ a\n\n= b \\]",
            "$x\ny$",
            r"\begin{itemize} x \end{itemize}",
            "\\begin{align}a\n\nb\\end{align}",
            r"\begin{align} x \end{gather}",
            "\\(x\ny\\)",
            r"\( \)",
            "$$ $$",
        ),
        *("revenue of $81.8B vs $94.8B, up $3", "between $5 and$10", "$ 5 $"),
    ],
)
def test_text(text: str) -> None:
    assert formulas(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\u516c\u5f0f$x^2$\u6210\u7acb\uff0c$E=mc^2$\u3002", ["$x^2$", "$E=mc^2$"]),
        ("\uac12$x$\ub294 \u0648$y$", ["$x$", "$y$"]),
        ("the $n$th, $1$st and all $k$s", ["$n$", "$1$", "$k$"]),
        ("\u4ef7\u683c\u662f$5\u548c$10\u3002\u5171$5\u548c10$\u5143", []),
        ("US$5, R$x$, $x$thing, $A$B, 5$x$", []),
    ],
)
def test_letters_beside_a_dollar_sign(text: str, found: list[str]) -> None:
    assert formulas(text) == found


@pytest.mark.parametrize(
    "text",
    [r"\(x", r"\[ x", "$$x", "$$", r"\(a \\", "$x", "\\[\nx\n", "\\", r"\beg", r"\begin{al", "\\begin{align}\nx"],
)
def test_what_could_still_be_a_formula(text: str) -> None:
    assert is_open(text, 0)


@pytest.mark.parametrize(
    "text",
    [
        r"\(x\)",
        "\\[ x\n\n",
        "$x\n",
        "\\begin{align}x\n\n",
        r"\begin{itemize}",
        r"\(a \(b",
        "$ x",
        "$, x",
        "$$$",
        "x",
        "$$" + "x" * 5_000,
    ],
)
def test_what_cannot_become_a_formula(text: str) -> None:
    assert not is_open(text, 0)


@pytest.mark.alone
@pytest.mark.parametrize(
    "piece", ["$", "$$", "$x", "$x ", "\\(", "\\[", "\\(a", "$$a ", "\\", "\\[a\n", "$5 ", "\\begin{align}"]
)
def test_hostile_signs_cost_time_in_proportion(piece: str) -> None:
    def seconds(count: int) -> float:
        """Of processor time, the least of three."""
        text, best = piece * count, 9e9
        for _ in range(3):
            begun = time.process_time()
            formulas(text)
            best = min(best, time.process_time() - begun)
        return best

    small = seconds(10_000)
    assert seconds(40_000) < 10 * small + 0.02
